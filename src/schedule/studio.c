#include "schedule/studio.h"

#include <stdlib.h>
#include <string.h>

bool
studios_are_shared(const struct smp_tool *tool)
{
    static const enum smp_option_id sharing[] = {SMP_OPT_OPEN, SMP_OPT_BUSY,
                                                 SMP_OPT_CHAIRS,
                                                 SMP_OPT_STUDIOS, SMP_OPT_FAIR};
    size_t i;

    for (i = 0; i < sizeof sharing / sizeof sharing[0]; i++)
        if (smp_tool_option(tool, sharing[i]))
            return true;
    return tool->protocol->studio.opening_hours ||
           tool->protocol->studio.chairs;
}

bool
studios_have_file(const struct studios *studios, int fd)
{
    size_t i;

    for (i = 0; i < studios->busy_count; i++)
        if (spool_is(&studios->busy[i], fd))
            return true;
    return false;
}

/*
 * Calendars are read when it is known which days matter, once a studio; what
 * cannot be opened ends it now.
 */
static bool
open_calendars(struct smp_tool *tool, struct studios *studios)
{
    const struct smp_strings *files = smp_tool_options(tool, SMP_OPT_BUSY);
    struct smp_err err = {0};

    studios->busy = smp_calloc(files->count + 1, sizeof *studios->busy);
    while (studios->busy_count < files->count && !err.failed) {
        const char *file = files->at[studios->busy_count];
        struct spool *spool = &studios->busy[studios->busy_count];

        if (!spool_open(spool, file, &err))
            smp_tool_fail(tool, smp_buf_text(&err.text));
        else if (studios_have_file(studios, spool->fd))
            spool_release(spool);
        studios->busy_count++;
    }
    smp_err_release(&err);
    return !tool->failed;
}

bool
studios_read(struct smp_tool *tool, struct studios *studios)
{
    const char *open = smp_tool_option(tool, SMP_OPT_OPEN);
    struct smp_err err = {0};

    if (!smp_tool_number(tool, SMP_OPT_CHAIRS, 1, 999, &studios->chairs))
        return false;
    studios->has_hours = open && smp_hours_parse(open, &studios->hours, &err);
    if (open && !studios->has_hours)
        smp_tool_usage(tool, "--open: %s", smp_buf_text(&err.text));
    smp_err_release(&err);
    return !tool->usage && open_calendars(tool, studios);
}

/* That of the studio's events, where -z says nothing else. */
static void
set_zone(struct studio *studio, struct studios *studios, struct smp_tool *tool,
         const struct smp_protocol *protocol)
{
    const char *zone = protocol->studio.time_zone;

    if (!zone || smp_tool_option(tool, SMP_OPT_TIME_ZONE))
        return;
    studio->time_zone = smp_arena_strdup(&studios->arena, zone);
    smp_zones_get(&tool->zones, zone, &studio->err);
    smp_err_prefix(&studio->err, "studio.timeZone");
}

static void
set_hours(struct studio *studio, const struct studios *studios,
          const struct smp_protocol *protocol)
{
    studio->has_hours = studios->has_hours;
    if (studios->has_hours)
        studio->hours = studios->hours;
    else if (protocol->studio.opening_hours) {
        studio->has_hours = smp_hours_parse(protocol->studio.opening_hours,
                                            &studio->hours, &studio->err);
        smp_err_prefix(&studio->err, "studio.openingHours");
    }
}

/* Where nothing says how many chairs there are, there is one as soon as there
 * are hours or calendars. */
static void
set_chairs(struct studio *studio, const struct studios *studios,
           const struct smp_tool *tool, const struct smp_protocol *protocol)
{
    studio->chairs =
        studios->chairs ? studios->chairs : protocol->studio.chairs;
    if (studio->chairs || studio->has_hours ||
        smp_tool_option(tool, SMP_OPT_BUSY) || *studio->name)
        studio->busy = smp_busy_new();
    if (!studio->chairs)
        studio->chairs = 1;
}

/* Where the name is, or belongs. */
static size_t
place_of(const struct studios *studios, const char *name)
{
    size_t low = 0, high = studios->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strcmp(studios->at[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct studio *
studios_of(struct studios *studios, struct smp_tool *tool,
           const struct smp_plan *plan, const struct smp_protocol *protocol)
{
    bool named = plan->studio && smp_tool_option(tool, SMP_OPT_STUDIOS);
    const char *name = named ? plan->studio : "";
    size_t i = place_of(studios, name);

    if (i < studios->count && strcmp(studios->at[i].name, name) == 0)
        return &studios->at[i];
    studios->at = smp_grow(studios->at, studios->count, &studios->room,
                           sizeof *studios->at);
    memmove(&studios->at[i + 1], &studios->at[i],
            (studios->count++ - i) * sizeof *studios->at);
    studios->at[i] = (struct studio){.name = smp_strdup(name)};
    set_zone(&studios->at[i], studios, tool, protocol);
    set_hours(&studios->at[i], studios, protocol);
    set_chairs(&studios->at[i], studios, tool, protocol);
    return &studios->at[i];
}

void
studios_know(struct studios *studios, struct studio *studio,
             const struct smp_plan *plan, const struct smp_session *session,
             const struct smp_protocol *protocol)
{
    int64_t end = smp_session_end(plan, session, protocol);
    const char *uid = session->uid ? session->uid : "";

    studio->known = smp_grow(studio->known, studio->known_count,
                             &studio->known_room, sizeof *studio->known);
    studio->known[studio->known_count++] = (struct known){
        .uid = smp_arena_strdup(&studios->arena, uid),
        .time = {smp_zone_to_instant(plan->zone, smp_session_start(session)),
                 smp_zone_to_instant(plan->zone, end)},
        .day = session->start.kind == SMP_DAY,
    };
}

void
studios_release(struct studios *studios)
{
    size_t i;

    for (i = 0; i < studios->count; i++) {
        free(studios->at[i].name);
        smp_err_release(&studios->at[i].err);
        smp_busy_free(studios->at[i].busy);
        free(studios->at[i].known);
    }
    free(studios->at);
    for (i = 0; i < studios->busy_count; i++)
        spool_release(&studios->busy[i]);
    free(studios->busy);
    smp_arena_release(&studios->arena);
}
