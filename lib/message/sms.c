#include <string.h>

#include "base/base.h"
#include "base/fill.h"
#include "plan/plan.h"
#include "protocol/protocol.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "base/utf8.h"
#include "message/message.h"
#include "protocol/words.h"

enum {
    SEPTETS = 160,
    SEPTETS_OF_PART = 153,
    UNITS = 70,
    UNITS_OF_PART = 67,
    PARTS_MAX = 2,
    GIVEN_UP_MAX = 2 /* sentences, for an address */
};

/* The default alphabet but for ASCII, and what costs two septets. */
static const char alphabet[] = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
static const char not_ascii[] = "`\t";
static const char extended[] = "^{}[~]|\\€\f";

static bool
has(const char *set, const char *letter, size_t n)
{
    const char *at = set;

    while ((at = strchr(at, *letter)) && strncmp(at, letter, n) != 0)
        at++;
    return at != NULL;
}

/* Septets of a character, 0 if GSM-7 has none. */
static size_t
septets(const char *at, size_t n, int32_t c)
{
    if (has(extended, at, n))
        return 2;
    if (c < 0x80)
        return (c >= ' ' || c == '\n' || c == '\r') && c != 0x7f &&
               !has(not_ascii, at, n);
    return has(alphabet, at, n);
}

static bool
is_gsm(const char *text, size_t n)
{
    size_t i, size;
    int32_t c;

    for (i = 0; i < n; i += size) {
        size = smp_utf8_next(text + i, n - i, &c);
        if (!size || !septets(text + i, size, c))
            return false;
    }
    return true;
}

/* No character is cut by the end of a part. */
size_t
smp_sms_parts(const char *text, size_t n)
{
    bool gsm = is_gsm(text, n);
    size_t limit = gsm ? SEPTETS_OF_PART : UNITS_OF_PART;
    size_t total = 0, parts = 1, in_part = 0, i, size;
    int32_t c;

    for (i = 0; i < n; i += size) {
        size_t cost;

        size = smp_utf8_next(text + i, n - i, &c);
        if (!size)
            size = 1;
        cost = gsm ? septets(text + i, size, c) : 1 + (c > 0xffff);
        total += cost;
        if (in_part + cost > limit) {
            parts++;
            in_part = 0;
        }
        in_part += cost;
    }
    if (total <= (gsm ? (size_t)SEPTETS : (size_t)UNITS))
        parts = 1;
    return n ? parts : 0;
}

/* What stands for a character in a table such as "ê=e œ=oe  ="; or NULL. */
static const char *
folded(const char *table, const char *at, size_t size, size_t *n)
{
    const char *row = table;

    while (*row) {
        size_t length = strcspn(row, " ");

        if (length > size && memcmp(row, at, size) == 0 && row[size] == '=') {
            *n = length - size - 1;
            return row + size + 1;
        }
        row += length + (row[length] == ' ');
    }
    return NULL;
}

/* A character with nothing behind its "=" becomes a blank. */
static void
fold(struct smp_buf *out, const struct smp_protocol *protocol, const char *text)
{
    const char *table = smp_label(protocol, "short.fold");
    size_t n = strlen(text), i, size, length;
    int32_t c;

    for (i = 0; i < n; i += size) {
        const char *other;

        size = smp_utf8_next(text + i, n - i, &c);
        if (!size)
            size = 1;
        other = size > 1 ? folded(table, text + i, size, &length) : NULL;
        if (!other)
            smp_buf_add(out, text + i, size);
        else if (length)
            smp_buf_add(out, other, length);
        else
            smp_buf_putc(out, ' ');
    }
}

static void
add_sentence(struct smp_buf *out, const struct smp_protocol *protocol,
             const char *text)
{
    if (out->len && out->data[out->len - 1] != '\n')
        smp_buf_putc(out, ' ');
    fold(out, protocol, text);
    if (out->len && !strchr(".!?:\n", out->data[out->len - 1]))
        smp_buf_putc(out, '.');
}

/* "+3 more: ADDRESS" */
static void
add_rest(struct smp_buf *out, const struct smp_protocol *protocol, size_t count,
         const char *where)
{
    struct smp_buf form = {0}, text = {0}, number = {0};

    smp_buf_printf(&number, "%zu", count);
    smp_words_number(&form, protocol, "short.more", (int64_t)1000 * (int)count,
                     number.data);
    smp_fill(&text, smp_buf_text(&form), SMP_VALUES({"address", where}));
    if (out->len && out->data[out->len - 1] != '\n')
        smp_buf_putc(out, ' ');
    fold(out, protocol, smp_buf_text(&text));
    smp_buf_release(&form);
    smp_buf_release(&text);
    smp_buf_release(&number);
}

struct composition {
    const struct smp_protocol *protocol;
    const char *lead, *stop, *address;
    const struct smp_sms_sentence *sentences;
    size_t count;
};

/* The message with the first `said` sentences; returns its parts. */
static size_t
put(struct smp_buf *out, const struct composition *c, size_t said,
    const char *where)
{
    size_t i, rest = 0;

    smp_buf_cut(out, 0);
    if (c->lead)
        add_sentence(out, c->protocol, c->lead);
    for (i = 0; i < said; i++)
        add_sentence(out, c->protocol, c->sentences[i].text);
    for (; i < c->count; i++)
        rest += c->sentences[i].counted;
    if (rest)
        add_rest(out, c->protocol, rest, where);
    if (c->stop)
        add_sentence(out, c->protocol, c->stop);
    return smp_sms_parts(smp_buf_text(out), out->len);
}

/*
 * As many sentences as fit. The address is long, so one that does not fit gives
 * way to "ask us", and so does one in a message of one part.
 */
void
smp_sms_compose(struct smp_buf *out, const struct smp_protocol *protocol,
                const char *lead, const struct smp_sms_sentence *sentences,
                size_t count, const char *stop, const char *address)
{
    struct composition c = {protocol, lead, stop, address, sentences, count};
    const char *ask = smp_label(protocol, "short.ask");
    size_t said = count, given_up;

    while (said && put(out, &c, said, ask) > PARTS_MAX)
        said--;
    if (put(out, &c, said, ask) > PARTS_MAX) {
        c.lead = NULL;
        if (put(out, &c, said, ask) > PARTS_MAX)
            smp_buf_cut(out, 0);
        return;
    }
    for (given_up = 0; address && said < count && given_up <= GIVEN_UP_MAX &&
                       given_up <= said;
         given_up++)
        if (put(out, &c, said - given_up, address) == PARTS_MAX)
            return;
    put(out, &c, said, ask);
}
