#include "tool/care.h"

#include <string.h>

#include "ical/prodid.h"
#include "time/civil.h"
#include "tool/terminal.h"

static bool
read_alarm(struct smp_tool *tool)
{
    const char *alarm = smp_tool_option(tool, SMP_OPT_ALARM);
    struct smp_calendar_options *options = &tool->writer.calendar.options;

    if (!alarm || strcmp(alarm, "-P1D") == 0)
        options->alarm = SMP_ALARM_SESSIONS;
    else if (strcmp(alarm, "none") == 0)
        options->alarm = SMP_ALARM_NONE;
    else if (smp_clock_parse(alarm, &options->alarm_minutes))
        options->alarm = SMP_ALARM_AT;
    else
        return smp_tool_usage(tool, "--alarm requires -P1D, HH:MM or none");
    return true;
}

static bool
read_by(struct smp_tool *tool)
{
    const char *by = smp_tool_option(tool, SMP_OPT_BY);

    tool->writer.calendar.options.by_rule = by && strcmp(by, "rule") == 0;
    if (by && !tool->writer.calendar.options.by_rule &&
        strcmp(by, "change") != 0)
        return smp_tool_usage(tool, "--by requires change or rule");
    return true;
}

bool
smp_tool_discretion(struct smp_tool *tool)
{
    const char *discreet = smp_tool_option(tool, SMP_OPT_DISCREET);

    if (!discreet)
        return true;
    if (*discreet && strcmp(discreet, "full") != 0)
        return smp_tool_usage(tool, "--discreet takes no value except full");
    tool->writer.calendar.options.discretion =
        *discreet ? SMP_SECRET : SMP_DISCREET;
    return true;
}

static bool
read_method(struct smp_tool *tool)
{
    static const char *const names[] = {"", "publish", "request", "cancel",
                                        NULL};
    const char *text = smp_tool_option(tool, SMP_OPT_METHOD);
    int method = text ? smp_name_index(names, text) : SMP_METHOD_NONE;

    if (method < 0 || (text && !*text))
        return smp_tool_usage(tool,
                              "--method requires publish, request or cancel");
    if (text && tool->given.format != SMP_OPT_ICAL)
        return smp_tool_usage(tool, "--method requires -i");
    tool->writer.calendar.options.method = (enum smp_method)method;
    if (method > SMP_METHOD_PUBLISH)
        tool->writer.renderer = &smp_write_invitations;
    return true;
}

bool
smp_tool_format(struct smp_tool *tool, const struct smp_renderer *text)
{
    struct smp_calendar_options *options = &tool->writer.calendar.options;
    enum smp_option_id format = tool->given.format;

    options->timed = smp_tool_option(tool, SMP_OPT_TIMED) != NULL;
    options->local = smp_tool_option(tool, SMP_OPT_LOCAL) != NULL;
    tool->unique = tool->one_calendar = format == SMP_OPT_ICAL;
    options->product = smp_tool_option(tool, SMP_OPT_DISCREET)
                           ? SMP_PRODID_DISCREET
                           : SMP_PRODID;
    tool->writer.renderer = format == SMP_OPT_JSON   ? &smp_write_json
                            : format == SMP_OPT_ICAL ? &smp_write_calendar
                                                     : text;
    if (tool->writer.renderer == &smp_write_series)
        smp_tool_see_terminal(tool);
    return read_alarm(tool) && read_by(tool) && smp_tool_discretion(tool) &&
           read_method(tool);
}
