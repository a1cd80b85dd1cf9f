#include "protocol/words.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/fill.h"
#include "base/base.h"
#include "time/civil.h"
#include "protocol/internal.h"

_Static_assert(SMP_LOADER_LABELS < UINT16_MAX,
               "labels have numbers of 16 bits");

/*
 * Labels are found by a hash of their keys, which says where among the slots to
 * begin to look. A slot holds the number of a label, counted from 1, or 0; less
 * than half are taken. The slots are a part of the protocol, so that those of a
 * built-in one are in its table.
 */
void
smp_labels_index(struct smp_protocol *p)
{
    size_t i, count = 2;
    uint16_t *slots;

    while (count <= 2 * p->label_count)
        count *= 2;
    slots = smp_arena_alloc(&p->arena, count * sizeof *slots);
    p->label_slots = slots;
    p->label_slot_count = count;
    for (i = 0; i < p->label_count; i++) {
        const char *key = p->labels[i].key;
        size_t slot = smp_hash(key, strlen(key), 0) & (count - 1);

        while (slots[slot])
            slot = (slot + 1) & (count - 1);
        slots[slot] = (uint16_t)(i + 1);
    }
}

/* The label whose key is made of two parts, the first perhaps ""; or NULL. */
static const struct smp_label *
find_label(const struct smp_protocol *protocol, const char *group,
           const char *name)
{
    size_t n = strlen(group), last = protocol->label_slot_count - 1, slot;

    if (!protocol->label_slot_count)
        return NULL;
    for (slot = smp_hash_joined(group, n, name, strlen(name)) & last;
         protocol->label_slots[slot]; slot = (slot + 1) & last) {
        const struct smp_label *label =
            &protocol->labels[protocol->label_slots[slot] - 1];

        if (strncmp(label->key, group, n) == 0 &&
            strcmp(label->key + n, name) == 0)
            return label;
    }
    return NULL;
}

bool
smp_label_has_number(const char *key)
{
    static const char *const numbered[] = {
        "unit.",     "every.day",  "every.week", "day.before",
        "day.after", "short.more", NULL};
    size_t i;

    for (i = 0; numbered[i]; i++) {
        size_t n = strlen(numbered[i]);

        if (strncmp(key, numbered[i], n) == 0 &&
            (!key[n] || numbered[i][n - 1] == '.'))
            return true;
    }
    return false;
}

const char *
smp_label(const struct smp_protocol *protocol, const char *key)
{
    const struct smp_label *label = find_label(protocol, "", key);

    return label && label->text ? label->text : "";
}

const char *
smp_label_of(const struct smp_protocol *protocol, const char *group,
             const char *name)
{
    const struct smp_label *label = find_label(protocol, group, name);

    return label ? label->text : NULL;
}

void
smp_words(struct smp_buf *out, const struct smp_protocol *protocol,
          const char *key, const struct smp_value *values, size_t count)
{
    smp_fill(out, smp_label(protocol, key), values, count);
}

void
smp_words_made(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *key, const struct smp_lazy_value *values,
               const void *context)
{
    smp_fill_lazy(out, smp_label(protocol, key), values, context);
}

/* What the words of a date, or of two, are made of. */
struct date {
    const struct smp_protocol *protocol;
    int32_t day;
    struct smp_civil first, last;
};

/* The nth word of a label that is a list of words. */
static void
put_nth_word(struct smp_buf *out, const struct date *date, const char *key,
             int n)
{
    const char *word = smp_label(date->protocol, key), *end;

    while (*word == ' ')
        word++;
    while (n && *word)
        if (*word++ == ' ' && *word != ' ')
            n--;
    for (end = word; *end && *end != ' '; end++)
        continue;
    smp_buf_add(out, word, (size_t)(end - word));
}

static void
put_weekday(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "weekdays", smp_weekday_of(date->day));
}

static void
put_short_weekday(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "weekdays.short", smp_weekday_of(date->day));
}

static void
put_weekday_letter(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "weekdays.letter", smp_weekday_of(date->day));
}

static void
put_month(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "months", date->first.month - 1);
}

static void
put_short_month(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_nth_word(out, date, "months.short", date->first.month - 1);
}

static void
put_year(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    smp_buf_digits(out, date->first.year);
}

/* "1er" where a language says it so. */
static void
put_day_number(struct smp_buf *out, const struct date *date, int day)
{
    const char *first = day == 1 ? smp_label(date->protocol, "date.first") : "";

    if (*first)
        smp_buf_puts(out, first);
    else
        smp_buf_digits(out, day);
}

