#ifndef SMP_BASE_MEMO_H
#define SMP_BASE_MEMO_H

#include "base/buf.h"

/*
 * Texts that take long to make, kept to be used again. The key of a text is the
 * octets that it is made from. A cache has at most SMP_MEMO_TEXTS_MAX texts.
 * The hash of a key leaves two places; a new text takes the place of the one
 * that was used longer ago. A key over SMP_MEMO_KEY_MAX octets is not
 * remembered. Start with a zeroed struct.
 */
enum { SMP_MEMO_TEXTS_MAX = 256, SMP_MEMO_KEY_MAX = 4096 };

struct smp_memo {
    struct smp_buf key; /* what is looked for */
    struct smp_memo_text *texts;
    struct smp_buf other; /* of a key that is not remembered */
};

/*
 * The text of the key in memo->key. Where it is empty, the caller makes it, and
 * it is kept. It is good until the next call.
 */
struct smp_buf *smp_memo_text(struct smp_memo *memo);

void smp_memo_release(struct smp_memo *memo);

#endif
