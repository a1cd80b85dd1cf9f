#ifndef SMP_BASE_WRAP_H
#define SMP_BASE_WRAP_H

#include "base/buf.h"

enum { SMP_TEXT_WIDTH = 80 }; /* columns of text for people */

/*
 * Appends a text broken at spaces into lines of at most `width` columns (more
 * only for a word that is longer), each ended by a newline. The first line
 * begins with `first`, the others with `indent` spaces. Controls in the text
 * become spaces (smp_utf8_clean).
 */
void smp_wrap(struct smp_buf *out, const char *first, size_t indent,
              size_t width, const char *text);

#endif
