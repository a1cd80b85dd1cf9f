#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "time/zone.h"
#include "tool/tool.h"
#include "tool/message.h"

bool
smp_tool_usage(struct smp_tool *tool, const char *format, ...)
{
    struct smp_buf text = {0};
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(&text, format, args);
    va_end(args);
    smp_message(tool->program->name, "%s", smp_buf_text(&text));
    smp_buf_release(&text);
    tool->usage = true;
    return false;
}

bool
smp_tool_fail(struct smp_tool *tool, const char *what)
{
    smp_message(tool->program->name, "%s", what);
    tool->failed = true;
    return false;
}

bool
smp_tool_given(struct smp_tool *tool, struct smp_err *err)
{
    const char *what = smp_buf_text(&err->text);
    bool failed = err->failed;

    if (failed && err->system)
        smp_tool_fail(tool, what);
    else if (failed)
        smp_tool_usage(tool, "%s", what);
    smp_err_release(err);
    return !failed;
}

const char *
smp_tool_option(const struct smp_tool *tool, enum smp_option_id id)
{
    return tool->given.value[id];
}

bool
smp_tool_json(const struct smp_tool *tool)
{
    return tool->given.format == SMP_OPT_JSON;
}

const struct smp_strings *
smp_tool_options(const struct smp_tool *tool, enum smp_option_id id)
{
    return &tool->given.all[id];
}

bool
smp_tool_number(struct smp_tool *tool, enum smp_option_id id, int min, int max,
                int *number)
{
    const char *text = smp_tool_option(tool, id);
    char *end;
    long value;

    if (!text)
        return true;
    errno = 0;
    value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < min || value > max)
        return smp_tool_usage(tool, "--%s requires a number from %d to %d",
                              smp_options[id].name, min, max);
    *number = (int)value;
    return true;
}

enum { REGEX_MAX = 500 };

/* What the system's matcher takes no unreasonable time or memory for. */
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
smp_tool_regex(struct smp_tool *tool, enum smp_option_id id, regex_t *regex)
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

bool
smp_tool_day(const struct smp_tool *tool, const struct smp_zone *zone,
             const char *text, int32_t *day, struct smp_err *err)
{
    int32_t today = smp_day_at(smp_zone_to_local(zone, tool->now));

    return smp_day_parse(text, today, day, err);
}
