#include "protocol/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
compare_key(const void *key, const void *label)
{
    return strcmp(key, ((const struct smp_label *)label)->key);
}

static const struct smp_label *
find_label(const struct smp_protocol *protocol, const char *key)
{
    return bsearch(key, protocol->labels, protocol->label_count,
                   sizeof *protocol->labels, compare_key);
}

const char *
smp_label(const struct smp_protocol *protocol, const char *key)
{
    const struct smp_label *label = find_label(protocol, key);

    return label && label->text ? label->text : "";
}

const char *
smp_label_of(const struct smp_protocol *protocol, const char *group,
             const char *name)
{
    struct smp_buf key = {0};
    const struct smp_label *label;

    smp_buf_puts(&key, group);
    smp_buf_puts(&key, name);
    label = find_label(protocol, smp_buf_text(&key));
    smp_buf_release(&key);
    return label ? label->text : NULL;
}

void
smp_words(struct smp_buf *out, const struct smp_protocol *protocol,
          const char *key, const struct smp_value *values, size_t count)
{
    smp_fill(out, smp_label(protocol, key), values, count);
}

/* Whether a list of words has the word. */
static bool
has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    const char *at;

    for (at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    return false;
}

static const char *
form_for(const struct smp_label *label, const char *when)
{
    size_t i;

    for (i = 0; i < label->form_count; i++)
        if (strcmp(label->forms[i].when, when) == 0)
            return label->forms[i].text;
    return NULL;
}

/* A number of thousandths without trailing zeros: "1.5", "24". */
static void
print_number(char *out, size_t size, int64_t thousandths)
{
    long long n = thousandths < 0 ? -thousandths : thousandths;
    char *end;

    snprintf(out, size, "%lld.%03lld", n / 1000, n % 1000);
    end = out + strlen(out) - 1;
    while (*end == '0')
        *end-- = '\0';
    if (*end == '.')
        *end = '\0';
}

void
smp_words_number(struct smp_buf *out, const struct smp_protocol *protocol,
                 const char *key, int64_t thousandths, const char *n)
{
    const struct smp_label *label = find_label(protocol, key);
    char exact[32];
    const char *form;

    if (!label)
        return;
    print_number(exact, sizeof exact, thousandths);
    form = label->text;
    if (!form && strcmp(n, exact) == 0)
        form = form_for(label, exact);
    if (!form && has_word(smp_label(protocol, "plural.one"), exact))
        form = form_for(label, "one");
    if (!form)
        form = form_for(label, "other");
    smp_fill(out, form ? form : "{n}", SMP_VALUES({"n", n}));
}

static void
unit_words(struct smp_buf *out, const struct smp_protocol *protocol,
           enum smp_unit unit, int64_t thousandths, const char *n)
{
    char key[16];

    snprintf(key, sizeof key, "unit.%s", smp_unit_name(unit));
    smp_words_number(out, protocol, key, thousandths, n);
}

void
smp_words_span(struct smp_buf *out, const struct smp_protocol *protocol,
               struct smp_span span)
{
    char n[32];

    print_number(n, sizeof n, span.thousandths);
    unit_words(out, protocol, span.unit, span.thousandths, n);
}

/* "3 to 5" of two numbers, "3" where they are equal. */
static void
range_of_numbers(struct smp_buf *out, const struct smp_protocol *protocol,
                 int64_t a, int64_t b)
{
    char low[32], high[32];

    print_number(low, sizeof low, a);
    print_number(high, sizeof high, b);
    if (a == b)
        smp_buf_puts(out, low);
    else
        smp_words(out, protocol, "range", SMP_VALUES({"a", low}, {"b", high}));
}

static int64_t
magnitude(int64_t n)
{
    return n < 0 ? -n : n;
}

void
smp_words_range(struct smp_buf *out, const struct smp_protocol *protocol,
                struct smp_span from, struct smp_span to)
{
    struct smp_span low = from, high = to;
    struct smp_buf a = {0}, b = {0};

