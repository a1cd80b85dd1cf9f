#include <string.h>

#include "time/zone.h"
#include "calendar/calendar.h"
#include "import/internal.h"

/*
 * The events of a calendar that are sessions. The client is the event's
 * attendee, by mail address; else what the first group of `client` takes from
 * the summary; else the summary. The event's UID becomes the session's ref, of
 * one of several occurrences with the time at which its rule has it
 * (UID-20261201T150000Z).
 */
struct reader {
    struct smp_import *import;
    unsigned long line; /* of the last event, and its occurrences */
    int occurrences;
    unsigned long events;
};

static void
remark(void *context, unsigned long line, const char *uid, bool dropped,
       const char *what)
{
    enum { UID_SHOWN = 200 };
    struct reader *reader = context;
    struct smp_import *import = reader->import;

    smp_imp_say(import, dropped ? SMP_SAID_REJECTED : SMP_SAID_REMARK, line,
                "%.*s%s%s", UID_SHOWN, uid, *uid ? ": " : "", what);
    if (dropped) {
        import->rejected++;
        import->gathered->unread = true;
    }
}

/* An event without any text is found by what finds any character. */
static bool
is_session(const struct smp_import *import, const struct smp_event *event)
{
    size_t i;

    for (i = 0; i < event->categories.count; i++)
        if (smp_imp_finds(import->match, event->categories.at[i], 0, NULL))
            return true;
    return smp_imp_finds(import->match, *event->summary ? event->summary : " ",
                         0, NULL);
}

static bool
find_person(struct smp_import *import, const struct smp_event *event,
            size_t *person)
{
    struct smp_gathered *gathered = import->gathered;
    const char *name = event->client_name ? event->client_name : "";
    const char *address = event->client_address ? event->client_address : "";
    struct imp_cell found;

    if (!*address && !*name) {
        found = smp_imp_client_in(import, event->summary);
        name = smp_imp_keep(gathered, found.at, found.n);
    }
    if (!*address && (!name || !*name))
        return false;
    *person = smp_imp_person(gathered, "", address, name, event->line);
    return true;
}

/* A day of 25 hours is one, too. */
static bool
is_too_long(const struct smp_event *event)
{
    return event->has_end && event->end - event->start >
                                 (event->all_day ? 25 : 24) * (int64_t)3600;
}

static bool
take_event(struct reader *reader, const struct smp_event *event,
           const char **wrong)
{
    struct smp_import *import = reader->import;
    struct imp_appointment *added;
    struct smp_buf ref = {0};
    struct smp_err err = {0};
    size_t person;

    if (event->kind != SMP_EVENT ||
        (import->has_since && event->start < import->since) ||
        !is_session(import, event))
        return true;
    import->rows++;
    *wrong = !event->understood ? "not planned with, since it is not understood"
             : is_too_long(event) ? "no session: longer than a day"
             : !find_person(import, event, &person)
                 ? "nobody's: it has neither attendee nor summary"
                 : NULL;
    if (*wrong)
        return false;
    smp_event_identity(&ref, event);
    added = smp_imp_add(import->gathered);
    added->person = person;
    added->line = event->line;
    added->start = event->start;
    added->length = event->has_end && !event->all_day
                        ? (int32_t)(event->end - event->start)
                        : 0;
    added->day =
        event->all_day
            ? event->day
            : smp_day_at(smp_zone_to_local(import->zone, event->start));
    added->all_day = event->all_day;
    added->status = event->cancelled ? SMP_CANCELLED : SMP_BOOKED;
    added->zone = event->zone_name ? smp_zones_get(import->defaults.zones,
                                                   event->zone_name, &err)
                                   : NULL;
    added->ref = smp_imp_copy(import->gathered, smp_buf_text(&ref), ref.len);
    added->sequence = event->sequence;
    added->has_created = event->has_created;
    added->created = event->created;
    smp_buf_release(&ref);
    smp_err_release(&err);
    return true;
}

static bool
take(void *context, const struct smp_event *event)
{
    struct reader *reader = context;
    const size_t before = reader->import->gathered->count;
    const char *wrong = NULL;
    bool ok = take_event(reader, event, &wrong);

    if (!ok)
        remark(reader, event->line, event->uid, true, wrong);
    if (reader->import->gathered->count > before && event->many_clients &&
        event->line != reader->line)
        remark(reader, event->line, event->uid, false,
               "several attendees: the first one is the client");
    if (reader->import->gathered->count > before && event->declined &&
        !event->cancelled)
        remark(reader, event->line, event->uid, false,
               "the client declined; the session stays until it is cancelled");
    if (event->line != reader->line)
        reader->occurrences = 0;
    reader->line = event->line;
    return ok && ++reader->occurrences <= SMP_NUMBER_MAX;
}

bool
smp_imp_read_calendar(struct smp_import *import, int fd, struct smp_err *err)
{
    struct reader reader = {.import = import};
    struct smp_calendar calendar = {
        .fd = fd,
        .zones = import->defaults.zones,
        .zone = import->zone,
        .from = import->has_since
                    ? import->since
                    : (int64_t)smp_day_of(SMP_YEAR_MIN, 1, 1) * SMP_DAY_SECONDS,
        .until = (int64_t)smp_day_of(SMP_YEAR_MAX + 1, 1, 2) * SMP_DAY_SECONDS,
        .event = take,
        .remark = remark,
        .context = &reader};

    if (!import->match) {
        smp_imp_say(import, SMP_SAID_REFUSED, 0,
                    "this is a calendar; use --match REGEX to select the "
                    "events that are sessions");
        return true;
    }
    if (!smp_calendar_read(&calendar, err))
        return false;
    if (calendar.has_floating && import->defaults.assumed)
        smp_imp_say(import, SMP_SAID_REMARK, 0,
                    "times without a time zone are read in %s, the time zone "
                    "of this machine; -z names another",
                    smp_zone_name(import->zone));
    return true;
}
