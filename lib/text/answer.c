#include "text/answer.h"

#include <stdio.h>

#include "base/utf8.h"
#include "base/fill.h"
#include "json/json.h"
#include "protocol/words.h"
#include "answer/answer.h"
#include "text/verdict.h"

static bool
is_one_day(const struct smp_found *found)
{
    return found->first.thousandths >= 0 && found->first.unit == SMP_DAYS &&
           found->first.thousandths == found->last.thousandths;
}

/* "day 5", "1 day before the session", "5 to 7 days after the session". */
static void
time_words(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_found *found)
{
    bool before = found->first.thousandths < 0;
    struct smp_buf span = {0};
    char n[24];

    if (is_one_day(found)) {
        snprintf(n, sizeof n, "%lld",
                 (long long)(found->first.thousandths / 1000));
        smp_words(out, protocol, "verdict.day", SMP_VALUES({"n", n}));
        return;
    }
    smp_words_range(&span, protocol, before ? found->last : found->first,
                    before ? found->first : found->last);
    smp_words(out, protocol, before ? "point.before" : "point.after",
              SMP_VALUES({"span", smp_buf_text(&span)},
                         {"anchor", smp_label(protocol, "anchor.this")}));
    smp_buf_release(&span);
}

/* "On day 5: No. Not before ..." */
static void
ruling_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_found *found)
{
    struct smp_answered answered = {.asked = found->activity,
                                    .plan = found->plan,
                                    .ruling = found->ruling,
                                    .undated = true,
                                    .origin = SMP_RULINGS_DAY,
                                    .activity = found->activity};
    struct smp_buf when = {0}, verdict = {0};

    time_words(&when, protocol, found);
    smp_verdict_words(&verdict, protocol, &answered);
    smp_words(out, protocol, is_one_day(found) ? "ask.on" : "ask.at",
              SMP_VALUES({"when", smp_buf_text(&when)},
                         {"verdict", smp_buf_text(&verdict)}));
    smp_buf_release(&when);
    smp_buf_release(&verdict);
}

/* The window of a rule, for those who ask when. */
static void
window_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_rule *rule)
{
    enum smp_verb verb = smp_verbs[rule->verb].waits ? SMP_AVOID : rule->verb;
    const char *label =
        smp_label_of(protocol, "ask.window.", smp_verb_names[verb]);
    struct smp_buf window = {0};

    if (!label || !rule->during)
        return;
    smp_words_window(&window, protocol, &rule->window);
    smp_fill(out, label, SMP_VALUES({"window", smp_buf_text(&window)}));
    smp_buf_release(&window);
}

/* Whether the words of a ruling leave out the rule's text. */
static bool
wants_text(const struct smp_found *found)
{
    return !found->activity || smp_ruling_forbids(&found->ruling);
}

static void
answer_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_found *found)
{
    if (found->activity)
        ruling_words(out, protocol, found);
    else if (found->asks_when)
        window_words(out, protocol, found->rule);
    if (!wants_text(found))
        return;
    if (!out->len && found->rule && smp_begins_with_healing(found->rule))
        smp_buf_puts(out, smp_label(protocol, "state.once-healed"));
    if (out->len)
        smp_buf_putc(out, ' ');
    smp_found_text(out, protocol, found);
}

static void
write_text(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_found *found)
{
    struct smp_buf text = {0};

    answer_words(&text, protocol, found);
    smp_buf_printf(&text, " (%s)", found->id);
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, found->question);
    smp_wrap(out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
add_text(cJSON *object, const char *key, const struct smp_protocol *protocol,
         const struct smp_found *found)
{
    struct smp_buf text = {0};

    answer_words(&text, protocol, found);
    cJSON_AddStringToObject(object, key, smp_buf_text(&text));
    smp_buf_release(&text);
}

/* The verdict at the time that the question names; null if it names none. */
static void
add_verdict(cJSON *object, const struct smp_found *found)
{
    if (found && found->activity)
        cJSON_AddStringToObject(object, "verdict",
                                smp_verdict_names[found->ruling.verdict]);
    else
        cJSON_AddNullToObject(object, "verdict");
}

static void
print(struct smp_buf *out, cJSON *object)
{
    smp_json_format(out, object);
    smp_buf_putc(out, '\n');
    cJSON_Delete(object);
}

static void
write_json(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_found *found)
{
    cJSON *object = smp_json_object();

    cJSON_AddStringToObject(object, "id", found->id);
    cJSON_AddStringToObject(object, "question", found->question);
    add_text(object, "answer", protocol, found);
    add_verdict(object, found);
    cJSON_AddNumberToObject(object, "score",
                            (int)(found->score * 100 + 0.5) / 100.0);
    print(out, object);
}

void
smp_write_answers(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_found *found, size_t count, bool json)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (json) {
            write_json(out, protocol, &found[i]);
            continue;
        }
        if (i)
            smp_buf_putc(out, '\n');
        write_text(out, protocol, &found[i]);
    }
}

void
smp_write_batch(struct smp_buf *out, const struct smp_protocol *protocol,
                const char *question, const struct smp_found *found)
{
    cJSON *object = smp_json_object();

    cJSON_AddStringToObject(object, "question", question);
    if (found) {
        cJSON_AddStringToObject(object, "id", found->id);
        add_text(object, "answer", protocol, found);
    } else {
        cJSON_AddNullToObject(object, "id");
        cJSON_AddNullToObject(object, "answer");
    }
    add_verdict(object, found);
    print(out, object);
}
