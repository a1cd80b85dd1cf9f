#include "tool/format.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "html/html.h"
#include "ical/invitation.h"
#include "ical/prodid.h"
#include "text/text.h"
#include "time/civil.h"
#include "tool/tool.h"
#include "tool/options.h"
#include "tool/message.h"

/* What formats need while plans are written: each its own. */
struct smp_writer {
    smp_sheet_filler *fill;
    struct smp_sheet sheet;
    struct smp_medium medium;
    struct smp_calendar_writer calendar;
};

static void
nothing(struct smp_tool *tool)
{
    (void)tool;
}

/* The codeset of the locale's name; looking the locale up costs more. */
static bool
is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL, *codeset;
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0] && !(locale && *locale); i++)
        locale = getenv(names[i]);
    codeset = locale ? strchr(locale, '.') : NULL;
    return codeset && (strncasecmp(codeset, ".UTF-8", 6) == 0 ||
                       strncasecmp(codeset, ".utf8", 5) == 0);
}

static bool
has_color(void)
{
    const char *no_color = getenv("NO_COLOR"); /* no-color.org */
    const char *terminal = getenv("TERM");

    return !(no_color && *no_color) && terminal &&
           strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

/*
 * How text may be drawn: in ASCII if the locale is not UTF-8, in colour if
 * standard output is a terminal that has any and NO_COLOR is not set.
 */
static void
detect_terminal(struct smp_medium *medium)
{
    medium->ascii = !is_utf8();
    medium->color = has_color();
}

static void
begin_sheets(struct smp_tool *tool)
{
    tool->writer->medium.out = &tool->out;
    detect_terminal(&tool->writer->medium);
}

static bool
put_sheet(struct smp_tool *tool, struct smp_plan *plan,
          const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_writer *writer = tool->writer;

    (void)err;
    if (writer->fill(&writer->sheet, plan, protocol))
        tool->format->setter->put(&writer->medium, &writer->sheet);
    return true;
}

static void
end_sheets(struct smp_tool *tool)
{
    if (tool->format->setter->end)
        tool->format->setter->end(&tool->writer->medium);
}

static bool
put_record(struct smp_tool *tool, struct smp_plan *plan,
           const struct smp_protocol *protocol, struct smp_err *err)
{
    (void)protocol;
    (void)err;
    tool->format->print(&tool->out, plan);
    return true;
}

/* Its plans are not shown to people but mailed: a calendar a session. */
static bool
invites(const struct smp_tool *tool)
{
    return tool->writer->calendar.options.method > SMP_METHOD_PUBLISH;
}

static void
begin_calendar(struct smp_tool *tool)
{
    struct smp_calendar_writer *calendar = &tool->writer->calendar;

    calendar->out = &tool->out;
    calendar->protocol = tool->protocol;
    calendar->alone = tool->given.operand_count > 0;
    calendar->options.stamp = tool->stamp;
    calendar->options.zone = tool->zone;
    if (!invites(tool))
        smp_calendar_begin(calendar);
}

static bool
put_into_calendar(struct smp_tool *tool, struct smp_plan *plan,
                  const struct smp_protocol *protocol, struct smp_err *err)
{
    struct smp_calendar_writer *calendar = &tool->writer->calendar;

    if (!smp_can_be_mailed(plan, protocol, calendar->options.method, err))
        return false;
    if (invites(tool))
        smp_invitations_put(calendar, plan, protocol);
    else
        smp_calendar_put(calendar, plan, protocol);
    return true;
}

static void
report_no_invitation(struct smp_tool *tool)
{
    const char *id = tool->records == 1 ? smp_buf_text(&tool->last_id) : "";

    if (tool->writer->calendar.plans || tool->rejected)
        return;
    smp_message(tool->program->name, "%.*s%sno session for --method %s",
                smp_message_shown(id), id, *id ? ": " : "",
                smp_tool_option(tool, SMP_OPT_METHOD));
    tool->said_no = true;
}

static void
report_size(struct smp_tool *tool)
{
    if (tool->flushed + tool->out.len > SMP_CALENDAR_READABLE_MAX)
        smp_message(tool->program->name,
                    "the calendar is larger than 900 kB; Google Calendar and "
                    "other programs do not read it");
}

static void
end_calendar(struct smp_tool *tool)
{
    if (invites(tool)) {
        report_no_invitation(tool);
    } else {
        smp_calendar_end(&tool->writer->calendar);
        report_size(tool);
    }
}

static void
release(struct smp_tool *tool)
{
    smp_sheet_release(&tool->writer->sheet);
    smp_medium_release(&tool->writer->medium);
    smp_calendar_release(&tool->writer->calendar);
    free(tool->writer);
}

#define SHEETS(set)                                                            \
    .begin = begin_sheets, .put = put_sheet, .end = end_sheets, .setter = &(set)
#define RECORDS(function)                                                      \
    .begin = nothing, .put = put_record, .end = nothing, .print = (function)
#define CALENDAR                                                               \
    .begin = begin_calendar, .put = put_into_calendar, .end = end_calendar,    \
    .is_calendar = true

#define FORMAT(ID, LETTER, NAME, HELP, ...)                                    \
    [SMP_OPT_##ID] = {.release = release, __VA_ARGS__}

static const struct smp_format formats[] = {SMP_FORMATS(FORMAT)};

void
smp_tool_choose_format(struct smp_tool *tool, smp_sheet_filler *fill)
{
    tool->writer = smp_calloc(1, sizeof *tool->writer);
    tool->writer->fill = fill;
    tool->format = &formats[tool->given.format];
    tool->writer->sheet.page =
        tool->format->setter && tool->format->setter->page;
    tool->unique = tool->one_calendar = tool->format->is_calendar;
}

bool
smp_tool_sets_sheets(const struct smp_tool *tool)
{
    return tool->format->setter != NULL;
}

bool
smp_tool_shows_items(const struct smp_tool *tool)
{
    const struct smp_calendar_options *options =
        &tool->writer->calendar.options;

    return tool->format->print || options->by_rule || options->timed;
}

void
smp_tool_put_rules(struct smp_tool *tool, enum smp_phase phase)
{
    struct smp_writer *writer = tool->writer;

    begin_sheets(tool);
    smp_sheet_of_rules(&writer->sheet, tool->protocol, phase);
    tool->format->setter->put(&writer->medium, &writer->sheet);
    end_sheets(tool);
}

static bool
read_alarm(struct smp_tool *tool)
{
    const char *alarm = smp_tool_option(tool, SMP_OPT_ALARM);
    struct smp_calendar_options *options = &tool->writer->calendar.options;

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

/* A terminal without a cursor is likely read out, or shows a line at a time. */
static bool
is_dumb(void)
{
    const char *terminal = getenv("TERM");

    return terminal && strcmp(terminal, "dumb") == 0 && isatty(STDOUT_FILENO);
}

static bool
read_picture(struct smp_tool *tool)
{
    const char *picture = smp_tool_option(tool, SMP_OPT_PICTURE);
    bool *words = &tool->writer->medium.words;

    if (picture && tool->given.format != SMP_OPT_TEXT)
        return smp_tool_usage(tool, "--picture requires -t");
    if (!picture || strcmp(picture, "auto") == 0)
        *words = is_dumb();
    else if (strcmp(picture, "never") == 0)
        *words = true;
    else if (strcmp(picture, "always") != 0)
        return smp_tool_usage(tool, "--picture requires auto, always or never");
    return true;
}

static bool
read_by(struct smp_tool *tool)
{
    const char *by = smp_tool_option(tool, SMP_OPT_BY);

    tool->writer->calendar.options.by_rule = by && strcmp(by, "rule") == 0;
    if (by && !tool->writer->calendar.options.by_rule &&
        strcmp(by, "change") != 0)
        return smp_tool_usage(tool, "--by requires change or rule");
    return true;
}

bool
smp_tool_discretion(struct smp_tool *tool, enum smp_discretion *discretion)
{
    const char *discreet = smp_tool_option(tool, SMP_OPT_DISCREET);

    if (!discreet)
        return true;
    if (*discreet && strcmp(discreet, "full") != 0)
        return smp_tool_usage(tool, "--discreet takes no value except full");
    *discretion = *discreet ? SMP_SECRET : SMP_DISCREET;
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
    if (text && !tool->format->is_calendar)
        return smp_tool_usage(tool, "--method requires -i");
    tool->writer->calendar.options.method = (enum smp_method)method;
    tool->cancels = method == SMP_METHOD_CANCEL;
    return true;
}

bool
smp_tool_format_options(struct smp_tool *tool)
{
    struct smp_calendar_options *options = &tool->writer->calendar.options;

    options->timed = smp_tool_option(tool, SMP_OPT_TIMED) != NULL;
    options->local = smp_tool_option(tool, SMP_OPT_LOCAL) != NULL;
    options->proposed = smp_tool_option(tool, SMP_OPT_CARE_PROPOSED) != NULL;
    options->product = smp_tool_option(tool, SMP_OPT_DISCREET)
                           ? SMP_PRODID_DISCREET
                           : SMP_PRODID;
    tool->writer->sheet.proposed = options->proposed;
    return read_alarm(tool) && read_by(tool) && read_picture(tool) &&
           smp_tool_discretion(tool, &options->discretion) && read_method(tool);
}
