#include <stdlib.h>
#include <string.h>

#include "time/zone.h"
#include "schedule/schedule.h"

struct edit {
    const char *option; /* as it was given */
    char *id;
    struct smp_edit change;
    bool used;
    unsigned long line, other; /* of its plan; of a second one of that id */
    struct smp_err why;        /* it could not be made */
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

    edit->option = option;
    if (!at)
        return smp_tool_usage(tool, "--set requires ID:N=VALUE, not \"%.80s\"",
                              option);
    edit->change.number = (int)strtol(at + 1, &end, 10);
    if (!edit->change.number)
        return smp_tool_usage(tool, "--set: sessions are numbered from 1");
    edit->id = smp_strdup(option);
    edit->id[at - option] = '\0';
    if (!smp_edit_parse(end + 1,
                        smp_day_at(smp_zone_to_local(tool->zone, tool->now)),
                        &edit->change, &err))
        smp_tool_usage(tool,
                       "--set: %s; VALUE must be a time, booked, done, "
                       "cancelled or healed=DATE",
                       smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->usage;
}

bool
edits_read(struct smp_tool *tool, struct edits *edits)
{
    const struct smp_strings *given = smp_tool_options(tool, SMP_OPT_SET);

    edits->at = smp_calloc(given->count + 1, sizeof *edits->at);
    while (edits->count < given->count) {
        size_t i = edits->count++;

        if (!read_edit(tool, &edits->at[i], given->at[i]))
            return false;
    }
    return true;
}

void
edits_apply(const struct edits *edits, struct smp_tool *tool,
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
    smp_message(tool->program->name, "--set %.80s: %s", edit->option, what);
    tool->said_no = true;
}

void
edits_report(const struct edits *edits, struct smp_tool *tool)
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

void
edits_release(struct edits *edits)
{
    size_t i;

    for (i = 0; i < edits->count; i++) {
        free(edits->at[i].id);
        smp_err_release(&edits->at[i].why);
    }
    free(edits->at);
}
