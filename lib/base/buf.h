#ifndef SMP_BASE_BUF_H
#define SMP_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A string that grows, always ended by a NUL that `len` does not count. Start
 * with a zeroed struct: then data is NULL and len 0. Bytes may be of any kind.
 * Growth is bounded by memory alone, so whoever feeds it from outside bounds
 * the input (see smp_read_file, smp_lines).
 */
struct smp_buf {
    char *data;
    size_t len, room;
};

/* Makes room for n more bytes without adding any. */
void smp_buf_reserve(struct smp_buf *buf, size_t n);

static inline void
smp_buf_add(struct smp_buf *buf, const void *bytes, size_t n)
{
    if (buf->room <= buf->len + n)
        smp_buf_reserve(buf, n);
    if (n)
        memcpy(buf->data + buf->len, bytes, n);
    buf->len += n;
    buf->data[buf->len] = '\0';
}

static inline void
smp_buf_puts(struct smp_buf *buf, const char *text)
{
    smp_buf_add(buf, text, strlen(text));
}

static inline void
smp_buf_putc(struct smp_buf *buf, char c)
{
    if (buf->room <= buf->len + 1)
        smp_buf_reserve(buf, 1);
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

/*
 * For short pieces, whose cost would be the calls: smp_buf_room() returns the
 * end of the text, with room for n more bytes. The caller writes there and
 * tells smp_buf_end() where the text ends now.
 */
static inline char *
smp_buf_room(struct smp_buf *buf, size_t n)
{
    if (buf->room <= buf->len + n)
        smp_buf_reserve(buf, n);
    return buf->data + buf->len;
}

static inline void
smp_buf_end(struct smp_buf *buf, char *end)
{
    *end = '\0';
    buf->len = (size_t)(end - buf->data);
}

void smp_buf_spaces(struct smp_buf *buf, size_t n);

/* Writes a number without a NUL; returns its end, SMP_DIGITS away at most. */
enum { SMP_DIGITS = sizeof "-2147483648" - 1 };

char *smp_digits(char *at, int number);

/* As smp_digits(), for a number from 0 to 99, always as two digits. */
extern const char smp_digit_pairs[];

static inline char *
smp_two_digits(char *at, unsigned number)
{
    memcpy(at, smp_digit_pairs + (size_t)2 * number, 2);
    return at + 2;
}

/* Appends a number as "%d" does, in less time. */
void smp_buf_digits(struct smp_buf *buf, int number);
void smp_buf_printf(struct smp_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void smp_buf_vprintf(struct smp_buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Shortens the text to len bytes, if it is longer. */
static inline void
smp_buf_cut(struct smp_buf *buf, size_t len)
{
    if (len < buf->len) {
        buf->len = len;
        buf->data[len] = '\0';
    }
}

/* Returns the text, "" if nothing was added. It belongs to the buffer. */
const char *smp_buf_text(const struct smp_buf *buf);

void smp_buf_release(struct smp_buf *buf);

/* A list of texts. The struct that has such a list says who owns them. */
struct smp_strings {
    const char **at;
    size_t count;
};

static inline bool
smp_strings_have(const struct smp_strings *list, const char *text)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (strcmp(list->at[i], text) == 0)
            return true;
    return false;
}

#endif
