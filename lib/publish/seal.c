#include "publish/feed.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/hash.h"
#include "base/mem.h"

/* The seal is that many digits, then a space, then as many of the source. */
enum { DIGITS = sizeof SMP_FEED_HASH - 1, BOTH = sizeof SMP_FEED_HASHES - 1 };

/* How a feed begins: the seal is in the PRODID of the third line. */
#define BEGINNING(product)                                                     \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" product "\r\n"

/* One a kind, then the same as before feeds had a source: theirs go on. */
static const char *const beginnings[] = {
    BEGINNING(SMP_FEED_PRODUCT),
    BEGINNING(SMP_FEED_DISCREET),
    BEGINNING(SMP_FEED_SECRET),
    BEGINNING("-//smp-care//smp-publish " SMP_FEED_HASH "//EN"),
    BEGINNING("-//calendar//feed " SMP_FEED_HASH "//EN"),
    BEGINNING("-//calendar//entries " SMP_FEED_HASH "//EN")};

enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings, KINDS = 3 };

static bool
has_source(int beginning)
{
    return beginning < KINDS;
}

static size_t
place_of_seal(int beginning)
{
    return strlen(beginnings[beginning]) - strlen("//EN\r\n") -
           (has_source(beginning) ? BOTH : DIGITS);
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
agrees(int beginning, const char *text, size_t n)
{
    size_t seal = place_of_seal(beginning), i;
    size_t size = has_source(beginning) ? BOTH : DIGITS;

    for (i = 0; i < n; i++) {
        bool any = i - seal < size && i - seal != DIGITS;

        if (any ? !is_digit(text[i]) : text[i] != beginnings[beginning][i])
            return false;
    }
    return true;
}

/* Which of the beginnings it has; -1: none, or not all of it. */
static int
beginning_of(const char *text, size_t n)
{
    int i;

    for (i = 0; i < BEGINNINGS; i++)
        if (n >= strlen(beginnings[i]) &&
            agrees(i, text, strlen(beginnings[i])))
            return i;
    return -1;
}

static bool
is_stub(const char *text, size_t n)
{
    int i;

    for (i = 0; i < BEGINNINGS; i++)
        if (n < strlen(beginnings[i]) && agrees(i, text, n))
            return true;
    return false;
}

static bool
is_mark(const char *text, size_t n, const char *start)
{
    size_t length = strlen(start), i;

    if (n < length + DIGITS || memcmp(text, start, length) != 0)
        return false;
    for (i = 0; i < DIGITS; i++)
        if (!is_digit(text[length + i]))
            return false;
    return true;
}

bool
smp_feed_is_marked(const char *text, size_t n)
{
    static const char *const starts[] = {"-//smp-care//smp-publish ",
                                         "-//calendar//feed ",
                                         "-//calendar//entries "};
    const char *end = text + n, *at = text;
    size_t i;

    while (n && (at = memchr(at, '-', (size_t)(end - at)))) {
        for (i = 0; i < KINDS; i++)
            if (is_mark(at, (size_t)(end - at), starts[i]))
                return true;
        at++;
    }
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

/* The same as it was then: SipHash of all, the seal as zeros. */
static uint64_t
seal_before_sources(const char *text, size_t n, size_t at)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] =
        "smp-care feed 1";
    unsigned char hash[crypto_shorthash_BYTES];
    char *copy = memcpy(smp_alloc(n), text, n);
    uint64_t number = 0;
    size_t i;

    memcpy(copy + at, SMP_FEED_HASH, DIGITS);
    crypto_shorthash(hash, (const unsigned char *)copy, n, key);
    free(copy);
    for (i = 0; i < sizeof hash; i++)
        number = number << 8 | hash[i];
    return number;
}

bool
smp_feed_seal(char *text, size_t n, uint64_t source)
{
    int beginning = beginning_of(text, n);
    size_t at;

    if (beginning < 0 || !has_source(beginning))
        return false;
    at = place_of_seal(beginning);
    put_digits(text + at + DIGITS + 1, source);
    put_digits(text + at, seal_of(text, n, at));
    return true;
}

uint64_t
smp_feed_source(const char *text, size_t n)
{
    int beginning = beginning_of(text, n);

    if (beginning < 0 || !has_source(beginning))
        return 0;
    return number_at(text + place_of_seal(beginning) + DIGITS + 1);
}

bool
smp_feed_same_kind(const char *text, size_t n, const char *other, size_t m)
{
    int beginning = beginning_of(text, n);

    int others = beginning_of(other, m);

    return beginning >= 0 && others >= 0 && beginning % KINDS == others % KINDS;
}

enum smp_feed_state
smp_feed_state(const char *text, size_t n)
{
    int beginning = beginning_of(text, n);
    size_t at;

    if (beginning < 0)
        return is_stub(text, n) ? SMP_FEED_STUB : SMP_FEED_FOREIGN;
    at = place_of_seal(beginning);
    if (number_at(text + at) == (has_source(beginning)
                                     ? seal_of(text, n, at)
                                     : seal_before_sources(text, n, at)))
        return SMP_FEED_WHOLE;
    return smp_feed_is_cut(text, n) ? SMP_FEED_TORN : SMP_FEED_EDITED;
}
