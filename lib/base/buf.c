#include "base/base.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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

const char smp_digit_pairs[] = "0001020304050607080910111213141516171819"
                               "2021222324252627282930313233343536373839"
                               "4041424344454647484950515253545556575859"
                               "6061626364656667686970717273747576777879"
                               "8081828384858687888990919293949596979899";

char *
smp_digits(char *at, int number)
{
    unsigned rest = number < 0 ? 0U - (unsigned)number : (unsigned)number;
    unsigned more = rest;
    char *end;

    if (number < 0)
        *at++ = '-';
    for (end = at + 1; more >= 10; end++)
        more /= 10;
    at = end;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    return end;
}

void
smp_buf_digits(struct smp_buf *buf, int number)
{
    smp_buf_end(buf, smp_digits(smp_buf_room(buf, SMP_DIGITS), number));
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
    if (n < 0) /* formats are ours, so nothing else is lacking */
        smp_out_of_memory();
    buf->len += (size_t)n;
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
