#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
smp_buf_reserve(struct smp_buf *buf, size_t n)
{
    size_t room = buf->room ? buf->room : 256;

    if (n > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4)
        smp_out_of_memory();
    while (room < buf->len + n + 1)
        room *= 2;
    if (room != buf->room) {
        buf->data = smp_realloc(buf->data, room);
        buf->room = room;
    }
}

char *
smp_digits(char *at, int number)
{
    unsigned rest = number < 0 ? 0U - (unsigned)number : (unsigned)number;
    unsigned ten = 1;

    if (number < 0)
        *at++ = '-';
    while (rest / ten >= 10)
        ten *= 10;
    for (; ten; ten /= 10)
        *at++ = (char)('0' + rest / ten % 10);
    return at;
}

void
smp_buf_digits(struct smp_buf *buf, int number, int width)
{
    enum { LONGEST = 16 };
    char digits[LONGEST], *at = digits + LONGEST;
    unsigned rest = number < 0 ? 0U - (unsigned)number : (unsigned)number;
    int wanted = width - (number < 0);

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    while (at > digits + 1 && digits + LONGEST - at < wanted)
        *--at = '0';
    if (number < 0)
        *--at = '-';
    smp_buf_add(buf, at, (size_t)(digits + LONGEST - at));
}

void
smp_buf_spaces(struct smp_buf *buf, size_t n)
{
    while (n--)
        smp_buf_putc(buf, ' ');
}

void
smp_buf_vprintf(struct smp_buf *buf, const char *format, va_list args)
{
    enum { USUAL = 64 };
    va_list again;
    int n;

    smp_buf_reserve(buf, USUAL);
    va_copy(again, args);
    n = vsnprintf(buf->data + buf->len, buf->room - buf->len, format, again);
    va_end(again);
    if (n >= 0 && (size_t)n >= buf->room - buf->len) {
        smp_buf_reserve(buf, (size_t)n);
        n = vsnprintf(buf->data + buf->len, (size_t)n + 1, format, args);
    }
    if (n > 0)
        buf->len += (size_t)n;
    buf->data[buf->len] = '\0';
}

void
smp_buf_printf(struct smp_buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(buf, format, args);
    va_end(args);
}

const char *
smp_buf_text(const struct smp_buf *buf)
{
    return buf->data ? buf->data : "";
}

void
smp_buf_release(struct smp_buf *buf)
{
    free(buf->data);
    *buf = (struct smp_buf){0};
}
