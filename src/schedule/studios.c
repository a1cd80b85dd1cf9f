#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/plan.h"
#include "schedule/schedule.h"
#include "tool/format.h"
#include "tool/options.h"
#include "tool/tool.h"
#include "tool/message.h"

bool
studios_are_shared(const struct smp_tool *tool)
{
    static const enum smp_option_id sharing[] = {
        SMP_OPT_OPEN,   SMP_OPT_BUSY,    SMP_OPT_CLOSED,
        SMP_OPT_CHAIRS, SMP_OPT_STUDIOS, SMP_OPT_FAIR};
    size_t i;

    for (i = 0; i < sizeof sharing / sizeof sharing[0]; i++)
        if (smp_tool_option(tool, sharing[i]))
            return true;
    return tool->protocol->studio.opening_hours ||
           tool->protocol->studio.chairs;
}

/* Returns true if --busy has that very file: its events take one chair. */
static bool
has_file(const struct studios *studios, int fd)
{
    size_t i;

    for (i = 0; i < studios->busy.count; i++)
        if (spool_is(&studios->busy.at[i], fd))
            return true;
    return false;
}

/* Calendars are read when it is known which days matter, once a studio; one
 * that cannot be opened ends the run now. */
static bool
open_calendars(struct smp_tool *tool, const struct studios *studios,
               enum smp_option_id id, struct spools *spools)
{
    const struct smp_strings *files = smp_tool_options(tool, id);
    struct smp_err err = {0};

    spools->at = smp_calloc(files->count + 1, sizeof *spools->at);
    while (spools->count < files->count && !err.failed) {
        struct spool *spool = &spools->at[spools->count];

        if (!spool_open(spool, files->at[spools->count], &err))
            smp_tool_fail(tool, smp_buf_text(&err.text));
        else if (id == SMP_OPT_BUSY && has_file(studios, spool->fd))
            spool_release(spool);
        spools->count++;
    }
    smp_err_release(&err);
    return !tool->failed;
}

static bool
read_open(struct smp_tool *tool, struct studios *studios)
{
    const char *open = smp_tool_option(tool, SMP_OPT_OPEN);
    struct smp_buf remark = {0};
    struct smp_err err = {0};

    if (open && smp_hours_parse(open, &studios->hours, &remark, &err))
        studios->settings.hours = &studios->hours;
    if (studios->hours.holidays && !studios->settings.has_closed)
        smp_fail(&err, "\"PH off\" requires a calendar of closed days "
                       "(--closed)");
    if (remark.len && !err.failed)
        smp_message(tool->program->name, "--open: %s", smp_buf_text(&remark));
    if (err.failed)
        smp_tool_usage(tool, "--open: %s", smp_buf_text(&err.text));
    smp_buf_release(&remark);
    smp_err_release(&err);
    return !tool->usage;
}

static bool
read_closed_match(struct smp_tool *tool, struct studios *studios)
{
    studios->has_closed_match =
        smp_tool_regex(tool, SMP_OPT_CLOSED_MATCH, &studios->closed_match);
    if (studios->has_closed_match && !studios->settings.has_closed)
        smp_tool_usage(tool, "--closed-match requires --closed");
    return !tool->usage;
}

bool
studios_read(struct smp_tool *tool, struct studios *studios)
{
    studios->settings = (struct smp_schedule_settings){
        .zones = &tool->zones,
        .now = tool->now,
        .ignores_zone = smp_tool_option(tool, SMP_OPT_TIME_ZONE) != NULL,
        .zone = tool->zone,
        .zone_assumed = tool->defaults.assumed,
        .restarts = smp_tool_option(tool, SMP_OPT_FAIR) != NULL,
        .single = tool->given.operand_count > 0,
        .has_closed = smp_tool_option(tool, SMP_OPT_CLOSED) != NULL,
    };
    return smp_tool_number(tool, SMP_OPT_CHAIRS, 1, 999,
                           &studios->settings.chairs) &&
           read_open(tool, studios) && read_closed_match(tool, studios) &&
           open_calendars(tool, studios, SMP_OPT_BUSY, &studios->busy) &&
           open_calendars(tool, studios, SMP_OPT_CLOSED, &studios->closed);
}

static bool
is_before_name(const void *studio, const void *name)
{
    return strcmp(((const struct studio *)studio)->name, name) < 0;
}

struct studio *
studios_of(struct studios *studios, struct smp_tool *tool,
           const struct smp_plan *plan, const struct smp_protocol *protocol)
{
    bool named = plan->studio && smp_tool_option(tool, SMP_OPT_STUDIOS);
    const char *name = named ? plan->studio : "";
    struct smp_schedule_settings settings = studios->settings;
    struct smp_buf remark = {0};
    size_t i = smp_first_from(studios->at, studios->count, sizeof *studios->at,
                              name, is_before_name);
    struct studio *studio;

    if (i < studios->count && strcmp(studios->at[i].name, name) == 0)
        return &studios->at[i];
    studios->at = smp_grow(studios->at, studios->count, &studios->room,
                           sizeof *studios->at);
    studio = &studios->at[i];
    memmove(studio + 1, studio, (studios->count++ - i) * sizeof *studio);
    settings.counts_chairs = *name || smp_tool_option(tool, SMP_OPT_BUSY);
    settings.whole_months = smp_tool_sets_sheets(tool);
    *studio = (struct studio){.name = smp_strdup(name)};
    studio->schedule =
        smp_schedule_new(protocol, &settings, &remark, &studio->err);
    if (remark.len)
        smp_message(tool->program->name, "%s%sstudio.openingHours: %s", name,
                    *name ? ": " : "", smp_buf_text(&remark));
    smp_buf_release(&remark);
    return studio;
}

