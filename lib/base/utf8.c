#include "base/utf8.h"

#include <utf8proc.h>

#include "base/eight.h"

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
           !smp_eight_above_ascii(smp_eight(text + at) |
                                  smp_eight(text + at + size) |
                                  smp_eight(text + at + 2 * size) |
                                  smp_eight(text + at + 3 * size)))
        at += 4 * size;
    while (n - at >= size && !smp_eight_above_ascii(smp_eight(text + at)))
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
        uint64_t special = smp_eight_unprintable(smp_eight(text + at));

        if (special)
            return at + smp_eight_before(special);
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
