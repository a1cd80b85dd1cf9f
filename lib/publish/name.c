#include "publish/name.h"

#include <string.h>

#include <sodium.h>

enum { KEY_MIN = 16, TAG_BYTES = 8, SECRET_BYTES = 16, PLAIN_KEPT = 100 };

bool
smp_feed_key_set(struct smp_feed_key *key, const void *bytes, size_t n,
                 struct smp_err *err)
{
    const char *text = bytes;

    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    if (n < KEY_MIN)
        return smp_fail(err, "a key has at least %d octets", KEY_MIN);
    crypto_generichash(key->bytes, sizeof key->bytes, bytes, n, NULL, 0);
    key->there = true;
    return true;
}

static void
add_hex(struct smp_buf *out, const unsigned char *bytes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        smp_buf_printf(out, "%02x", bytes[i]);
}

/* A keyed hash of "WHAT NUL ID NUL FEED"; an id has no NUL. */
static void
add_keyed(struct smp_buf *out, const struct smp_feed_key *key, const char *what,
          const char *id, int feed, size_t n)
{
    unsigned char digest[crypto_generichash_BYTES];
    struct smp_buf text = {0};

    smp_buf_printf(&text, "%s%c%s%c%d", what, 0, id, 0, feed);
    crypto_generichash(digest, sizeof digest, (const unsigned char *)text.data,
                       text.len, key->bytes, sizeof key->bytes);
    add_hex(out, digest, n);
    smp_buf_release(&text);
}

/* In place of what is not safe "~" and two digits; so "~~" comes of no id. */
static void
add_escaped(struct smp_buf *out, const char *id)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    const char *c;

    for (c = id; *c; c++)
        if (strchr(safe, *c) && !(c == id && (*c == '.' || *c == '-')))
            smp_buf_putc(out, *c);
        else
            smp_buf_printf(out, "~%02X", (unsigned char)*c);
}

static void
add_plain(struct smp_buf *out, const char *id)
{
    unsigned char digest[crypto_generichash_BYTES_MIN];
    size_t start = out->len;

    add_escaped(out, id);
    if (out->len - start <= SMP_FEED_NAME_MAX)
        return;
    smp_buf_cut(out, start + PLAIN_KEPT);
    crypto_generichash(digest, sizeof digest, (const unsigned char *)id,
                       strlen(id), NULL, 0);
    smp_buf_puts(out, "~~");
    add_hex(out, digest, sizeof digest);
}

void
smp_feed_name(struct smp_buf *out, const struct smp_feed_key *key,
              const char *id, int feed)
{
    if (!key->there) {
        add_plain(out, id);
        return;
    }
    add_keyed(out, key, "tag", id, 0, TAG_BYTES);
    smp_buf_putc(out, '-');
    add_keyed(out, key, "feed", id, feed, SECRET_BYTES);
}

size_t
smp_feed_tag(const struct smp_feed_key *key, const char *name)
{
    size_t n = strlen(name);

    return key->there && n > TAG_BYTES * 2 ? TAG_BYTES * 2 : n;
}
