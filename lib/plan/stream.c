#include "plan/plan.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"

static bool
keep_rejected(struct smp_stream *stream, struct smp_lines *lines,
              const char *line, size_t n, struct smp_err *err)
{
    int more = 1;

    while (more > 0) {
        bool ends = !lines->too_long && !lines->unterminated;

        if (stream->rejects >= 0 &&
            !smp_write_all(stream->rejects, line, n + ends))
            return smp_fail_errno(err, "cannot keep a rejected line");
        more = smp_lines_rest(lines, &line, &n, err);
    }
    return more == 0;
}

static bool
take_record(struct smp_stream *stream, const struct smp_lines *lines,
            struct smp_plan *plan, const char *line, size_t n,
            struct smp_err *what)
{
    smp_plan_reset(plan);
    plan->id = "";
    plan->line = lines->number;
    if (lines->too_long)
        return smp_fail(what, "longer than 1 MiB");
    return smp_plan_parse(plan, line, n, &stream->defaults, what) &&
           stream->plan(stream->context, plan, what);
}

/* Returns true if the stream goes on. */
static bool
reject(struct smp_stream *stream, struct smp_lines *lines,
       struct smp_plan *plan, const char *line, size_t n,
       const struct smp_err *what, struct smp_err *err)
{
    if (what->system)
        return smp_fail_as(err, what);
    if (!what->failed)
        return false;
    stream->rejected_count++;
    stream->rejected(stream->context, lines->number, plan,
                     smp_buf_text(&what->text));
    return keep_rejected(stream, lines, line, n, err);
}

static bool
is_blank(const char *line, size_t n)
{
    while (n && memchr(" \t\r", *line, 3)) {
        line++;
        n--;
    }
    return !n;
}

static bool
one_record(struct smp_stream *stream, struct smp_lines *lines,
           struct smp_plan *plan, const char *line, size_t n,
           struct smp_err *err)
{
    struct smp_err what = {0};
    bool ok = true;

    stream->line_number = lines->number;
    stream->offset = lines->offset;
    stream->length = n;
    if (stream->line && !lines->too_long &&
        stream->line(stream->context, line, n)) {
        stream->read++;
        return true;
    }
    if (is_blank(line, n))
        return true;
    stream->read++;
    if (!take_record(stream, lines, plan, line, n, &what))
        ok = reject(stream, lines, plan, line, n, &what, err);
    smp_err_release(&what);
    return ok;
}

static bool
is_calendar(const char *bytes, size_t n)
{
    static const char mark[] = "\xef\xbb\xbf", begin[] = "BEGIN:VCALENDAR";
    const char *end = bytes + n;

    if (n >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0)
        bytes += sizeof mark - 1;
    while (bytes < end && strchr(" \t\r\n", *bytes))
        bytes++;
    return (size_t)(end - bytes) >= sizeof begin - 1 &&
           strncasecmp(bytes, begin, sizeof begin - 1) == 0;
}

/* Input that is no stream of plans gets one message, not one per line. */
static bool
looks_like_plans(struct smp_lines *lines, struct smp_err *err)
{
    enum { PEEK_MAX = 64 };
    const char *bytes;
    size_t n = smp_lines_peek(lines, &bytes, 1, err);

    if (err->failed)
        return false;
    if (n && bytes[0] == '<')
        return smp_fail(err, "this is a web page, not a stream of plans");
    if (n && bytes[0] == '{')
        n = smp_lines_peek(lines, &bytes, 2, err);
    else
        n = smp_lines_peek(lines, &bytes, PEEK_MAX, err);
    if (n > 1 && strchr("{[", bytes[0]) &&
        (bytes[1] == '\n' || bytes[1] == '\r'))
        return smp_fail(err, "JSON over several lines; one plan a line is "
                             "wanted (jq -c writes that)");
    if (is_calendar(bytes, n))
        return smp_fail(err, "this is a calendar, not a stream of plans "
                             "(smp-import makes plans of calendars)");
    return !err->failed;
}

static bool
has_line(const struct smp_lines *lines)
{
    size_t n = lines->end - lines->begin;

    return n && memchr(lines->buffer + lines->begin, '\n', n);
}

bool
smp_stream_run(struct smp_stream *stream, struct smp_err *err)
{
    struct smp_lines lines = {.fd = stream->fd};
    struct smp_plan plan = {0};
    const char *line;
    size_t n;
    bool ok = looks_like_plans(&lines, err);

    while (ok) {
        int got;

        if (stream->idle && !has_line(&lines) && !stream->idle(stream->context))
            break;
        got = smp_lines_next(&lines, &line, &n, err);
        if (got <= 0)
            break;
        stream->unterminated = lines.unterminated;
        ok = one_record(stream, &lines, &plan, line, n, err);
    }
    smp_plan_release(&plan);
    smp_lines_release(&lines);
    return !err->failed;
}
