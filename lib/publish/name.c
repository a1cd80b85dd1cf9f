#include <string.h>

#include <sodium.h>

#include "base/utf8.h"
#include "publish/internal.h"

enum { KEY_MIN = 16, TAG_BYTES = 8, SECRET_BYTES = 16, PLAIN_MAX = 100 };

bool
smp_feed_key_set(struct smp_feed_key *key, const void *bytes, size_t n,
                 struct smp_err *err)
{
    const char *text = bytes;

    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    if (n < KEY_MIN)
        return smp_fail(err, "the key must have at least %d octets", KEY_MIN);
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

bool
smp_feed_name_is_keyed(const char *name, size_t n)
{
    size_t i;

    if (n != (TAG_BYTES + SECRET_BYTES) * 2 + 1 || name[TAG_BYTES * 2] != '-')
        return false;
    for (i = 0; i < n; i++)
        if (i != TAG_BYTES * 2 && !(name[i] >= '0' && name[i] <= '9') &&
            !(name[i] >= 'a' && name[i] <= 'f'))
            return false;
    return true;
}

static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "abcdefghijklmnopqrstuvwxyz0123456789_-.";

/* False if the name would be hidden, an option, or like a name with a key. */
static bool
may_begin(const char *id)
{
    return *id != '.' && *id != '-' && !smp_feed_name_is_keyed(id, strlen(id));
}

/*
 * Octets that are not safe become "~" and two digits, so no id gives "~~". A
 * long name is cut, perhaps between these three, and "~~" follows.
 */
static void
add_escaped(struct smp_buf *out, const char *id)
{
    const char *c;

    for (c = id; *c; c++)
        if (strchr(safe, *c) && (c > id || may_begin(id)))
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
    smp_buf_cut(out, start + PLAIN_MAX);
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

/* The octet behind "~" and two digits, or -1. */
static int
escaped(const char *at)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *high = at[1] ? strchr(digits, at[1]) : NULL;
    const char *low = high && at[2] ? strchr(digits, at[2]) : NULL;

    return low ? (int)(high - digits) * 16 + (int)(low - digits) : -1;
}

static bool
is_cut_escape(const char *name, const char *at)
{
    return at[1] == '~' || (at > name && at[-1] == '~') ||
           (at[1] && strncmp(at + 2, "~~", 2) == 0);
}

bool
smp_feed_name_is_ours(const char *name)
{
    const char *c;

    if (!*name || *name == '.' || *name == '-' ||
        strlen(name) > SMP_FEED_NAME_MAX)
        return false;
    for (c = name; *c; c++)
        if (!strchr(safe, *c) &&
            (*c != '~' || (escaped(c) < 0 && !is_cut_escape(name, c))))
            return false;
    return true;
}

bool
smp_feed_name_is_listable(const char *name)
{
    struct smp_buf id = {0};
    const char *c;
    bool ok;

    for (c = name; *c && strncmp(c, "~~", 2) != 0; c++) {
        int octet = *c == '~' ? escaped(c) : *c;

        if (octet < 0)
            break;
        smp_buf_putc(&id, (char)octet);
        c += *c == '~' ? 2 : 0;
    }
    if (*c) { /* the name was cut */
        smp_buf_cut(&id, smp_utf8_valid(smp_buf_text(&id), id.len));
        smp_buf_putc(&id, 'x');
    }
    ok = !smp_listed_fault(smp_buf_text(&id), id.len);
    smp_buf_release(&id);
    return ok;
}
