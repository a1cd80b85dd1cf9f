#include "write/write.h"

#include <string.h>

#include "base/wrap.h"
#include "protocol/words.h"
#include "write/text.h"

static bool
same_words(const struct smp_protocol *protocol, const struct smp_rule *a,
           const struct smp_rule *b)
{
    struct smp_buf first = {0}, second = {0};
    bool same;

    smp_words_window(&first, protocol, &a->window);
    smp_words_window(&second, protocol, &b->window);
    same = strcmp(smp_buf_text(&first), smp_buf_text(&second)) == 0;
    smp_buf_release(&first);
    smp_buf_release(&second);
    return same;
}

static void
put_rule(struct smp_buf *out, const struct smp_protocol *protocol,
         const struct smp_rule *rule)
{
    struct smp_buf text = {0};

    smp_words_fill(&text, protocol, rule, rule->text);
    smp_text_line(out, protocol, smp_verb_names[rule->verb],
                  smp_buf_text(&text));
    smp_buf_release(&text);
}

/* A window's heading and all rules of the phase that share it. */
static void
put_group(struct smp_buf *out, const struct smp_protocol *protocol,
          size_t first)
{
    const struct smp_rule *rules = protocol->rules;
    struct smp_buf heading = {0};
    size_t i;

    smp_words_window(&heading, protocol, &rules[first].window);
    smp_text_capital(&heading, 0);
    smp_wrap(out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&heading));
    for (i = first; i < protocol->rule_count; i++)
        if (rules[i].phase == rules[first].phase &&
            same_words(protocol, &rules[first], &rules[i]))
            put_rule(out, protocol, &rules[i]);
    smp_buf_release(&heading);
}

static bool
is_said_before(const struct smp_protocol *protocol, size_t index)
{
    const struct smp_rule *rules = protocol->rules;
    size_t i;

    for (i = 0; i < index; i++)
        if (rules[i].phase == rules[index].phase &&
            same_words(protocol, &rules[i], &rules[index]))
            return true;
    return false;
}

void
smp_write_undated(struct smp_buf *out, const struct smp_protocol *protocol,
                  enum smp_phase phase)
{
    size_t i;

    smp_wrap(out, "", 0, SMP_TEXT_WIDTH,
             smp_label(protocol, phase == SMP_PRE ? "sheet.pre.undated"
                                                  : "sheet.post.undated"));
    smp_buf_putc(out, '\n');
    for (i = 0; i < protocol->rule_count; i++)
        if (protocol->rules[i].phase == phase && !is_said_before(protocol, i))
            put_group(out, protocol, i);
    smp_buf_putc(out, '\n');
    smp_text_caution(out, protocol);
}
