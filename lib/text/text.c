#include "text/text.h"

#include <string.h>

#include <utf8proc.h>

#include "base/utf8.h"
#include "protocol/words.h"

enum { VERB_COLUMNS = 5, INDENT = 4 };

/*
 * The text without what its verb's word says already: "no" before "No
 * swimming" leaves "Swimming".
 */
static const char *
without_lead(struct smp_buf *out, const struct smp_protocol *protocol,
             const char *verb, const char *text)
{
    const char *lead = smp_label_of(protocol, "lead.", verb);
    size_t n = lead ? strlen(lead) : 0;

    const char *word = smp_label_of(protocol, "verb.", verb);

    if (!n || !word || !*word || strncmp(text, lead, n) != 0 || !text[n])
        return text;
    smp_buf_puts(out, text + n);
    smp_text_capital(out, 0);
    return smp_buf_text(out);
}

void
smp_text_line(struct smp_buf *out, const struct smp_protocol *protocol,
              const char *verb, const char *text)
{
    const char *label = smp_label_of(protocol, "verb.", verb);
    const char *word = label ? label : verb;
    size_t columns = smp_utf8_columns(word, strlen(word));
    struct smp_buf first = {0}, rest = {0};

    smp_buf_spaces(&first, INDENT);
    smp_buf_puts(&first, word);
    smp_buf_spaces(&first, columns < VERB_COLUMNS ? VERB_COLUMNS - columns : 1);
    smp_wrap(out, smp_buf_text(&first), INDENT + VERB_COLUMNS, SMP_TEXT_WIDTH,
             without_lead(&rest, protocol, verb, text));
    smp_buf_release(&first);
    smp_buf_release(&rest);
}

void
smp_text_client(struct smp_buf *out, const struct smp_plan *plan)
{
    if (plan->name && *plan->name)
        smp_wrap(out, "", 0, SMP_TEXT_WIDTH, plan->name);
    else if (plan->record)
        smp_wrap(out, "", 0, SMP_TEXT_WIDTH, plan->id);
}

void
smp_text_caution(struct smp_buf *out, const struct smp_protocol *protocol)
{
    struct smp_buf text = {0};

    smp_words_caution(&text, protocol);
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_release(&text);
}

struct at {
    const struct smp_protocol *protocol;
    struct smp_when when;
    const char *date; /* the label of its date */
};

static void
put_date(struct smp_buf *out, const void *context)
{
    const struct at *at = context;

    smp_words_date(out, at->protocol, at->date, smp_day_at(at->when.seconds));
}

static void
put_time(struct smp_buf *out, const void *context)
{
    const struct at *at = context;

    smp_words_time(out, at->when.seconds);
}

void
smp_text_when(struct smp_buf *out, const struct smp_protocol *protocol,
              struct smp_when when, int32_t around)
{
    static const struct smp_made values[] = {
        {"date", put_date}, {"time", put_time}, {NULL, NULL}};
    int32_t day = smp_day_at(when.seconds);
    bool same_year = smp_civil_of(day).year == smp_civil_of(around).year;
    struct at at = {protocol, when, same_year ? "date.day" : "date.year"};

    if (when.kind == SMP_LOCAL)
        smp_words_made(out, protocol, "when.time", values, &at);
    else
        put_date(out, &at);
}

struct smp_buf *
smp_text_remembered(struct smp_memo *memo, const struct smp_protocol *protocol,
                    const char *use, const char *text)
{
    struct smp_buf *key = &memo->key;

    smp_buf_cut(key, 0);
    smp_buf_puts(key, protocol->hash);
    smp_buf_puts(key, use);
    smp_buf_putc(key, '\0');
    smp_buf_puts(key, text);
    return smp_memo_text(memo);
}

int32_t
smp_text_last_day(struct smp_when end)
{
    return smp_day_at(end.seconds - 1);
}

void
smp_text_capital(struct smp_buf *out, size_t from)
{
    utf8proc_uint8_t capital[4];
    struct smp_buf rest = {0};
    int32_t c;
    size_t size = smp_utf8_next(out->data + from, out->len - from, &c), n;

    if (!size)
        return;
    n = (size_t)utf8proc_encode_char(utf8proc_toupper(c), capital);
    if (n == size) {
        memcpy(out->data + from, capital, n);
        return;
    }
    smp_buf_add(&rest, out->data + from + size, out->len - from - size);
    smp_buf_cut(out, from);
    smp_buf_add(out, capital, n);
    smp_buf_puts(out, smp_buf_text(&rest));
    smp_buf_release(&rest);
}
