#include "publish/feed.h"

#include <string.h>

#include "base/hash.h"

/* The seal is that many digits, then a space, then as many of the source. */
enum { DIGITS = sizeof SMP_FEED_HASH - 1, BOTH = sizeof SMP_FEED_HASHES - 1 };

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
    return strlen(beginning) - strlen("//EN\r\n") - BOTH;
}

static const char digits[] = "0123456789abcdef";

static void
put_digits(char *at, uint64_t number)
{
    int i;

    for (i = DIGITS - 1; i >= 0; i--, number >>= 4)
        at[i] = digits[number & 0xf];
}

static bool
is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Of digits alone. */
static uint64_t
number_at(const char *at)
{
    uint64_t number = 0;
    int i;

    for (i = 0; i < DIGITS; i++)
        number = number << 4 |
                 (unsigned)(at[i] <= '9' ? at[i] - '0' : at[i] - 'a' + 10);
    return number;
}

/* Whether n octets are those of a beginning, whatever its seal and source. */
static bool
agrees(const char *beginning, const char *text, size_t n)
{
    size_t seal = place_of_seal(beginning), i;

    for (i = 0; i < n; i++) {
        bool any = i - seal < BOTH && i - seal != DIGITS;

        if (any ? !is_digit(text[i]) : text[i] != beginning[i])
            return false;
    }
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
 * The seal tells what was changed by chance, not who forged it. What stands
 * before it is the beginning of its kind, octet for octet.
 */
static uint64_t
seal_of(const char *text, size_t n, size_t at)
{
    return smp_hash(text + at + DIGITS, n - at - DIGITS, at);
}

bool
smp_feed_seal(char *text, size_t n, uint64_t source)
{
    int kind = kind_of(text, n);
    size_t at;

    if (kind < 0)
        return false;
    at = place_of_seal(beginnings[kind]);
    put_digits(text + at + DIGITS + 1, source);
    put_digits(text + at, seal_of(text, n, at));
    return true;
}

uint64_t
smp_feed_source(const char *text, size_t n)
{
    int kind = kind_of(text, n);

    if (kind < 0)
        return 0;
    return number_at(text + place_of_seal(beginnings[kind]) + DIGITS + 1);
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
    size_t at;

    if (kind < 0)
        return is_stub(text, n) ? SMP_FEED_STUB : SMP_FEED_FOREIGN;
    at = place_of_seal(beginnings[kind]);
    if (number_at(text + at) == seal_of(text, n, at))
        return SMP_FEED_WHOLE;
    return smp_feed_is_cut(text, n) ? SMP_FEED_TORN : SMP_FEED_EDITED;
}
