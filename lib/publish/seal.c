#include "publish/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/mem.h"

enum { SEAL = sizeof SMP_FEED_SEAL - 1, HEAD = 256 };

/* Where the seal stands, in the PRODID of the third line; NULL: nowhere. */
static const char *
find_seal(const char *text, size_t n)
{
    static const char property[] = "PRODID:", end[] = "//EN\r\n";
    const char *line = text, *newline = text;
    int i;

    n = n < HEAD ? n : HEAD;
    for (i = 0; i < 3; i++) {
        line = newline;
        newline = memchr(line, '\n', n - (size_t)(line - text));
        if (!newline++)
            return NULL;
    }
    if ((size_t)(newline - line) < sizeof property + SEAL + sizeof end ||
        memcmp(line, property, sizeof property - 1) != 0 ||
        memcmp(newline - (sizeof end - 1), end, sizeof end - 1) != 0)
        return NULL;
    return newline - (sizeof end - 1) - SEAL;
}

/*
 * The key is no secret: the seal tells what was changed by chance, not who
 * forged it.
 */
static void
compute(char seal[SEAL + 1], const char *text, size_t n, size_t at)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] =
        "smp-care feed 1";
    unsigned char hash[crypto_shorthash_BYTES];
    char *copy = smp_alloc(n);
    size_t i;

    memcpy(copy, text, n);
    memcpy(copy + at, SMP_FEED_SEAL, SEAL);
    crypto_shorthash(hash, (const unsigned char *)copy, n, key);
    free(copy);
    for (i = 0; i < sizeof hash; i++)
        snprintf(seal + 2 * i, 3, "%02x", hash[i]);
}

/* Which of the products a seal belongs to; -1: none. */
static int
product_of(const char *seal)
{
    static const char *const products[] = {SMP_FEED_PRODUCT, SMP_FEED_DISCREET,
                                           SMP_FEED_SECRET};
    enum { PRODUCTS = sizeof products / sizeof *products };
    int i;

    for (i = 0; i < PRODUCTS; i++) {
        size_t n = strlen(products[i]) - SEAL - 4;

        if (memcmp(seal - n, products[i], n) == 0)
            return i;
    }
    return -1;
}

bool
smp_feed_seal(char *text, size_t n)
{
    const char *place = find_seal(text, n);
    char seal[SEAL + 1];

    if (!place || product_of(place) < 0)
        return false;
    compute(seal, text, n, (size_t)(place - text));
    memcpy(text + (place - text), seal, SEAL);
    return true;
}

bool
smp_feed_same_kind(const char *text, size_t n, const char *other, size_t m)
{
    const char *a = find_seal(text, n), *b = find_seal(other, m);

    return a && b && product_of(a) == product_of(b);
}

enum smp_feed_state
smp_feed_state(const char *text, size_t n)
{
    const char *place = find_seal(text, n);
    static const char end[] = "END:VCALENDAR\r\n";
    char seal[SEAL + 1];

    if (!n)
        return SMP_FEED_TORN;
    if (!place || product_of(place) < 0)
        return SMP_FEED_FOREIGN;
    if (memcmp(text + n - (sizeof end - 1), end, sizeof end - 1) != 0)
        return SMP_FEED_TORN;
    compute(seal, text, n, (size_t)(place - text));
    return memcmp(place, seal, SEAL) == 0 ? SMP_FEED_WHOLE : SMP_FEED_EDITED;
}
