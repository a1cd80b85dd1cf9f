#include "answer/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* In a folded text, between two clauses. */
static const char clause_end = '\n';

/* A stop inside initials, "S.M.P.", or a number, "1,5", ends no clause. */
static bool
ends_clause(char c, char next)
{
    return c == '?' || c == '!' || c == ';' || c == ':' ||
           ((c == '.' || c == ',') && (next == ' ' || next == '\0'));
}

/* The folded character if it is part of words, else what separates them. */
static char
fold_ascii(unsigned char c, char next)
{
    unsigned char small = c | 0x20;

    if (small >= 'a' && small <= 'z')
        return (char)small;
    if (c >= '0' && c <= '9')
        return (char)c;
    return ends_clause((char)c, next) ? clause_end : ' ';
}

/* Most texts are ASCII and need no more. False where there is more in it. */
static bool
fold_all_ascii(struct smp_buf *out, const char *text)
{
    size_t i, n = strlen(text);

    smp_buf_cut(out, 0);
    smp_buf_reserve(out, n);
    for (i = 0; i < n; i++) {
        if ((unsigned char)text[i] >= 0x80)
            return false;
        out->data[i] = fold_ascii((unsigned char)text[i], text[i + 1]);
    }
    out->len = n;
    return true;
}

/* Puts spaces in the place of what is not part of words. */
static void
blank(struct smp_buf *text)
{
    size_t at = 0, size;

    for (; at < text->len; at += size) {
        int32_t character;

        size = smp_utf8_next(text->data + at, text->len - at, &character);
        if (!size || !smp_utf8_in_word(character)) {
            char next = at + 1 < text->len ? text->data[at + 1] : '\0';
            bool end = ends_clause(text->data[at], next);

            size = size ? size : 1;
            memset(text->data + at, end ? clause_end : ' ', size);
        }
    }
}

void
smp_tokens_begin(struct smp_tokens *tokens, const char *text)
{
    char *folded;

    tokens->at = 0;
    tokens->clause = 0;
    if (fold_all_ascii(&tokens->folded, text))
        return;
    folded = smp_utf8_fold(text);
    smp_buf_puts(&tokens->folded, folded);
    free(folded);
    blank(&tokens->folded);
}

static bool
starts_number(char c)
{
    return c >= '0' && c <= '9';
}

static bool
separates(char c)
{
    return c == ' ' || c == clause_end;
}

bool
smp_tokens_next(struct smp_tokens *tokens, struct smp_word *word)
{
    const char *text = tokens->folded.data;
    size_t start, end = tokens->at, n = tokens->folded.len;

    do {
        for (start = end; start < n && separates(text[start]); start++)
            tokens->clause += text[start] == clause_end;
        for (end = start; end < n && !separates(text[end]); end++)
            continue;
    } while (!tokens->numbers && start < n && starts_number(text[start]));
    tokens->at = end;
    if (start < n)
        *word = smp_word_of(text + start, end - start);
    return start < n;
}

void
smp_tokens_release(struct smp_tokens *tokens)
{
    smp_buf_release(&tokens->folded);
}
