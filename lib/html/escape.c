#include <string.h>

#include "base/utf8.h"
#include "base/base.h"
#include "time/civil.h"
#include "html/internal.h"
#include "protocol/words.h"

static bool
is_letter(unsigned char c)
{
    return c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The octets that may not stand for themselves. */
static const bool is_special[256] = {['&'] = true, ['<'] = true,  ['>'] = true,
                                     ['"'] = true, ['\''] = true, [' '] = true};

static bool
needs_blank_before(const char *text)
{
    return *text == ':' || *text == ';' || *text == '?' || *text == '!' ||
           strncmp(text, "\u00bb", strlen("\u00bb")) == 0;
}

/* What stands for the octet, or NULL: it stands for itself. */
static const char *
reference_of(const char *text, const char *at)
{
    switch (*at) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return at > text && is_letter((unsigned char)at[-1]) &&
                       is_letter((unsigned char)at[1])
                   ? "\u2019"
                   : "&#39;";
    default:
        return needs_blank_before(at + 1) ? "\u00a0" : NULL;
    }
}

static void
escape(struct smp_buf *out, const char *text)
{
    const char *at = text, *from = text;

    for (; *at; at++) {
        const char *reference =
            is_special[(unsigned char)*at] ? reference_of(text, at) : NULL;

        if (!reference)
            continue;
        smp_buf_add(out, from, (size_t)(at - from));
        smp_buf_puts(out, reference);
        from = at + 1;
    }
    smp_buf_add(out, from, (size_t)(at - from));
}

void
smp_html_escape(struct smp_buf *out, const char *text)
{
    size_t n = strlen(text);
    struct smp_buf clean = {0};

    if (smp_utf8_is_clean(text, n)) {
        escape(out, text);
        return;
    }
    smp_utf8_clean(&clean, text, n);
    escape(out, smp_buf_text(&clean));
    smp_buf_release(&clean);
}

void
smp_html_day(struct smp_buf *out, const struct smp_protocol *protocol,
             const char *key, int32_t day)
{
    struct smp_buf words = {0};

    smp_words_date(&words, protocol, key, day);
    smp_buf_puts(out, "<time datetime=\"");
    smp_when_print(out, smp_when_day(day));
    smp_buf_puts(out, "\">");
    smp_html_escape(out, smp_buf_text(&words));
    smp_buf_puts(out, "</time>");
    smp_buf_release(&words);
}
