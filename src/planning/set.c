#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/plan.h"
#include "planning/planning.h"
#include "time/zone.h"
#include "tool/files.h"
#include "tool/options.h"
#include "tool/tool.h"
#include "tool/message.h"

struct edit {
    const char *text; /* as it was given */
    char *id;
    struct smp_edit change;
    bool used;
    unsigned long line, other; /* of its plan; of a second one of that id */
    struct smp_err why;        /* it could not be made */
};

struct edits {
    struct edit *at;
    size_t count;
};

/* The last ":N=" of the option: ids may hold colons, and times do. */
static const char *
find_number(const char *option)
{
    const char *at, *found = NULL;

    for (at = strchr(option, ':'); at; at = strchr(at + 1, ':')) {
        size_t digits = strspn(at + 1, "0123456789");

        if (digits && digits < 3 && at[1 + digits] == '=' && at > option)
            found = at;
    }
    return found;
}

static bool
read_edit(struct smp_tool *tool, struct edit *edit, const char *option)
{
    const char *at = find_number(option);
    struct smp_err err = {0};
    char *end;

    edit->text = option;
    if (!at)
        return smp_tool_usage(tool, "set requires ID:N=VALUE, not \"%.80s\"",
                              option);
    edit->change.number = (int)strtol(at + 1, &end, 10);
    if (!edit->change.number)
        return smp_tool_usage(tool, "set: sessions are numbered from 1");
    edit->id = smp_strdup(option);
    edit->id[at - option] = '\0';
    if (!smp_edit_parse(end + 1,
                        smp_day_at(smp_zone_to_local(tool->zone, tool->now)),
                        &edit->change, &err))
        smp_tool_usage(tool,
                       "set: %s; VALUE must be a time, booked, done, "
                       "cancelled, final or healed=DATE",
                       smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->usage;
}

static bool
read_edits(struct smp_tool *tool, struct edits *edits)
{
    edits->at = smp_calloc(tool->given.operand_count + 1, sizeof *edits->at);
    while (edits->count < tool->given.operand_count) {
        size_t i = edits->count++;

        if (!read_edit(tool, &edits->at[i], tool->given.operands[i]))
            return false;
    }
    return edits->count ||
           smp_tool_usage(tool, "set requires ID:N=VALUE, such as "
                                "c-17:2=2027-01-14T10:00");
}

/*
 * Changes the plan by the edits that name its id. One that cannot be made
 * leaves the plan as it is; so does one that a plan of the same id in an
 * earlier line has got.
 */
static void
apply_edits(const struct edits *edits, struct smp_tool *tool,
            struct smp_plan *plan)
{
    size_t i;

    for (i = 0; i < edits->count; i++) {
        struct edit *edit = &edits->at[i];

        if (strcmp(edit->id, plan->id) != 0)
            continue;
        if (edit->used && edit->line != plan->line) {
            if (!edit->other)
                edit->other = plan->line;
            continue;
        }
        edit->used = true;
        edit->line = plan->line;
        smp_plan_edit(plan, &edit->change, tool->now, &edit->why);
    }
}

static void
report(struct smp_tool *tool, const struct edit *edit, const char *what)
{
    smp_message(tool->program->name, "set %.80s: %s", edit->text, what);
    tool->said_no = true;
}

/* Reports edits that could not be made, or named no plan that came: status 1.
 */
static void
report_edits(const struct edits *edits, struct smp_tool *tool)
{
    size_t i;

    for (i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->at[i];
        struct smp_buf what = {0};

        if (!edit->used)
            smp_buf_puts(&what, "no plan has this id");
        else if (edit->why.failed)
            smp_buf_puts(&what, smp_buf_text(&edit->why.text));
        else if (edit->other)
            smp_buf_printf(&what,
                           "only the plan in line %lu is changed, and not the "
                           "one with the same id in line %lu",
                           edit->line, edit->other);
        if (what.len)
            report(tool, edit, smp_buf_text(&what));
        smp_buf_release(&what);
    }
}

static void
release_edits(struct edits *edits)
{
    size_t i;

    for (i = 0; i < edits->count; i++) {
        free(edits->at[i].id);
        smp_err_release(&edits->at[i].why);
    }
    free(edits->at);
}

/* plans */

struct setting {
    struct smp_tool *tool;
    struct edits edits;
    struct output output;
    const char *line; /* of the plan that is read */
    size_t length;
};

static bool
note_line(void *context, const char *line, size_t n)
{
    struct setting *setting = context;

    setting->line = line;
    setting->length = n;
    return false;
}

/* A plan that nothing changes is passed on as it came. */
static bool
set_plan(void *context, struct smp_plan *plan, struct smp_err *err)
{
    struct setting *setting = context;

    (void)err;
    plan->changes = (struct smp_strings){0};
    apply_edits(&setting->edits, setting->tool, plan);
    if (!plan->changes.count)
        return output_line(&setting->output, setting->tool, setting->line,
                           setting->length);
    if (plan->has_updated) {
        plan->updated = setting->tool->now;
        plan->updated_now = true;
    }
    tell_changes(setting->tool, plan, false);
    return output_plan(&setting->output, setting->tool, plan);
}

/* A file that is replaced keeps lines that cannot be read: the loop writes them
 * after what came before. */
static void
reject(void *context, unsigned long line, struct smp_plan *plan,
       const char *what)
{
    struct setting *setting = context;

    smp_tool_report_rejected(setting->tool, line, plan, what);
    if (setting->output.path)
        output_write(&setting->output, setting->tool);
}

static void
set_all(struct setting *setting)
{
    struct smp_tool *tool = setting->tool;
    struct smp_stream stream = {
        .fd = STDIN_FILENO,
        .rejects = setting->output.path ? setting->output.fd : tool->rejects,
        .defaults = tool->defaults,
        .line = note_line,
        .plan = set_plan,
        .rejected = reject,
        .context = setting};

    smp_tool_stream(tool, &stream);
    tool->records = stream.read;
    tool->rejected = stream.rejected_count;
    if (!tool->failed)
        report_edits(&setting->edits, tool);
}

void
plan_set(struct smp_tool *tool)
{
    struct setting setting = {.tool = tool};
    struct smp_err err = {0};

    if (read_edits(tool, &setting.edits) && smp_tool_open_rejects(tool)) {
        if (!output_open(&setting.output, smp_tool_option(tool, SMP_OPT_OUTPUT),
                         &err))
            smp_tool_given(tool, &err);
        else
            set_all(&setting);
        output_close(&setting.output, tool, !tool->failed && !tool->usage);
    }
    smp_err_release(&err);
    release_edits(&setting.edits);
}
