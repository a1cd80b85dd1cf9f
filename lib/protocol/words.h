#ifndef SMP_PROTOCOL_WORDS_H
#define SMP_PROTOCOL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_buf;
struct smp_every;
struct smp_lazy_value;
struct smp_protocol;
struct smp_rule;
struct smp_span;
struct smp_strings;
struct smp_value;
struct smp_when;
struct smp_window;

/*
 * The words that clients read, all of them from the protocol's labels. A label
 * is a text, or forms of it by number: an exact number ("2"), "one" (for the
 * numbers that the label plural.one lists) or "other", after CLDR's plural
 * categories. The functions append to `out`.
 */
struct smp_label {
    const char *key, *text; /* text: NULL where it has forms */
    struct smp_label_form {
        const char *when, *text;
    } * forms;
    size_t form_count;
};

/* Whether a label is asked for with a number, so that it may have forms. */
bool smp_label_has_number(const char *key);

/* Makes the labels of a protocol that is being loaded ready to be found. */
void smp_labels_index(struct smp_protocol *protocol);

/* The label's text; "" where the protocol has none. */
const char *smp_label(const struct smp_protocol *protocol, const char *key);

/* The label named by two parts, "verb." and "do"; NULL where it is missing. */
const char *smp_label_of(const struct smp_protocol *protocol, const char *group,
                         const char *name);

/* The label filled in with the values. */
void smp_words(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *key, const struct smp_value *values, size_t count);

void smp_words_made(struct smp_buf *out, const struct smp_protocol *protocol,
                    const char *key, const struct smp_lazy_value *values,
                    const void *context);

/* The form of the label for a number, {n} filled in with the number's text. */
void smp_words_number(struct smp_buf *out, const struct smp_protocol *protocol,
                      const char *key, int64_t thousandths, const char *n);

/* "7 days", "24 hours"; a range "5 to 7 days". Signs do not show. */
void smp_words_span(struct smp_buf *out, const struct smp_protocol *protocol,
                    struct smp_span span);
void smp_words_range(struct smp_buf *out, const struct smp_protocol *protocol,
                     struct smp_span from, struct smp_span to);

/* "twice a day", "before bathing". */
void smp_words_every(struct smp_buf *out, const struct smp_protocol *protocol,
                     const struct smp_every *every);

/* Dates by one of the labels date.day, date.full, date.short. */
void smp_words_date(struct smp_buf *out, const struct smp_protocol *protocol,
                    const char *key, int32_t day);

/* "8 to 11 December"; both days belong to it. */
void smp_words_dates(struct smp_buf *out, const struct smp_protocol *protocol,
                     int32_t first, int32_t last);

/* "10:00" of a local time. */
void smp_words_time(struct smp_buf *out, int64_t local);

/*
 * A local date and time: "30 November, 10:00"; of a day, the date. The year is
 * said if it is not the year of the day `around`.
 */
void smp_words_when(struct smp_buf *out, const struct smp_protocol *protocol,
                    struct smp_when when, int32_t around);

/* A window in words: "from 7 days before the session until the session". */
void smp_words_window(struct smp_buf *out, const struct smp_protocol *protocol,
                      const struct smp_window *window);

/*
 * The titles of activities as a list: "swimming, sauna and soap", or "or". A
 * list of some thousand octets ends with "...".
 */
void smp_words_what(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_strings *ids, bool any);

/* Tags such as skin:oily as a list, by the labels "tag.skin:oily". */
void smp_words_tags(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_strings *tags);

/* The last line of every sheet: whom to ask. */
void smp_words_caution(struct smp_buf *out,
                       const struct smp_protocol *protocol);

/*
 * Append where the studio is, "name, address", how it is reached, "phone, url",
 * or both, as far as the protocol says. Return false if it says nothing.
 */
bool smp_words_place(struct smp_buf *out, const struct smp_protocol *protocol);
bool smp_words_reach(struct smp_buf *out, const struct smp_protocol *protocol);
bool smp_words_studio(struct smp_buf *out, const struct smp_protocol *protocol);

/*
 * The text of a rule or an answer with what its fields hold filled in:
 * {every} {from} {until} {between} {limit} of the rule (NULL for an answer),
 * {healed} {sessions} {max} {gap} {length} {studio} {contact} of the protocol.
 */
bool smp_words_can_fill(const char *name, size_t n);
void smp_words_fill(struct smp_buf *out, const struct smp_protocol *protocol,
                    const struct smp_rule *rule, const char *text);

#endif
