#include "plan/plan.h"
#include "planning/planning.h"
#include "tool/tool.h"

/* Checks plans: what the loop and the table of ids find wrong. */
static bool
check_plan(struct smp_tool *tool, struct smp_plan *plan,
           const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_buf what = {0};

    (void)protocol;
    if (smp_plan_same_time(&what, plan)) {
        smp_fail(err, "%s", smp_buf_text(&what));
        tool->said_no = true;
    }
    smp_buf_release(&what);
    return !err->failed;
}

static void
check(struct smp_tool *tool)
{
    tool->unique = tool->one_calendar = true;
    tool->work = check_plan;
    if (tool->given.operand_count)
        smp_tool_usage(tool, "check takes no operand");
    else
        smp_tool_run(tool);
}

int
main(int argc, char **argv)
{
    static const char *const commands[] = {"merge", "set", "diff", "check",
                                           NULL};
    struct smp_tool tool;
    int command = -1;

    if (!smp_tool_begin(&tool, &smp_program_plan, argc, argv))
        return smp_tool_end(&tool);
    if (tool.given.operand_count) {
        command = smp_name_index(commands, tool.given.operands[0]);
        tool.given.operands++;
        tool.given.operand_count--;
    }
    if (command < 0)
        smp_tool_usage(&tool, "give a command: merge, set, diff or check");
    else if (!smp_tool_load(&tool))
        ;
    else if (command == 0)
        plan_merge(&tool);
    else if (command == 1)
        plan_set(&tool);
    else if (command == 2)
        plan_diff(&tool);
    else if (command == 3)
        check(&tool);
    return smp_tool_end(&tool);
}
