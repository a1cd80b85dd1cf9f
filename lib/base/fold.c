#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/mem.h"

/* The same of a text in ASCII, in place; false where there is more in it. */
static bool
fold_ascii(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80)
            return false;
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text | 0x20);
    }
    return true;
}

static char *
fold(const char *text, int more)
{
    char *copy = smp_strdup(text);
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n;

    if (fold_ascii(copy))
        return copy;
    free(copy);
    n = utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
                     (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE |
                                         UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
                                         more));
    if (n == UTF8PROC_ERROR_NOMEM)
        smp_out_of_memory();
    return n < 0 ? smp_strdup("") : (char *)out;
}

char *
smp_utf8_fold(const char *text)
{
    return fold(text, UTF8PROC_COMPAT | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
}

char *
smp_utf8_casefold(const char *text)
{
    return fold(text, 0);
}

enum { WORD_MAX = 64 };

static size_t
characters(const char *text, int32_t *out)
{
    size_t n = strlen(text), at = 0, count = 0;

    while (at < n && count < WORD_MAX) {
        size_t size = smp_utf8_next(text + at, n - at, &out[count]);

        at += size ? size : 1;
        count++;
    }
    return count;
}

static size_t
least(size_t a, size_t b, size_t c)
{
    size_t least_of_two = a < b ? a : b;

    return least_of_two < c ? least_of_two : c;
}

/* Optimal string alignment; three rows of the table are enough. */
size_t
smp_utf8_distance(const char *a, const char *b, size_t most)
{
    int32_t x[WORD_MAX], y[WORD_MAX];
    size_t rows[3][WORD_MAX + 1];
    size_t n = characters(a, x), m = characters(b, y), i, j;

    if ((n > m ? n - m : m - n) > most)
        return most + 1;
    for (j = 0; j <= m; j++)
        rows[0][j] = j;
    for (i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];
        size_t *two_above = rows[(i + 1) % 3], best = row[0] = i;

        for (j = 1; j <= m; j++) {
            row[j] = least(row[j - 1] + 1, above[j] + 1,
                           above[j - 1] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1, row[j]);
            best = row[j] < best ? row[j] : best;
        }
        if (best > most)
            return most + 1;
    }
    return rows[n % 3][m];
}
