#include "text/verdict.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/fill.h"
#include "json/json.h"
#include "protocol/words.h"
#include "plan/plan.h"

/* Of the first day that begins then or later. */
static int32_t
day_number(const struct smp_answered *a, struct smp_when when)
{
    return smp_day_at(when.seconds + SMP_DAY_SECONDS - 1) - a->origin;
}

static void
until_words(struct smp_buf *out, const struct smp_protocol *protocol,
            const struct smp_answered *a)
{
    struct smp_when when = a->ruling.until;
    char n[16];

    if (when.kind == SMP_NEVER)
        return;
    if (!a->undated) {
        smp_words_when(out, protocol, when, smp_day_at(a->on.seconds));
        return;
    }
    snprintf(n, sizeof n, "%d", (int)day_number(a, when));
    smp_words(out, protocol, "verdict.day", SMP_VALUES({"n", n}));
}

static bool
is_healed(const struct smp_point *point)
{
    return point->anchor == SMP_AT_MILESTONE &&
           smp_is_healing(point->milestone);
}

bool
smp_begins_with_healing(const struct smp_rule *rule)
{
    return is_healed(&rule->window.start);
}

static bool
is_settled(const struct smp_answered *a)
{
    return a->ruling.session && a->ruling.session->healing == SMP_HEALED;
}

static const char *
no_key(const struct smp_answered *a)
{
    bool open = a->ruling.until.kind == SMP_NEVER;

    if (is_healed(&a->ruling.rule->window.end) && !is_settled(a))
        return open ? "verdict.no.healing.open" : "verdict.no.healing";
    if (open)
        return "verdict.no";
    if (a->ruling.rule->window.end.anchor == SMP_AT_ITSELF)
        return "verdict.no.session";
    return a->ruling.until_is_settled ? "verdict.no.until"
                                      : "verdict.no.earliest";
}

static const char *
not_yet_key(const struct smp_answered *a)
{
    bool open = a->ruling.until.kind == SMP_NEVER;

    if (smp_begins_with_healing(a->ruling.rule) && !is_settled(a))
        return open ? "verdict.not-yet.healing.open"
                    : "verdict.not-yet.healing";
    if (open)
        return "verdict.not-yet";
    return a->ruling.until_is_settled ? "verdict.not-yet.from"
                                      : "verdict.not-yet.earliest";
}

/* What was permitted is not "no longer forbidden". */
static bool
is_permission_over(const struct smp_answered *a)
{
    return a->ruling.verdict == SMP_VERDICT_NO_RULE && a->ruling.rule &&
           smp_verbs[a->ruling.rule->verb].kind == SMP_PERMISSION;
}

static const char *
no_rule_key(const struct smp_answered *a)
{
    const struct smp_rule *rule = a->ruling.rule;

    if (rule && is_settled(a) && a->ruling.is_past &&
        smp_verb_forbids(rule->verb) && !smp_verbs[rule->verb].waits &&
        is_healed(&rule->window.end))
        return "verdict.no-rule.ban.healed";
    if (!a->ruling.if_healed || is_permission_over(a))
        return "verdict.no-rule";
    return rule && smp_verbs[rule->verb].kind == SMP_TASK
               ? "verdict.no-rule.do.healing"
               : "verdict.no-rule.ban.healing";
}

static const char *
label_key(const struct smp_answered *a)
{
    const struct smp_ruling *ruling = &a->ruling;

    switch (ruling->verdict) {
    case SMP_VERDICT_NO:
        return no_key(a);
    case SMP_VERDICT_NO_RULE:
        return no_rule_key(a);
    case SMP_VERDICT_DO:
        return ruling->if_healed ? "verdict.do.healing" : "verdict.do";
    case SMP_VERDICT_YES:
        if (smp_verbs[ruling->rule->verb].waits)
            return ruling->if_healed ? "verdict.yes.waited.healing"
                                     : "verdict.yes.waited";
        return ruling->if_healed ? "verdict.yes.healing" : "verdict.yes";
    case SMP_VERDICT_NOT_YET:
        return not_yet_key(a);
    case SMP_VERDICT_IF_HEALED:
        return "verdict.if-healed";
    case SMP_VERDICT_IF_NOT_HEALED:
        return "verdict.if-not-healed";
    case SMP_VERDICT_ASK:
        return "verdict.ask";
    case SMP_VERDICT_UNKNOWN:
        break;
    }
    return "verdict.unknown";
}

