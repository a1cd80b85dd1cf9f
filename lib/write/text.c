#include "write/text.h"

#include <string.h>

#include <utf8proc.h>

#include "base/utf8.h"
#include "base/wrap.h"
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

void
smp_text_when(struct smp_buf *out, const struct smp_protocol *protocol,
              struct smp_when when, int32_t around)
{
    int32_t day = smp_day_at(when.seconds);
    bool same_year = smp_civil_of(day).year == smp_civil_of(around).year;
    struct smp_buf date = {0}, time = {0};

    smp_words_date(&date, protocol, same_year ? "date.day" : "date.year", day);
    if (when.kind == SMP_LOCAL) {
        smp_words_time(&time, when.seconds);
        smp_words(out, protocol, "when.time",
                  SMP_VALUES({"date", smp_buf_text(&date)},
                             {"time", smp_buf_text(&time)}));
    } else {
        smp_buf_puts(out, smp_buf_text(&date));
    }
    smp_buf_release(&date);
    smp_buf_release(&time);
}

void
smp_text_capital(struct smp_buf *out, size_t from)
{
    utf8proc_uint8_t capital[4];
    struct smp_buf rest = {0};
    int32_t c;
    size_t size = smp_utf8_next(out->data + from, out->len - from, &c);

    if (!size)
        return;
    smp_buf_add(&rest, out->data + from + size, out->len - from - size);
    smp_buf_cut(out, from);
    smp_buf_add(out, capital,
                (size_t)utf8proc_encode_char(utf8proc_toupper(c), capital));
    smp_buf_puts(out, smp_buf_text(&rest));
    smp_buf_release(&rest);
}
