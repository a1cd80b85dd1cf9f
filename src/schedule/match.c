#include <string.h>

#include "base/file.h"
#include "time/zone.h"
#include "calendar/calendar.h"
#include "plan/appointments.h"
#include "plan/plan.h"
#include "schedule/schedule.h"

enum { UID_SHOWN_MAX = 200, REGEX_MAX = 500 };

static const char source[] = "<stdin>";

void
report_event(struct smp_tool *tool, const char *file, unsigned long line,
             const char *uid, bool rejected, const char *what)
{
    if (line)
        smp_message(tool->program->name, "%s:%lu: %.*s%s%s", file, line,
                    UID_SHOWN_MAX, uid, *uid ? ": " : "", what);
    else
        smp_message(tool->program->name, "%s: %s", file, what);
    tool->dropped += rejected;
}

/* What is known while a calendar becomes plans. */
struct making {
    struct smp_tool *tool;
    struct smp_appointments appointments;
    regex_t match, client;
    bool has_match, has_client;
    unsigned long line; /* of the last event, and its occurrences */
    int occurrences;
};

static void
remark(void *context, unsigned long line, const char *uid, bool dropped,
       const char *what)
{
    struct making *making = context;

    report_event(making->tool, source, line, uid, dropped, what);
}

static bool
take(void *context, const struct smp_event *event)
{
    struct making *making = context;
    const size_t before = making->appointments.count;
    struct smp_err err = {0};
    bool ok = smp_appointments_add(&making->appointments, event, &err);

    if (!ok)
        remark(making, event->line, event->uid, true, smp_buf_text(&err.text));
    smp_err_release(&err);
    if (making->appointments.count > before && event->many_clients &&
        event->line != making->line)
        remark(making, event->line, event->uid, false,
               "several attendees: the first one is the client");
    if (making->appointments.count > before && event->declined &&
        !event->cancelled)
        remark(making, event->line, event->uid, false,
               "the client declined; the session stays until it is cancelled");
    if (event->line != making->line)
        making->occurrences = 0;
    making->line = event->line;
    return ok && ++making->occurrences <= SMP_NUMBER_MAX;
}

/* Returns true if the system's matcher takes little time and memory for it. */
static bool
is_modest(const char *regex)
{
    size_t i, repetitions = 0;

    for (i = 0; regex[i]; i++) {
        repetitions += regex[i] == '{';
        if (regex[i] == '\\' && regex[i + 1] >= '1' && regex[i + 1] <= '9')
            return false;
        i += regex[i] == '\\' && regex[i + 1];
    }
    return i <= REGEX_MAX && repetitions <= 2;
}

bool
compile_option(struct smp_tool *tool, enum smp_option_id id, regex_t *regex)
{
    const char *text = smp_tool_option(tool, id);
    char what[200];
    int failed;

    if (!text)
        return false;
    if (!is_modest(text))
        return smp_tool_usage(tool,
                              "--%s: REGEX can have at most %d octets, two "
                              "repetitions {N} and no back-references",
                              smp_options[id].name, REGEX_MAX);
    failed = regcomp(regex, text, REG_EXTENDED | REG_ICASE);
    if (!failed)
        return true;
    regerror(failed, regex, what, sizeof what);
    return smp_tool_usage(tool, "--%s: %s", smp_options[id].name, what);
}

static bool
read_options(struct making *making)
{
    struct smp_appointments *appointments = &making->appointments;
    struct smp_tool *tool = making->tool;
    const char *since = smp_tool_option(tool, SMP_OPT_SINCE);
    struct smp_err err = {0};
    int32_t day = smp_day_of(SMP_YEAR_MIN, 1, 1);

    making->has_match = compile_option(tool, SMP_OPT_MATCH, &making->match);
    making->has_client = compile_option(tool, SMP_OPT_CLIENT, &making->client);
    appointments->match = &making->match;
    appointments->client = making->has_client ? &making->client : NULL;
    if (since && !smp_tool_day(tool, tool->zone, since, &day, &err))
        smp_tool_usage(tool, "--since: %s", smp_buf_text(&err.text));
    smp_err_release(&err);
    appointments->since =
        smp_zone_to_instant(tool->zone, (int64_t)day * SMP_DAY_SECONDS);
    return !tool->usage;
}

