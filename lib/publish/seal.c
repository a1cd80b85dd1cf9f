#include "publish/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/mem.h"

enum { SEAL = sizeof SMP_FEED_SEAL - 1 };

/* How a feed begins: the seal is in the PRODID of the third line. */
#define BEGINNING(product)                                                     \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" product "\r\n"

static const char *const beginnings[] = {BEGINNING(SMP_FEED_PRODUCT),
                                         BEGINNING(SMP_FEED_DISCREET),
                                         BEGINNING(SMP_FEED_SECRET)};

enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings };

static size_t
place_of_seal(const char *beginning)
{
    return strlen(beginning) - strlen("//EN\r\n") - SEAL;
}

static bool
is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Whether n octets are those of a beginning, whatever its seal. */
static bool
agrees(const char *beginning, const char *text, size_t n)
{
    size_t seal = place_of_seal(beginning), i;

    for (i = 0; i < n; i++)
        if (i - seal < SEAL ? !is_digit(text[i]) : text[i] != beginning[i])
            return false;
    return true;
}

/* Which of the beginnings it has; -1: none, or not all of it. */
static int
kind_of(const char *text, size_t n)
{
    int i;

    for (i = 0; i < BEGINNINGS; i++)
        if (n >= strlen(beginnings[i]) &&
            agrees(beginnings[i], text, strlen(beginnings[i])))
            return i;
    return -1;
}

static bool
is_stub(const char *text, size_t n)
{
    int i;

    for (i = 0; i < BEGINNINGS; i++)
        if (n < strlen(beginnings[i]) && agrees(beginnings[i], text, n))
            return true;
    return false;
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

bool
smp_feed_seal(char *text, size_t n)
{
    int kind = kind_of(text, n);
    char seal[SEAL + 1];
    size_t at;

    if (kind < 0)
        return false;
    at = place_of_seal(beginnings[kind]);
    compute(seal, text, n, at);
    memcpy(text + at, seal, SEAL);
    return true;
}

bool
smp_feed_same_kind(const char *text, size_t n, const char *other, size_t m)
{
    int kind = kind_of(text, n);

    return kind >= 0 && kind == kind_of(other, m);
}

enum smp_feed_state
smp_feed_state(const char *text, size_t n)
{
    int kind = kind_of(text, n);
    char seal[SEAL + 1];
    size_t at;

    if (kind < 0)
        return is_stub(text, n) ? SMP_FEED_STUB : SMP_FEED_FOREIGN;
    at = place_of_seal(beginnings[kind]);
    compute(seal, text, n, at);
    if (memcmp(text + at, seal, SEAL) == 0)
        return SMP_FEED_WHOLE;
    return smp_feed_is_cut(text, n) ? SMP_FEED_TORN : SMP_FEED_EDITED;
}