    if (magnitude(smp_span_seconds(from)) > magnitude(smp_span_seconds(to))) {
        low = to;
        high = from;
    }
    if (low.unit == high.unit) {
        range_of_numbers(&a, protocol, magnitude(low.thousandths),
                         magnitude(high.thousandths));
        unit_words(out, protocol, high.unit, high.thousandths,
                   smp_buf_text(&a));
    } else {
        smp_words_span(&a, protocol, low);
        smp_words_span(&b, protocol, high);
        smp_words(out, protocol, "range",
                  SMP_VALUES({"a", smp_buf_text(&a)}, {"b", smp_buf_text(&b)}));
    }
    smp_buf_release(&a);
    smp_buf_release(&b);
}

void
smp_words_time(struct smp_buf *out, int64_t local)
{
    int64_t time = local - (int64_t)smp_day_at(local) * SMP_DAY_SECONDS;

    smp_buf_printf(out, "%02d:%02d", (int)(time / 3600), (int)(time / 60 % 60));
}

static void
clock_words(struct smp_buf *out, const struct smp_protocol *protocol,
            enum smp_clock clock, int minutes)
{
    const char *name = NULL;

    if (clock != SMP_CLOCK_EXACT)
        name = smp_label_of(protocol, "clock.", smp_clock_names[clock]);
    if (name)
        smp_buf_puts(out, name);
    else
        smp_words_time(out, (int64_t)60 * minutes);
}

/* A list of any number of texts given one after the other. */
static void
list_add(struct smp_buf *out, const struct smp_protocol *protocol, size_t i,
         size_t count, const char *last, const char *text)
{
    if (i)
        smp_buf_puts(
            out, smp_label(protocol, i + 1 == count ? last : "list.between"));
    smp_buf_puts(out, text);
}

void
smp_words_tags(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_strings *tags)
{
    size_t i;

    for (i = 0; i < tags->count; i++) {
        const char *label = smp_label_of(protocol, "tag.", tags->at[i]);

        list_add(out, protocol, i, tags->count, "list.last",
                 label ? label : tags->at[i]);
    }
}

void
smp_words_what(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_strings *ids, bool any)
{
    size_t i;

    for (i = 0; i < ids->count; i++) {
        const struct smp_activity *activity =
            smp_protocol_activity(protocol, ids->at[i]);

        list_add(out, protocol, i, ids->count, any ? "list.or" : "list.last",
                 activity ? activity->title : ids->at[i]);
    }
}

static void
occasion_words(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *name)
{
    const char *label = smp_label_of(protocol, "on.", name);

    for (; !label && *name; name++)
        smp_buf_putc(out, *name == '-' ? ' ' : *name);
    if (label)
        smp_buf_puts(out, label);
}

static void
clocks_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_every *every)
{
    struct smp_buf clocks = {0}, one = {0};
    size_t i;

    for (i = 0; i < every->count; i++) {
        smp_buf_cut(&one, 0);
        clock_words(&one, protocol, every->at[i].clock, every->at[i].minutes);
        list_add(&clocks, protocol, i, every->count, "list.last",
                 smp_buf_text(&one));
    }
    smp_words(out, protocol, "every.clocks",
              SMP_VALUES({"clocks", smp_buf_text(&clocks)}));
    smp_buf_release(&clocks);
    smp_buf_release(&one);
}