bool
studios_have_proposals(const struct studios *studios)
{
    size_t i;

    for (i = 0; i < studios->count; i++)
        if (studios->at[i].schedule &&
            smp_schedule_has_proposals(studios->at[i].schedule))
            return true;
    return false;
}

void
studios_restart(const struct studios *studios)
{
    size_t i;

    for (i = 0; i < studios->count; i++)
        if (studios->at[i].schedule)
            smp_schedule_restart(studios->at[i].schedule);
}

/* The calendar that a remark is about. */
struct source {
    struct smp_tool *tool;
    const char *file;
    const regex_t *match;
};

static bool
matches(void *context, const char *text)
{
    const struct source *source = context;

    return regexec(source->match, text, 0, NULL, 0) == 0;
}

static void
remark(void *context, unsigned long line, const char *uid, bool rejected,
       const char *what)
{
    enum { UID_SHOWN_MAX = 200 };
    const struct source *source = context;

    if (line)
        smp_message(source->tool->program->name, "%s:%lu: %.*s%s%s",
                    source->file, line, UID_SHOWN_MAX, uid, *uid ? ": " : "",
                    what);
    else
        smp_message(source->tool->program->name, "%s: %s", source->file, what);
    source->tool->dropped += rejected;
}

static bool
read_calendar(const struct studios *studios, struct studio *studio,
              struct smp_tool *tool, bool closed, const char *file, int fd,
              struct smp_err *err)
{
    struct source source = {tool, file, &studios->closed_match};

    if (closed)
        smp_schedule_add_closed(studio->schedule, fd,
                                studios->has_closed_match ? matches : NULL,
                                remark, &source, err);
    else
        smp_schedule_add_calendar(studio->schedule, fd, remark, &source, err);
    smp_err_prefix(err, "%s", file);
    return !err->failed;
}

/* The calendar beside the studio's file, if there is one. */
static void
read_own(const struct studios *studios, struct studio *studio,
         struct smp_tool *tool)
{
    struct smp_buf file = {0};
    struct stat status;
    int fd;

    if (!*studio->name)
        return;
    smp_buf_printf(&file, "%s/%s.ics", smp_tool_option(tool, SMP_OPT_STUDIOS),
                   studio->name);
    if (lstat(smp_buf_text(&file), &status) == 0) {
        fd = smp_open(smp_buf_text(&file), &studio->err);
        if (fd >= 0 && !has_file(studios, fd))
            read_calendar(studios, studio, tool, false, smp_buf_text(&file), fd,
                          &studio->err);
        if (fd >= 0)
            close(fd);
    } else if (errno != ENOENT) {
        smp_fail_errno(&studio->err, "%s", smp_buf_text(&file));
    }
    smp_buf_release(&file);
}

static bool
read_given(struct studios *studios, struct studio *studio,
           struct smp_tool *tool, bool closed)
{
    const struct smp_strings *files =
        smp_tool_options(tool, closed ? SMP_OPT_CLOSED : SMP_OPT_BUSY);
    const struct spools *spools = closed ? &studios->closed : &studios->busy;
    struct smp_err err = {0};
    size_t i;

    for (i = 0; i < files->count && !err.failed; i++) {
        struct spool *spool = &spools->at[i];

        if (spool->fd >= 0 && (!spool_rewind(spool, &err) ||
                               !read_calendar(studios, studio, tool, closed,
                                              files->at[i], spool->fd, &err)))
            smp_tool_fail(tool, smp_buf_text(&err.text));
    }
    smp_err_release(&err);
    return !tool->failed;
}

bool
studios_read_calendars(struct studios *studios, struct smp_tool *tool)
{
    size_t i;

    for (i = 0; i < studios->count; i++) {
        struct studio *studio = &studios->at[i];

        if (!studio->schedule ||
            !smp_schedule_needs_calendars(studio->schedule))
            continue;
        if (!read_given(studios, studio, tool, true) ||
            !read_given(studios, studio, tool, false))
            return false;
        read_own(studios, studio, tool);
        if (studio->err.system)
            return smp_tool_fail(tool, smp_buf_text(&studio->err.text));
    }
    return true;
}

static void
release_spools(struct spools *spools)
{
    size_t i;

    for (i = 0; i < spools->count; i++)
        spool_release(&spools->at[i]);
    free(spools->at);
}

void
studios_release(struct studios *studios)
{
    size_t i;

    for (i = 0; i < studios->count; i++) {
        free(studios->at[i].name);
        smp_schedule_free(studios->at[i].schedule);
        smp_err_release(&studios->at[i].err);
    }
    free(studios->at);
    release_spools(&studios->busy);
    release_spools(&studios->closed);
    if (studios->has_closed_match)
        regfree(&studios->closed_match);
}