/* Of these, the words above do not say that they rest on healing. */
static bool
blocks(enum smp_verdict verdict)
{
    return verdict == SMP_VERDICT_NO || verdict == SMP_VERDICT_NOT_YET;
}

static bool
needs_caution(enum smp_verdict verdict)
{
    return verdict == SMP_VERDICT_ASK || verdict == SMP_VERDICT_UNKNOWN;
}

void
smp_verdict_words(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_answered *a)
{
    struct smp_buf until = {0}, text = {0};

    until_words(&until, protocol, a);
    if (a->ruling.rule)
        smp_words_fill(&text, protocol, a->ruling.rule, a->ruling.rule->text);
    smp_words(out, protocol, label_key(a),
              SMP_VALUES({"until", smp_buf_text(&until)},
                         {"text", smp_buf_text(&text)}));
    if (a->ruling.if_healed &&
        (blocks(a->ruling.verdict) || is_permission_over(a))) {
        smp_buf_putc(out, ' ');
        smp_buf_puts(out, smp_label(protocol, "verdict.provided"));
    }
    if (!a->activity && a->nearest) {
        smp_buf_putc(out, ' ');
        smp_words(out, protocol, "verdict.nearest",
                  SMP_VALUES({"name", a->nearest}));
    }
    if (needs_caution(a->ruling.verdict)) {
        smp_buf_putc(out, ' ');
        smp_words_caution(out, protocol);
    }
    smp_buf_release(&until);
    smp_buf_release(&text);
}

static void
write_text(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_answered *a)
{
    const struct smp_plan *plan = a->plan;
    struct smp_buf text = {0};

    if (plan->name && *plan->name)
        smp_buf_printf(&text, "%s: ", plan->name);
    else if (plan->record)
        smp_buf_printf(&text, "%s: ", plan->id);
    smp_verdict_words(&text, protocol, a);
    if (a->ruling.rule)
        smp_buf_printf(&text, " (%s)", a->ruling.rule->id);
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
add_when(cJSON *object, const char *key, struct smp_when when)
{
    struct smp_buf text = {0};

    smp_when_print(&text, when);
    cJSON_AddStringToObject(object, key, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
add_until(cJSON *object, const struct smp_answered *a)
{
    struct smp_when when = a->ruling.until;

    if (when.kind == SMP_NEVER)
        cJSON_AddNullToObject(object, "until");
    else if (a->undated)
        cJSON_AddNumberToObject(object, "until", day_number(a, when));
    else
        add_when(object, "until", when);
}

static void
add_client(cJSON *object, const struct smp_answered *a)
{
    if (a->undated)
        return;
    cJSON_AddStringToObject(object, "id", a->plan->id);
    if (a->plan->name)
        cJSON_AddStringToObject(object, "name", a->plan->name);
    add_when(object, "on", a->on);
}

static void
write_json(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_answered *a)
{
    cJSON *object = smp_json_object();
    struct smp_buf text = {0};

    add_client(object, a);
    cJSON_AddStringToObject(object, "activity",
                            a->activity ? a->activity : a->asked);
    cJSON_AddStringToObject(object, "verdict",
                            smp_verdict_names[a->ruling.verdict]);
    if (a->ruling.rule)
        cJSON_AddStringToObject(object, "rule", a->ruling.rule->id);
    else
        cJSON_AddNullToObject(object, "rule");
    add_until(object, a);
    if (a->ruling.if_healed)
        cJSON_AddStringToObject(object, "provided", "healed");
    else
        cJSON_AddNullToObject(object, "provided");
    smp_verdict_words(&text, protocol, a);
    cJSON_AddStringToObject(object, "text", smp_buf_text(&text));
    smp_json_format(out, object);
    smp_buf_putc(out, '\n');
    cJSON_Delete(object);
    smp_buf_release(&text);
}

void
smp_write_verdict(struct smp_buf *out, const struct smp_protocol *protocol,
                  const struct smp_answered *answered, bool json)
{
    if (json)
        write_json(out, protocol, answered);
    else
        write_text(out, protocol, answered);
}
