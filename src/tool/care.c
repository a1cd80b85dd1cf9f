#include "tool/care.h"

#include <unistd.h>

#include "time/zone.h"
#include "plan/plan.h"
#include "care/care.h"
#include "tool/format.h"
#include "tool/tool.h"
#include "tool/options.h"
#include "tool/message.h"

/* What care is asked for. */
struct asked {
    enum smp_phase phase;
    bool proposed; /* of proposed sessions too */
    struct smp_rivals rivals;
};

static bool
day_option(struct smp_tool *tool, const struct smp_zone *zone,
           enum smp_option_id id, int32_t absent, int32_t *day)
{
    const char *text = smp_tool_option(tool, id);
    struct smp_err err = {0};
    bool ok = true;

    *day = absent;
    if (text && !smp_tool_day(tool, zone, text, day, &err))
        ok = smp_tool_usage(tool, "--%s: %s", smp_options[id].name,
                            smp_buf_text(&err.text));
    smp_err_release(&err);
    return ok;
}

/* The days asked for, as the plan's zone has them. */
static bool
days_asked(struct smp_tool *tool, const struct smp_zone *zone, int32_t *first,
           int32_t *last)
{
    if (!smp_tool_option(tool, SMP_OPT_ON))
        return day_option(tool, zone, SMP_OPT_FROM, INT32_MIN, first) &&
               day_option(tool, zone, SMP_OPT_UNTIL, INT32_MAX - 1, last);
    if (!day_option(tool, zone, SMP_OPT_ON, 0, first))
        return false;
    *last = *first;
    return true;
}

/* The session a day of healing belongs to: the last in time by that day. */
static struct smp_session *
session_healed(struct smp_plan *plan, int32_t day)
{
    struct smp_session *found = NULL;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        struct smp_session *session = &plan->sessions[i];

        if (smp_session_day(session) <= day &&
            (!found || smp_session_precedes(found, session)))
            found = session;
    }
    return found;
}

static bool
set_healed(struct smp_tool *tool, struct smp_plan *plan)
{
    struct smp_session *session;
    int32_t day;

    if (!smp_tool_option(tool, SMP_OPT_HEALED))
        return true;
    if (!day_option(tool, plan->zone, SMP_OPT_HEALED, 0, &day))
        return false;
    session = session_healed(plan, day);
    if (!session)
        return smp_tool_usage(tool, "--healed is before every SESSION");
    session->healing = SMP_HEALED;
    session->healed = day;
    return true;
}

static bool
add_care(struct smp_tool *tool, struct smp_plan *plan,
         const struct smp_protocol *protocol, struct smp_err *err)
{
    struct asked *asked = tool->context;
    int32_t first, last;

    if (!set_healed(tool, plan) || !days_asked(tool, plan->zone, &first, &last))
        return false;
    if (smp_tool_shows_items(tool))
        smp_care_add(plan, protocol, asked->phase, asked->proposed);
    else
        smp_care_add_words(plan, protocol, asked->phase, asked->proposed);
    if (!smp_plan_check_limits(plan, err))
        return false;
    if (smp_tool_option(tool, SMP_OPT_ON))
        smp_care_note_day(plan, protocol, &asked->rivals, asked->proposed,
                          first, smp_zone_to_local(plan->zone, tool->now));
    if (first > INT32_MIN || last < INT32_MAX - 1)
        smp_care_select(plan, protocol, &asked->rivals, asked->proposed, first,
                        last);
    return true;
}

/* Options that contradict each other, or need what is not there. */
static bool
check_options(struct smp_tool *tool)
{
    bool operands = tool->given.operand_count > 0;
    int32_t first, last;

    if (smp_tool_option(tool, SMP_OPT_ON) &&
        (smp_tool_option(tool, SMP_OPT_FROM) ||
         smp_tool_option(tool, SMP_OPT_UNTIL)))
        return smp_tool_usage(tool,
                              "--on cannot be used with --from or --until");
    if (smp_tool_option(tool, SMP_OPT_SHEET) &&
        (operands || !smp_tool_sets_sheets(tool) ||
         smp_tool_option(tool, SMP_OPT_ON) ||
         smp_tool_option(tool, SMP_OPT_FROM) ||
         smp_tool_option(tool, SMP_OPT_UNTIL)))
        return smp_tool_usage(tool,
                              "--sheet has no dates, and cannot be used with "
                              "SESSION, -j, -i, --on, --from or --until");
    if (!operands && (smp_tool_option(tool, SMP_OPT_HEALED) ||
                      smp_tool_option(tool, SMP_OPT_ID) ||
                      smp_tool_option(tool, SMP_OPT_NAME) ||
                      smp_tool_option(tool, SMP_OPT_EMAIL) ||
                      smp_tool_option(tool, SMP_OPT_FINAL) ||
                      smp_tool_option(tool, SMP_OPT_SESSION)))
        return smp_tool_usage(tool,
                              "--healed, --id, --name, --email, --final and "
                              "--session require a SESSION");
    if (!days_asked(tool, tool->zone, &first, &last))
        return false;
    if (first > last)
        return smp_tool_usage(tool, "--from is later than --until");
    if (!operands && !smp_tool_sets_sheets(tool) && isatty(STDIN_FILENO))
        return smp_tool_usage(tool, "give a SESSION, or plans on standard "
                                    "input");
    return true;
}

static bool
wants_sheet(struct smp_tool *tool)
{
    if (smp_tool_option(tool, SMP_OPT_SHEET))
        return true;
    if (tool->given.operand_count || !smp_tool_sets_sheets(tool) ||
        !isatty(STDIN_FILENO))
        return false;
    smp_message(tool->program->name, "no SESSION and no plans on standard "
                                     "input: printing the sheet without dates");
    return true;
}

int
smp_care_main(const struct smp_program *program, enum smp_phase phase, int argc,
              char **argv)
{
    struct asked asked = {.phase = phase};
    struct smp_tool tool;

    if (!smp_tool_begin(&tool, program, argc, argv))
        return smp_tool_end(&tool);
    asked.proposed = smp_tool_option(&tool, SMP_OPT_CARE_PROPOSED) != NULL;
    tool.context = &asked;
    tool.work = add_care;
    smp_tool_choose_format(&tool, smp_tool_option(&tool, SMP_OPT_ON)
                                      ? smp_sheet_of_day
                                      : smp_sheet_of_care);
    if (!smp_tool_load(&tool) || !check_options(&tool) ||
        !smp_tool_format_options(&tool))
        return smp_tool_end(&tool);
    if (wants_sheet(&tool))
        smp_tool_put_rules(&tool, phase);
    else
        smp_tool_run(&tool);
    smp_rivals_release(&asked.rivals);
    return smp_tool_end(&tool);
}
