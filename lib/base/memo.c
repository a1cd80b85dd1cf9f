#include "base/base.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct smp_memo_text {
    uint64_t hash;
    struct smp_buf key, text;
};

static bool
is_of(const struct smp_memo_text *text, uint64_t hash,
      const struct smp_buf *key)
{
    return text->hash == hash && text->key.len == key->len &&
           memcmp(smp_buf_text(&text->key), smp_buf_text(key), key->len) == 0;
}

/* Two texts are in each place, the one used last in front. */
struct smp_buf *
smp_memo_text(struct smp_memo *memo)
{
    const struct smp_buf *key = &memo->key;
    uint64_t hash = smp_hash(smp_buf_text(key), key->len, 0);
    struct smp_memo_text *place, front;

    if (key->len > SMP_MEMO_KEY_MAX) {
        smp_buf_cut(&memo->other, 0);
        return &memo->other;
    }
    if (!memo->texts)
        memo->texts = smp_calloc(SMP_MEMO_TEXTS_MAX, sizeof *memo->texts);
    place = &memo->texts[hash % (SMP_MEMO_TEXTS_MAX / 2) * 2];
    if (is_of(&place[0], hash, key))
        return &place[0].text;
    front = place[1];
    place[1] = place[0];
    place[0] = front;
    if (!is_of(&place[0], hash, key)) {
        place[0].hash = hash;
        smp_buf_cut(&place[0].key, 0);
        smp_buf_cut(&place[0].text, 0);
        smp_buf_add(&place[0].key, key->data, key->len);
    }
    return &place[0].text;
}

void
smp_memo_release(struct smp_memo *memo)
{
    size_t i;

    for (i = 0; memo->texts && i < SMP_MEMO_TEXTS_MAX; i++) {
        smp_buf_release(&memo->texts[i].key);
        smp_buf_release(&memo->texts[i].text);
    }
    free(memo->texts);
    smp_buf_release(&memo->key);
    smp_buf_release(&memo->other);
    *memo = (struct smp_memo){0};
}