static void
put_day(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    put_day_number(out, date, date->first.day);
}

static void
put_padded_day(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    if (date->first.day < 10)
        smp_buf_putc(out, ' ');
    smp_buf_digits(out, date->first.day);
}

static void
put_last_day(struct smp_buf *out, const void *context)
{
    const struct date *date = context;

    smp_buf_digits(out, date->last.day);
}

void
smp_words_date(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *key, int32_t day)
{
    static const struct smp_lazy_value values[] = {
        {"d", put_day},
        {"month", put_month},
        {"y", put_year},
        {"dd", put_padded_day},
        {"month.short", put_short_month},
        {"weekday", put_weekday},
        {"weekday.short", put_short_weekday},
        {"weekday.letter", put_weekday_letter},
        {NULL, NULL}};
    struct date date = {protocol, day, smp_civil_of(day), {0}};

    smp_words_made(out, protocol, key, values, &date);
}

/* Two days, each with its month. */
struct days {
    const struct smp_protocol *protocol;
    const char *key;
    int32_t first, last;
};

static void
put_first(struct smp_buf *out, const void *context)
{
    const struct days *days = context;

    smp_words_date(out, days->protocol, days->key, days->first);
}

static void
put_last(struct smp_buf *out, const void *context)
{
    const struct days *days = context;

    smp_words_date(out, days->protocol, days->key, days->last);
}

void
smp_words_dates(struct smp_buf *out, const struct smp_protocol *protocol,
                int32_t first, int32_t last)
{
    static const struct smp_lazy_value of_month[] = {{"d", put_day},
                                                     {"d2", put_last_day},
                                                     {"month", put_month},
                                                     {NULL, NULL}};
    static const struct smp_lazy_value of_days[] = {
        {"a", put_first}, {"b", put_last}, {NULL, NULL}};
    struct date range = {protocol, first, smp_civil_of(first),
                         smp_civil_of(last)};
    bool one_year = range.first.year == range.last.year;
    struct days days = {protocol, one_year ? "date.day" : "date.year", first,
                        last};

    if (first == last)
        smp_words_date(out, protocol, "date.day", first);
    else if (one_year && range.first.month == range.last.month)
        smp_words_made(out, protocol, "date.range", of_month, &range);
    else
        smp_words_made(out, protocol, "date.range.long", of_days, &days);
}

void
smp_words_time(struct smp_buf *out, int64_t local)
{
    int64_t midnight = (int64_t)smp_day_at(local) * SMP_DAY_SECONDS;
    unsigned minutes = (unsigned)(local - midnight) / 60;
    char *at = smp_buf_room(out, sizeof "10:00" - 1);

    at = smp_two_digits(at, minutes / 60);
    *at++ = ':';
    smp_buf_end(out, smp_two_digits(at, minutes % 60));
}

struct moment {
    const struct smp_protocol *protocol;
    struct smp_when when;
    const char *date; /* the label of its date */
};

static void
put_when_date(struct smp_buf *out, const void *context)
{
    const struct moment *moment = context;

    smp_words_date(out, moment->protocol, moment->date,
                   smp_day_at(moment->when.seconds));
}

static void
put_when_time(struct smp_buf *out, const void *context)
{
    const struct moment *moment = context;

    smp_words_time(out, moment->when.seconds);
}

void
smp_words_when(struct smp_buf *out, const struct smp_protocol *protocol,
               struct smp_when when, int32_t around)
{
    static const struct smp_lazy_value values[] = {
        {"date", put_when_date}, {"time", put_when_time}, {NULL, NULL}};
    int32_t day = smp_day_at(when.seconds);
    bool same_year = smp_civil_of(day).year == smp_civil_of(around).year;
    struct moment moment = {protocol, when,
                            same_year ? "date.day" : "date.year"};

    if (when.kind == SMP_LOCAL)
        smp_words_made(out, protocol, "when.time", values, &moment);
    else
        put_when_date(out, &moment);
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

    if (n % 1000 == 0 && n / 1000 <= INT_MAX) {
        *smp_digits(out, (int)(n / 1000)) = '\0';
        return;
    }
    snprintf(out, size, "%lld.%03lld", n / 1000, n % 1000);
    end = out + strlen(out) - 1;
    while (*end == '0')
        *end-- = '\0';
    if (*end == '.')
        *end = '\0';
}

