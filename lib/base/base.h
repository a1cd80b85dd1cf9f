#ifndef SMP_BASE_BASE_H
#define SMP_BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* ---- mem.c ---- */

/*
 * Memory. None of these returns NULL: out of memory ends the program here,
 * with one line on standard error and status 4. It is the one place where the
 * library ends a program.
 */

void *smp_alloc(size_t size);
void *smp_calloc(size_t count, size_t size);
void *smp_realloc(void *old, size_t size);
char *smp_strdup(const char *text);

/* Ends the program: "out of memory", status 4. */
void smp_out_of_memory(void) __attribute__((noreturn));

/*
 * Ensures that the next call of a library finds memory: allocates more than
 * such a call needs and frees it again, so that it stays at hand. libical 3.0
 * has no hook for its memory, and crashes without any. (In the programs it
 * cannot: see src/link/memory.c.)
 */
void smp_ensure_memory(void);

/*
 * An arena gives memory that is released all at once: what a record or a
 * protocol consists of. Start with a zeroed struct; after a release it can be
 * used again. A reset keeps the blocks, up to a limit, so that a stream of
 * records settles down.
 */
struct smp_arena {
    struct smp_arena_block *blocks, *spare;
    unsigned char *next; /* what is free in the first block */
    size_t left;
};

enum { SMP_ALIGNMENT = 16 };

/* Returns zeroed memory. smp_arena_take() calls smp_arena_take_more(). */
void *smp_arena_alloc(struct smp_arena *arena, size_t size);
void *smp_arena_take_more(struct smp_arena *arena, size_t size);

/* Returns memory that is not zeroed. */
static inline void *
smp_arena_take(struct smp_arena *arena, size_t size)
{
    size_t needed =
        (size + !size + SMP_ALIGNMENT - 1) & ~(size_t)(SMP_ALIGNMENT - 1);
    void *memory = arena->next;

    if (needed < size || needed > arena->left)
        return smp_arena_take_more(arena, size);
    arena->next += needed;
    arena->left -= needed;
    return memory;
}

char *smp_arena_strdup(struct smp_arena *arena, const char *text);
char *smp_arena_strndup(struct smp_arena *arena, const char *text, size_t n);
void smp_arena_reset(struct smp_arena *arena);
void smp_arena_release(struct smp_arena *arena);

/*
 * Makes room for one more element: the array has `count` used elements of
 * `size` bytes each, and room for *room, which doubles if they are all used.
 * Returns the array, which the caller frees.
 */
void *smp_grow(void *array, size_t count, size_t *room, size_t size);

/*
 * The index of the first of `count` elements of `size` bytes that is not before
 * the key, or `count`; the elements that are come first.
 */
static inline size_t
smp_first_from(const void *array, size_t count, size_t size, const void *key,
               bool (*is_before)(const void *element, const void *key))
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;

        if (is_before((const char *)array + middle * size, key))
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* ---- buf.c ---- */

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

/* ---- err.c ---- */

/*
 * What went wrong, as text ready to print: no program name, no newline, no
 * control characters. The first error wins: later ones are dropped, so a
 * caller may go on and look once at the end. Start with a zeroed struct.
 */
struct smp_err {
    struct smp_buf text;
    bool failed;
    bool system; /* a system call failed: see smp_fail_errno() */
};

/* Notes an error unless one is noted already; returns false. */
bool smp_fail(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * As smp_fail(), but for a system call that failed: adds ": " and the text of
 * errno. Sets `system` if smp_errno_is_system(errno).
 */
bool smp_fail_errno(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Returns false if the cause is only a wrong path (no such file, no permission,
 * a directory); true for any other errno, such as EIO or EMFILE.
 */
bool smp_errno_is_system(int cause);

/* Notes the same error as another struct; returns false. */
bool smp_fail_as(struct smp_err *err, const struct smp_err *cause);

/* Puts "PREFIX: " before the error noted; nothing where there is none. */
void smp_err_prefix(struct smp_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets the error; the struct can be used again. */
void smp_err_clear(struct smp_err *err);
void smp_err_release(struct smp_err *err);

/* ---- memo.c ---- */

/*
 * Texts that take long to make, kept to be used again. The key of a text is the
 * octets that it is made from. A cache has at most SMP_MEMO_TEXTS_MAX texts.
 * The hash of a key leaves two places; a new text takes the place of the one
 * that was used longer ago. A key over SMP_MEMO_KEY_MAX octets is not
 * remembered. Start with a zeroed struct.
 */
enum { SMP_MEMO_TEXTS_MAX = 256, SMP_MEMO_KEY_MAX = 4096 };

struct smp_memo {
    struct smp_buf key; /* what is looked for */
    struct smp_memo_text *texts;
    struct smp_buf other; /* of a key that is not remembered */
};

/*
 * The text of the key in memo->key. Where it is empty, the caller makes it, and
 * it is kept. It is good until the next call.
 */
struct smp_buf *smp_memo_text(struct smp_memo *memo);

void smp_memo_release(struct smp_memo *memo);

#endif
