#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/utf8.h"
#include "time/civil.h"
#include "message/internal.h"

/* Every part is base64, in lines of 76 characters (RFC 2045). */
static void
put_base64(struct smp_buf *out, const char *bytes, size_t n)
{
    enum { OCTETS_OF_LINE = 57, CHARACTERS = 76 };
    char line[CHARACTERS + 1];
    size_t i;

    for (i = 0; i < n; i += OCTETS_OF_LINE) {
        size_t m = n - i < OCTETS_OF_LINE ? n - i : OCTETS_OF_LINE;

        sodium_bin2base64(line, sizeof line, (const unsigned char *)bytes + i,
                          m, sodium_base64_VARIANT_ORIGINAL);
        smp_buf_printf(out, "%s\n", line);
    }
}

/*
 * A text as encoded words (RFC 2047), whatever is in it: no line end or
 * address of a text becomes one of the header.
 */
static void
put_words(struct smp_buf *out, const char *text)
{
    enum { OCTETS_MAX = 42, CHARACTERS = 57 };
    char word[CHARACTERS];
    size_t n = strlen(text), i = 0;

    while (i < n) {
        size_t m = 0, size;
        int32_t c;

        while (i + m < n) {
            size = smp_utf8_next(text + i + m, n - i - m, &c);
            if (!size)
                size = 1;
            if (m + size > OCTETS_MAX)
                break;
            m += size;
        }
        sodium_bin2base64(word, sizeof word, (const unsigned char *)text + i, m,
                          sodium_base64_VARIANT_ORIGINAL);
        smp_buf_printf(out, "%s=?utf-8?b?%s?=", i ? "\n " : "", word);
        i += m;
    }
}

static void
put_date(struct smp_buf *out, int64_t instant)
{
    static const char names[] = "SunMonTueWedThuFriSat"
                                "JanFebMarAprMayJunJulAugSepOctNovDec";
    int32_t day = smp_day_at(instant);
    struct smp_civil date = smp_civil_of(day);
    int time = (int)(instant - (int64_t)day * SMP_DAY_SECONDS);

    smp_buf_printf(out, "%.3s, %d %.3s %04d %02d:%02d:%02d +0000",
                   names + (size_t)3 * (size_t)smp_weekday_of(day), date.day,
                   names + 21 + (size_t)3 * (size_t)(date.month - 1), date.year,
                   time / 3600, time / 60 % 60, time % 60);
}

static void
put_escaped(struct smp_buf *out, const char *text, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        switch (text[i]) {
        case '&':
            smp_buf_puts(out, "&amp;");
            break;
        case '<':
            smp_buf_puts(out, "&lt;");
            break;
        case '>':
            smp_buf_puts(out, "&gt;");
            break;
        case '"':
            smp_buf_puts(out, "&quot;");
            break;
        default:
            smp_buf_putc(out, text[i]);
        }
}

/* The same lines, and nothing that a reader would fetch. */
static void
put_html(struct smp_buf *out, const struct smp_mail *mail)
{
    const char *at = mail->text;
    bool listed = false;

    smp_buf_puts(out, "<!DOCTYPE html>\n<html lang=\"");
    put_escaped(out, mail->lang, strlen(mail->lang));
    smp_buf_puts(out, "\"><meta charset=\"utf-8\"><title>");
    put_escaped(out, mail->subject, strlen(mail->subject));
    smp_buf_puts(out, "</title>\n<body>\n");
    while (*at) {
        size_t n = strcspn(at, "\n");
        bool item = strncmp(at, "- ", 2) == 0;

        if (item != listed)
            smp_buf_puts(out, item ? "<ul>\n" : "</ul>\n");
        listed = item;
        smp_buf_puts(out, item ? "<li>" : "<p>");
        put_escaped(out, at + 2 * item, n - 2 * (size_t)item);
        smp_buf_puts(out, item ? "</li>\n" : "</p>\n");
        at += n + (at[n] == '\n');
    }
    smp_buf_puts(out,
                 listed ? "</ul>\n</body>\n</html>\n" : "</body>\n</html>\n");
}

static void
put_part(struct smp_buf *out, const char *boundary, const char *type,
         const char *text, size_t n)
{
    smp_buf_printf(out,
                   "--%s\nContent-Type: %s; charset=utf-8\n"
                   "Content-Transfer-Encoding: base64\n\n",
                   boundary, type);
    put_base64(out, text, n);
}

static void
put_headers(struct smp_buf *out, const struct smp_mail *mail,
            const char *boundary)
{
    smp_buf_puts(out, "Date: ");
    put_date(out, mail->date);
    smp_buf_puts(out, "\nFrom: ");
    if (mail->studio) {
        put_words(out, mail->studio);
        smp_buf_puts(out, "\n ");
    }
    smp_buf_printf(out, "<%s>\nTo: <%s>\nSubject: ", mail->from, mail->to);
    put_words(out, mail->subject);
    smp_buf_printf(out,
                   "\nMessage-ID: <%s@%s>\nAuto-Submitted: auto-generated\n"
                   "MIME-Version: 1.0\nContent-Type: multipart/alternative;\n"
                   " boundary=\"%s\"\n\n",
                   mail->name, strchr(mail->from, '@') + 1, boundary);
}

void
smp_mail_format(struct smp_buf *out, const struct smp_mail *mail)
{
    static const char boundary[] = "=_smp-message"; /* in no base64 */
    struct smp_buf other = {0}, type = {0};

    put_headers(out, mail, boundary);
    put_part(out, boundary, "text/plain", mail->text, strlen(mail->text));
    if (mail->calendar) {
        smp_buf_printf(&type, "text/calendar; method=%s; component=VEVENT",
                       mail->method);
        put_part(out, boundary, type.data, mail->calendar,
                 strlen(mail->calendar));
    } else {
        put_html(&other, mail);
        put_part(out, boundary, "text/html", other.data, other.len);
    }
    smp_buf_printf(out, "--%s--\n", boundary);
    smp_buf_release(&other);
    smp_buf_release(&type);
}
