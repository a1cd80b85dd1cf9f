#include "write/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "protocol/words.h"
#include "text/text.h"

/* A rule with its window in words. */
struct told {
    const struct smp_rule *rule;
    struct smp_buf window;
};

static bool
same_words(const struct told *a, const struct told *b)
{
    return strcmp(smp_buf_text(&a->window), smp_buf_text(&b->window)) == 0;
}

/* Puts the text into the label's words about the tags, if there are any. */
static void
add_condition(struct smp_buf *text, const struct smp_protocol *protocol,
              const char *key, const struct smp_strings *tags)
{
    struct smp_buf list = {0}, whole = {0};

    if (!tags->count)
        return;
    smp_words_tags(&list, protocol, tags);
    smp_words(&whole, protocol, key,
              SMP_VALUES({"tags", smp_buf_text(&list)},
                         {"text", smp_buf_text(text)}));
    smp_buf_release(text);
    smp_buf_release(&list);
    *text = whole;
}

/* "First session only: ..." of a rule that is not for each. */
static void
add_scope(struct smp_buf *text, const struct smp_protocol *protocol,
          enum smp_scope scope)
{
    const char *label =
        smp_label_of(protocol, "scope.", smp_scope_names[scope]);
    struct smp_buf whole = {0};

    if (!label)
        return;
    smp_fill(&whole, label, SMP_VALUES({"text", smp_buf_text(text)}));
    smp_buf_release(text);
    *text = whole;
}

static void
put_rule(struct smp_buf *out, const struct smp_protocol *protocol,
         const struct smp_rule *rule)
{
    struct smp_buf text = {0};

    smp_words_fill(&text, protocol, rule, rule->text);
    if (rule->verb != SMP_ALERT) {
        add_condition(&text, protocol, "sheet.unless", &rule->unless);
        add_condition(&text, protocol, "sheet.if", &rule->when);
    }
    add_scope(&text, protocol, rule->scope);
    smp_text_line(out, protocol, smp_verb_names[rule->verb],
                  smp_buf_text(&text));
    smp_buf_release(&text);
}

/* A window's heading and all rules of the phase that share it. */
static void
put_group(struct smp_buf *out, const struct smp_protocol *protocol,
          const struct told *rules, size_t count)
{
    struct smp_buf heading = {0};
    size_t i;

    smp_buf_add(&heading, rules->window.data, rules->window.len);
    smp_text_capital(&heading, 0);
    smp_wrap(out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&heading));
    for (i = 0; i < count; i++)
        if (same_words(&rules[0], &rules[i]))
            put_rule(out, protocol, rules[i].rule);
    smp_buf_release(&heading);
}

static bool
is_said_before(const struct told *rules, size_t index)
{
    size_t i;

    for (i = 0; i < index; i++)
        if (same_words(&rules[i], &rules[index]))
            return true;
    return false;
}

/* Roughly when a rule begins, in seconds from a session of its own. */
static int64_t
beginning(const struct smp_protocol *protocol, const struct smp_rule *rule)
{
    const struct smp_point *start = &rule->window.start;
    const struct smp_milestone *milestone;
    int64_t offset = start->has_offset ? smp_span_seconds(start->from) : 0;

    if (start->anchor != SMP_AT_MILESTONE)
        return offset;
    milestone = smp_protocol_milestone(protocol, start->milestone);
    return milestone && milestone->has_range
               ? offset + smp_span_seconds(milestone->range.max)
               : offset;
}

/* The rules of one phase in the order of time. Returns how many. */
static size_t
in_time_order(const struct smp_protocol *protocol, enum smp_phase phase,
              struct told *rules)
{
    size_t count = 0, i, at;

    for (i = 0; i < protocol->rule_count; i++) {
        const struct smp_rule *rule = &protocol->rules[i];

        if (rule->phase != phase)
            continue;
        for (at = count++; at && beginning(protocol, rules[at - 1].rule) >
                                     beginning(protocol, rule);
             at--)
            rules[at] = rules[at - 1];
        rules[at] = (struct told){.rule = rule};
        smp_words_window(&rules[at].window, protocol, &rule->window);
    }
    return count;
}

void
smp_write_undated(struct smp_buf *out, const struct smp_protocol *protocol,
                  enum smp_phase phase)
{
    struct told *rules = smp_calloc(protocol->rule_count, sizeof *rules);
    size_t count = in_time_order(protocol, phase, rules), i;

    smp_wrap(out, "", 0, SMP_TEXT_WIDTH,
             smp_label(protocol, phase == SMP_PRE ? "sheet.pre.undated"
                                                  : "sheet.post.undated"));
    smp_buf_putc(out, '\n');
    for (i = 0; i < count; i++)
        if (!is_said_before(rules, i))
            put_group(out, protocol, rules + i, count - i);
    for (i = 0; i < count; i++)
        smp_buf_release(&rules[i].window);
    smp_buf_putc(out, '\n');
    smp_text_caution(out, protocol);
    free(rules);
}