static void
number_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_label *label, int64_t thousandths, const char *n)
{
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

void
smp_words_number(struct smp_buf *out, const struct smp_protocol *protocol,
                 const char *key, int64_t thousandths, const char *n)
{
    number_words(out, protocol, find_label(protocol, "", key), thousandths, n);
}

static void
unit_words(struct smp_buf *out, const struct smp_protocol *protocol,
           enum smp_unit unit, int64_t thousandths, const char *n)
{
    number_words(out, protocol,
                 find_label(protocol, "unit.", smp_unit_name(unit)),
                 thousandths, n);
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

static void
clock_words(struct smp_buf *out, const struct smp_protocol *protocol,
            enum smp_clock clock, int minutes)
{
    bool exact = clock == SMP_CLOCK_EXACT;
    const char *words = smp_label_of(protocol, "clock.",
                                     exact ? "exact" : smp_clock_names[clock]);
    struct smp_buf time = {0};

    smp_words_time(&time, (int64_t)60 * minutes);
    smp_fill(out, words ? words : "{time}",
             SMP_VALUES({"time", smp_buf_text(&time)}));
    smp_buf_release(&time);
}

/* A list of texts given one after the other. */
struct list {
    struct smp_buf *out;
    const struct smp_protocol *protocol;
    size_t count, given;
    const char *last; /* the label between the last two */
    size_t most;      /* where it has grown too long for anybody to read */
};

enum { LIST_OCTETS = 8192 };

static struct list
list_of(struct smp_buf *out, const struct smp_protocol *protocol, size_t count,
        const char *last)
{
    return (struct list){out, protocol, count, 0, last, out->len + LIST_OCTETS};
}

/* False at the end, where the next one is not wanted. */
static bool
list_goes_on(const struct list *list)
{
    if (list->given < list->count && list->out->len > list->most)
        smp_buf_puts(list->out, "...");
    return list->given < list->count && list->out->len <= list->most;
}

static void
list_add(struct list *list, const char *text)
{
    size_t given = list->given++;

    if (given)
        smp_buf_puts(list->out,
                     smp_label(list->protocol, given + 1 == list->count
                                                   ? list->last
                                                   : "list.between"));
    smp_buf_puts(list->out, text);
}

void
smp_words_tags(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_strings *tags)
{
    struct list list = list_of(out, protocol, tags->count, "list.last");

    while (list_goes_on(&list)) {
        const char *tag = tags->at[list.given];
        const char *label = smp_label_of(protocol, "tag.", tag);

        list_add(&list, label ? label : tag);
    }
}

void
smp_words_what(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_strings *ids, bool any)
{
    struct list list =
        list_of(out, protocol, ids->count, any ? "list.or" : "list.last");

    while (list_goes_on(&list)) {
        const char *id = ids->at[list.given];
        const struct smp_activity *activity =
            smp_protocol_activity(protocol, id);

        list_add(&list, strcmp(id, SMP_EVERYTHING) == 0
                            ? smp_label(protocol, "what.everything")
                        : activity ? activity->title
                                   : id);
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
    struct list list = list_of(&clocks, protocol, every->count, "list.last");

    while (list_goes_on(&list)) {
        smp_buf_cut(&one, 0);
        clock_words(&one, protocol, every->at[list.given].clock,
                    every->at[list.given].minutes);
        list_add(&list, smp_buf_text(&one));
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

static bool
put_joined(struct smp_buf *out, const char *const *texts, size_t count)
{
    bool any = false;
    size_t i;

    for (i = 0; i < count; i++) {
        if (!texts[i] || !*texts[i])
            continue;
        if (any)
            smp_buf_puts(out, ", ");
        smp_buf_puts(out, texts[i]);
        any = true;
    }
    return any;
}

bool
smp_words_place(struct smp_buf *out, const struct smp_protocol *protocol)
{
    const struct smp_studio *studio = &protocol->studio;

    return put_joined(out, (const char *[]){studio->name, studio->address}, 2);
}

bool
smp_words_reach(struct smp_buf *out, const struct smp_protocol *protocol)
{
    const struct smp_studio *studio = &protocol->studio;

    return put_joined(out, (const char *[]){studio->phone, studio->url}, 2);
}

bool
smp_words_studio(struct smp_buf *out, const struct smp_protocol *protocol)
{
    const struct smp_studio *studio = &protocol->studio;

    return put_joined(out,
                      (const char *[]){studio->name, studio->address,
                                       studio->phone, studio->url},
                      4);
}
