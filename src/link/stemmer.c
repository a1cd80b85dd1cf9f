/* Its tables of all languages are 10,800 pointers to relocate at a start. */
#include <libstemmer.h>

#include "link/forward.h"

SMP_FORWARD_NOTE("stemmer", "Questions with words that no built-in answer has")

SMP_FORWARD(struct sb_stemmer *, return, sb_stemmer_new,
            (const char *algorithm, const char *encoding),
            (algorithm, encoding))
SMP_FORWARD(void, , sb_stemmer_delete, (struct sb_stemmer * stemmer), (stemmer))
SMP_FORWARD(const sb_symbol *, return, sb_stemmer_stem,
            (struct sb_stemmer * stemmer, const sb_symbol *word, int n),
            (stemmer, word, n))
SMP_FORWARD(int, return, sb_stemmer_length, (struct sb_stemmer * stemmer),
            (stemmer))
