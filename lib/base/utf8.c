#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/swar.h"
#include "base/base.h"

size_t
smp_utf8_next(const char *text, size_t n, int32_t *character)
{
    utf8proc_ssize_t size =
        utf8proc_iterate((const utf8proc_uint8_t *)text,
                         (utf8proc_ssize_t)(n > 4 ? 4 : n), character);

    return size > 0 ? (size_t)size : 0;
}

char *
smp_utf8_put(char *at, int32_t character)
{
    return at + utf8proc_encode_char(character, (utf8proc_uint8_t *)at);
}

/* From `at` on, past ASCII: many octets at a time, then eight. */
static size_t
skip_ascii(const char *text, size_t at, size_t n)
{
    const size_t size = sizeof(uint64_t);

    while (n - at >= 4 * size &&
           !smp_swar_above_ascii(smp_swar_load(text + at) |
                                 smp_swar_load(text + at + size) |
                                 smp_swar_load(text + at + 2 * size) |
                                 smp_swar_load(text + at + 3 * size)))
        at += 4 * size;
    while (n - at >= size && !smp_swar_above_ascii(smp_swar_load(text + at)))
        at += size;
    while (at < n && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

size_t
smp_utf8_valid(const char *text, size_t n)
{
    size_t at = 0;

    while ((at = skip_ascii(text, at, n)) < n) {
        int32_t character;
        size_t size;

        size = smp_utf8_next(text + at, n - at, &character);
        if (!size)
            break;
        at += size;
    }
    return at;
}

bool
smp_utf8_in_word(int32_t character)
{
    utf8proc_category_t category = utf8proc_category(character);

    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/* Unicode 15: line and paragraph separators, bidirectional controls. */
static bool
unfit_for_a_line(int32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff;
}

/* From `at` on, past ASCII that needs no cleaning. */
static size_t
skip_clean(const char *text, size_t at, size_t n)
{
    for (; n - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t special = smp_swar_unprintable(smp_swar_load(text + at));

        if (special)
            return at + smp_swar_before(special);
    }
    while (at < n && text[at] >= 0x20 && text[at] < 0x7f)
        at++;
    return at;
}

bool
smp_utf8_is_clean(const char *text, size_t n)
{
    return skip_clean(text, 0, n) == n;
}

void
smp_utf8_clean(struct smp_buf *out, const char *text, size_t n)
{
    size_t at = 0;

    while (at < n) {
        size_t clean = skip_clean(text, at, n), size;
        int32_t c;

        smp_buf_add(out, text + at, clean - at);
        at = clean;
        if (at == n)
            break;
        size = smp_utf8_next(text + at, n - at, &c);
        if (!size)
            smp_buf_puts(out, "\xef\xbf\xbd");
        else if (unfit_for_a_line(c))
            smp_buf_putc(out, ' ');
        else
            smp_buf_add(out, text + at, size);
        at += size ? size : 1;
    }
}

/* The columns of one character; *size becomes its length in octets. */
static size_t
columns_of(const char *text, size_t n, size_t *size)
{
    int32_t c;
    int width;

    *size = 1;
    if (*text >= 0x20 && *text < 0x7f) /* nearly all there is */
        return 1;
    *size = smp_utf8_next(text, n, &c);
    if (!*size) {
        *size = 1;
        return 1;
    }
    width = utf8proc_charwidth(c);
    return width > 0 ? (size_t)width : 0;
}

size_t
smp_utf8_columns(const char *text, size_t n)
{
    size_t at = skip_clean(text, 0, n), columns = at, size;

    for (; at < n; at += size)
        columns += columns_of(text + at, n - at, &size);
    return columns;
}

void
smp_utf8_capital(struct smp_buf *text, size_t from)
{
    utf8proc_uint8_t capital[4];
    struct smp_buf rest = {0};
    int32_t c;
    size_t size = smp_utf8_next(text->data + from, text->len - from, &c), n;

    if (!size)
        return;
    n = (size_t)utf8proc_encode_char(utf8proc_toupper(c), capital);
    if (n == size) {
        memcpy(text->data + from, capital, n);
        return;
    }
    smp_buf_add(&rest, text->data + from + size, text->len - from - size);
    smp_buf_cut(text, from);
    smp_buf_add(text, capital, n);
    smp_buf_puts(text, smp_buf_text(&rest));
    smp_buf_release(&rest);
}

/* lines */

/* Where the word at `at` ends. */
static const char *
word_end(const char *at)
{
    while (*at && *at != ' ')
        at++;
    return at;
}

/* Text that is clean; where it is ASCII, an octet is a column. */
static void
wrap(struct smp_buf *out, size_t column, size_t indent, size_t width,
     const char *text, bool ascii)
{
    bool fresh = true; /* nothing but the indent on this line */
    const char *end;

    for (;; text = end) {
        size_t columns;

        while (*text == ' ')
            text++;
        if (!*text)
            break;
        end = word_end(text);
        columns = (size_t)(end - text);
        if (!ascii)
            columns = smp_utf8_columns(text, columns);
        if (!fresh && column + 1 + columns > width) {
            smp_buf_putc(out, '\n');
            smp_buf_spaces(out, indent);
            column = indent;
        } else if (!fresh) {
            smp_buf_putc(out, ' ');
            column++;
        }
        smp_buf_add(out, text, (size_t)(end - text));
        column += columns;
        fresh = false;
    }
    smp_buf_putc(out, '\n');
}

void
smp_wrap(struct smp_buf *out, const char *first, size_t indent, size_t width,
         const char *text)
{
    size_t n = strlen(text), column = smp_utf8_columns(first, strlen(first));
    struct smp_buf clean = {0};

    smp_buf_puts(out, first);
    if (smp_utf8_is_clean(text, n)) {
        wrap(out, column, indent, width, text, true);
        return;
    }
    smp_utf8_clean(&clean, text, n);
    wrap(out, column, indent, width, smp_buf_text(&clean), false);
    smp_buf_release(&clean);
}

/* texts as they are compared */

/* Folds a text in place; false if there is more in it than ASCII. */
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