/* Rejects plans; whatever else is no calendar is reported when it is read. */
static bool
looks_like_calendar(struct smp_tool *tool, struct spool *input)
{
    struct smp_lines lines = {.fd = input->fd};
    struct smp_err err = {0};
    const char *first;
    bool plans = smp_lines_peek(&lines, &first, 1, &err) && *first == '{';

    if (err.failed || !spool_rewind(input, &err)) {
        smp_err_prefix(&err, source);
        smp_tool_fail(tool, smp_buf_text(&err.text));
    } else if (plans) {
        smp_tool_usage(
            tool, "--match requires a calendar on standard input, not plans");
    }
    smp_lines_release(&lines);
    smp_err_release(&err);
    return !tool->failed && !tool->usage;
}

static bool
read_calendar(struct making *making, const struct spool *input)
{
    struct smp_tool *tool = making->tool;
    struct smp_calendar calendar = {
        .fd = input->fd,
        .zones = &tool->zones,
        .zone = tool->zone,
        .from = making->appointments.since,
        .until = (int64_t)smp_day_of(SMP_YEAR_MAX + 1, 1, 2) * SMP_DAY_SECONDS,
        .event = take,
        .remark = remark,
        .context = making};
    struct smp_err err = {0};

    if (!smp_calendar_read(&calendar, &err)) {
        smp_err_prefix(&err, source);
        smp_tool_fail(tool, smp_buf_text(&err.text));
    } else if (calendar.has_floating && tool->defaults.assumed) {
        smp_message(tool->program->name,
                    "%s: times without a time zone are read in %s, the time "
                    "zone of this machine; -z names another",
                    source, smp_zone_name(tool->zone));
    }
    smp_err_release(&err);
    return !tool->failed;
}

static void
keep_plan(struct making *making, size_t client, struct spool *plans)
{
    struct smp_tool *tool = making->tool;
    struct smp_plan plan = {0};
    struct smp_buf line = {0};
    struct smp_err err = {0}, failure = {0};
    long long at;

    if (!smp_appointments_plan(&making->appointments, client, &tool->defaults,
                               &plan, &err)) {
        report_event(tool, source,
                     smp_appointments_line(&making->appointments, client),
                     plan.id, true, smp_buf_text(&err.text));
    } else {
        smp_plan_format(&line, &plan);
        if (!spool_add(plans, line.data, line.len, &at, &failure))
            smp_tool_fail(tool, smp_buf_text(&failure.text));
    }
    smp_err_release(&err);
    smp_err_release(&failure);
    smp_buf_release(&line);
    smp_plan_release(&plan);
}

static void
keep_plans(struct making *making, struct spool *plans)
{
    struct smp_tool *tool = making->tool;
    size_t i, clients = smp_appointments_clients(&making->appointments);
    struct smp_err err = {0};

    if (!clients && !tool->dropped) {
        smp_message(tool->program->name, "%s: no event matches --match",
                    source);
        tool->said_no = true;
    }
    spool_new(plans, &err);
    for (i = 0; i < clients && !err.failed && !tool->failed; i++)
        keep_plan(making, i, plans);
    if (!err.failed)
        spool_rewind(plans, &err);
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
}

bool
match_appointments(struct smp_tool *tool, int fd, struct spool *plans)
{
    struct making making = {.tool = tool};
    struct spool input = {.fd = -1};
    struct smp_err err = {0};

    if (read_options(&making) && !spool_take(&input, fd, &err)) {
        smp_err_prefix(&err, source);
        smp_tool_fail(tool, smp_buf_text(&err.text));
    }
    if (!tool->usage && !tool->failed && looks_like_calendar(tool, &input) &&
        read_calendar(&making, &input))
        keep_plans(&making, plans);
    if (making.has_match)
        regfree(&making.match);
    if (making.has_client)
        regfree(&making.client);
    smp_appointments_release(&making.appointments);
    spool_release(&input);
    smp_err_release(&err);
    return !tool->usage && !tool->failed;
}