void
smp_words_every(struct smp_buf *out, const struct smp_protocol *protocol,
                const struct smp_every *every)
{
    struct smp_buf range = {0};

    switch (every->kind) {
    case SMP_EVERY_PER_DAY:
    case SMP_EVERY_PER_WEEK:
        range_of_numbers(&range, protocol, every->min, every->max);
        smp_words_number(out, protocol,
                         every->kind == SMP_EVERY_PER_DAY ? "every.day"
                                                          : "every.week",
                         every->max, smp_buf_text(&range));
        break;
    case SMP_EVERY_INTERVAL:
        smp_words_range(&range, protocol,
                        (struct smp_span){every->min, every->unit},
                        (struct smp_span){every->max, every->unit});
        smp_words(out, protocol, "every.interval",
                  SMP_VALUES({"span", smp_buf_text(&range)}));
        break;
    case SMP_EVERY_CLOCKS:
        clocks_words(out, protocol, every);
        break;
    case SMP_EVERY_ON:
        occasion_words(out, protocol, every->text);
        break;
    case SMP_EVERY_AS_NEEDED:
        smp_buf_puts(out, smp_label(protocol, "every.as-needed"));
        break;
    case SMP_EVERY_WORDS:
        smp_buf_puts(out, every->text);
        break;
    case SMP_EVERY_NONE:
        break;
    }
    smp_buf_release(&range);
}

/* The nth word of a label that is a list of words, as a value to fill in. */
static struct smp_value
nth_word(const struct smp_protocol *protocol, const char *name, const char *key,
         int n)
{
    const char *list = smp_label(protocol, key);

    while (n-- && *list) {
        list += strcspn(list, " ");
        list += strspn(list, " ");
    }
    return (struct smp_value){name, list, strcspn(list, " ")};
}

void
smp_words_date(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *key, int32_t day)
{
    struct smp_civil date = smp_civil_of(day);
    int weekday = smp_weekday_of(day);
    char d[16], dd[16], y[16];

    snprintf(d, sizeof d, "%d", date.day);
    snprintf(dd, sizeof dd, "%2d", date.day);
    snprintf(y, sizeof y, "%d", date.year);
    smp_words(
        out, protocol, key,
        SMP_VALUES(
            {"d", d}, {"dd", dd}, {"y", y},
            nth_word(protocol, "weekday", "weekdays", weekday),
            nth_word(protocol, "weekday.short", "weekdays.short", weekday),
            nth_word(protocol, "month", "months", date.month - 1),
            nth_word(protocol, "month.short", "months.short", date.month - 1)));
}

/* Two days of one month: "8 to 11 December". */
static void
days_of_month(struct smp_buf *out, const struct smp_protocol *protocol,
              struct smp_civil first, struct smp_civil last)
{
    char d[16], d2[16];

    snprintf(d, sizeof d, "%d", first.day);
    snprintf(d2, sizeof d2, "%d", last.day);
    smp_words(
        out, protocol, "date.range",
        SMP_VALUES({"d", d}, {"d2", d2},
                   nth_word(protocol, "month", "months", first.month - 1)));
}

void
smp_words_dates(struct smp_buf *out, const struct smp_protocol *protocol,
                int32_t first, int32_t last)
{
    struct smp_civil from = smp_civil_of(first), to = smp_civil_of(last);
    const char *key = from.year == to.year ? "date.day" : "date.year";
    struct smp_buf a = {0}, b = {0};

    if (first == last) {
        smp_words_date(out, protocol, "date.day", first);
        return;
    }
    if (from.year == to.year && from.month == to.month) {
        days_of_month(out, protocol, from, to);
        return;
    }
    smp_words_date(&a, protocol, key, first);
    smp_words_date(&b, protocol, key, last);
    smp_words(out, protocol, "date.range.long",
              SMP_VALUES({"a", smp_buf_text(&a)}, {"b", smp_buf_text(&b)}));
    smp_buf_release(&a);
    smp_buf_release(&b);
}

void
smp_words_caution(struct smp_buf *out, const struct smp_protocol *protocol)
{
    struct smp_buf contact = {0};

    if (protocol->studio.contact)
        smp_words(&contact, protocol, "caution.contact",
                  SMP_VALUES({"contact", protocol->studio.contact}));
    smp_words(out, protocol, "caution",
              SMP_VALUES({"contact", smp_buf_text(&contact)}));
    smp_buf_release(&contact);
}
