#include "text/protocol.h"

#include "base/utf8.h"
#include "base/base.h"
#include "json/json.h"
#include "protocol/words.h"
#include "protocol/protocol.h"

enum { INDENT = 6 };

static void
paragraph(struct smp_buf *out, const char *text)
{
    struct smp_buf indent = {0};

    smp_buf_spaces(&indent, INDENT);
    smp_wrap(out, smp_buf_text(&indent), INDENT, SMP_TEXT_WIDTH, text);
    smp_buf_release(&indent);
}

static void
named(struct smp_buf *out, const char *name, const char *text)
{
    struct smp_buf line = {0};

    if (!text)
        return;
    smp_buf_printf(&line, "%s: %s", name, text);
    paragraph(out, smp_buf_text(&line));
    smp_buf_release(&line);
}

static void
tags(struct smp_buf *out, const char *name, const struct smp_strings *list)
{
    struct smp_buf line = {0};
    size_t i;

    for (i = 0; i < list->count; i++)
        smp_buf_printf(&line, "%s%s", i ? ", " : "", list->at[i]);
    if (list->count)
        named(out, name, smp_buf_text(&line));
    smp_buf_release(&line);
}

static void
put_rule(struct smp_buf *out, const struct smp_protocol *protocol,
         const struct smp_rule *rule)
{
    struct smp_buf text = {0}, when = {0};

    smp_buf_printf(&when, "  %s  %s %s  ", rule->id,
                   smp_phase_names[rule->phase], smp_verb_names[rule->verb]);
    smp_words_window(&text, protocol, &rule->window);
    smp_wrap(out, smp_buf_text(&when), INDENT, SMP_TEXT_WIDTH,
             smp_buf_text(&text));
    smp_buf_cut(&text, 0);
    smp_words_fill(&text, protocol, rule, rule->text);
    paragraph(out, smp_buf_text(&text));
    named(out, "why", rule->why);
    named(out, "every", rule->every_text);
    tags(out, "if", &rule->when);
    tags(out, "unless", &rule->unless);
    named(out, "with", rule->with);
    named(out, "limit", rule->limit);
    named(out, "except", rule->except);
    named(out, "note", rule->note);
    smp_buf_release(&text);
    smp_buf_release(&when);
}

static void
put_answer(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_answer *answer)
{
    struct smp_buf text = {0};

    smp_buf_printf(&text, "  %s  ", answer->id);
    smp_wrap(out, smp_buf_text(&text), INDENT, SMP_TEXT_WIDTH,
             answer->question);
    smp_buf_cut(&text, 0);
    smp_words_fill(&text, protocol, NULL, answer->answer);
    paragraph(out, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
filled(struct smp_buf *out, const struct smp_protocol *protocol,
       const char *name, const char *template)
{
    struct smp_buf text = {0};

    smp_words_fill(&text, protocol, NULL, template);
    if (text.len)
        named(out, name, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
put_course(struct smp_buf *out, const struct smp_protocol *protocol)
{
    smp_buf_puts(out, "\nPlan\n");
    filled(out, protocol, "sessions", "{sessions}");
    filled(out, protocol, "at most", "{max}");
    filled(out, protocol, "gap", "{gap}");
    filled(out, protocol, "length", "{length}");
    filled(out, protocol, "healed", "{healed}");
    named(out, "afterwards", protocol->course.maintenance);
}

static void
put_studio(struct smp_buf *out, const struct smp_protocol *protocol)
{
    const struct smp_studio *studio = &protocol->studio;
    size_t i;

    if (!studio->name && !studio->time_zone && !studio->contact &&
        !studio->opening_hours && !studio->closed.count)
        return;
    smp_buf_puts(out, "\nStudio\n");
    named(out, "name", studio->name);
    named(out, "time zone", studio->time_zone);
    named(out, "opening hours", studio->opening_hours);
    for (i = 0; i < studio->closed.count; i++)
        named(out, "closed", studio->closed.at[i]);
    named(out, "contact", studio->contact);
}

void
smp_write_protocol(struct smp_buf *out, const struct smp_protocol *protocol)
{
    struct smp_buf title = {0};
    size_t i;

    smp_buf_printf(&title, "%s (%s@%s, %s)", protocol->title, protocol->id,
                   protocol->hash, protocol->lang);
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, smp_buf_text(&title));
    put_course(out, protocol);
    put_studio(out, protocol);
    smp_buf_puts(out, "\nRules\n");
    for (i = 0; i < protocol->rule_count; i++)
        put_rule(out, protocol, &protocol->rules[i]);
    if (protocol->answer_count)
        smp_buf_puts(out, "\nAnswers\n");
    for (i = 0; i < protocol->answer_count; i++)
        put_answer(out, protocol, &protocol->answers[i]);
    smp_buf_release(&title);
}

void
smp_write_finding(struct smp_buf *out, const struct smp_finding *finding,
                  bool json)
{
    const char *severity = finding->severity == SMP_FAULT ? "fault" : "remark";
    struct smp_buf line = {0};
    cJSON *object;

    if (json) {
        object = smp_json_object();
        cJSON_AddStringToObject(object, "severity", severity);
        cJSON_AddStringToObject(object, "file", finding->file);
        cJSON_AddNumberToObject(object, "line", (double)finding->line);
        cJSON_AddStringToObject(object, "pointer", finding->pointer);
        cJSON_AddStringToObject(object, "message", finding->what);
        smp_json_format(out, object);
        cJSON_Delete(object);
    } else {
        smp_buf_printf(
            &line, "%s:%lu: %s: %s: %s", finding->file, finding->line, severity,
            *finding->pointer ? finding->pointer : "/", finding->what);
        smp_utf8_clean(out, smp_buf_text(&line), line.len);
    }
    smp_buf_putc(out, '\n');
    smp_buf_release(&line);
}

void
smp_write_proof(struct smp_buf *out, const char *sentence, enum smp_proof proof,
                const char *shown, bool json)
{
    static const char *const words[] = {
        [SMP_PROOF_HOLDS] = "proved",
        [SMP_PROOF_REFUTED] = "refuted",
        [SMP_PROOF_OPEN] = "not proved",
    };
    struct smp_buf line = {0};
    cJSON *object;

    if (json) {
        object = smp_json_object();
        cJSON_AddStringToObject(object, "never", sentence);
        cJSON_AddStringToObject(object, "proof", words[proof]);
        cJSON_AddStringToObject(object, "message", shown);
        smp_json_format(out, object);
        cJSON_Delete(object);
    } else {
        smp_buf_printf(&line, "%s: never %s%s%s", words[proof], sentence,
                       *shown ? ": " : "", shown);
        smp_utf8_clean(out, smp_buf_text(&line), line.len);
    }
    smp_buf_putc(out, '\n');
    smp_buf_release(&line);
}
