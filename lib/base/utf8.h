#ifndef SMP_BASE_UTF8_H
#define SMP_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_buf;

/*
 * UTF-8 (RFC 3629) through utf8proc. Lengths are octets unless a name says
 * columns, which are cells of a terminal (UAX 11).
 */

/* The length of the valid start of the text: n where all of it is valid. */
size_t smp_utf8_valid(const char *text, size_t n);

/* Decodes one character at text (n > 0); its length, 0 where it is invalid. */
size_t smp_utf8_next(const char *text, size_t n, int32_t *character);

/* Writes one character without a NUL; returns its end, four octets on at most.
 */
char *smp_utf8_put(char *at, int32_t character);

/* Returns true if it is part of words: a letter, mark or digit (Unicode L, M,
 * N). */
bool smp_utf8_in_word(int32_t character);

/*
 * Appends the text fit for a terminal and for one line: control characters
 * (C0, DEL, C1), line separators and direction overrides become a space,
 * invalid octets U+FFFD.
 */
void smp_utf8_clean(struct smp_buf *out, const char *text, size_t n);

/* Returns true if cleaning would leave it as it is; true only of ASCII. */
bool smp_utf8_is_clean(const char *text, size_t n);

/* Columns the text takes on a terminal. */
size_t smp_utf8_columns(const char *text, size_t n);

/* Makes the letter at `from` a capital one. */
void smp_utf8_capital(struct smp_buf *text, size_t from);

enum { SMP_TEXT_WIDTH = 80 }; /* columns of text for people */

/*
 * Appends a text broken at spaces into lines of at most `width` columns (more
 * only for a word that is longer), each ended by a newline. The first line
 * begins with `first`, the others with `indent` spaces. Controls in the text
 * become spaces (smp_utf8_clean).
 */
void smp_wrap(struct smp_buf *out, const char *first, size_t indent,
              size_t width, const char *text);

/*
 * The text as it is compared: without case, accents and compatibility forms
 * (Unicode case folding, NFKC, marks stripped). "" where it is not UTF-8. The
 * caller frees it.
 */
char *smp_utf8_fold(const char *text);

/* The text without case alone, in NFC. The rest as smp_utf8_fold(). */
char *smp_utf8_casefold(const char *text);

/*
 * How many characters to insert, delete, replace or swap with the next one
 * turn one folded text into the other; `most` + 1 where it is more than that.
 */
size_t smp_utf8_distance(const char *a, const char *b, size_t most);

/* Appends n spaces. */
void smp_buf_spaces(struct smp_buf *buf, size_t n);

#endif
