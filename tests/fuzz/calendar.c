/* Calendars of others: occurrences end after they begin, touch the window, and
 * their texts are clean. */
#include "base/utf8.h"
#include "calendar/calendar.h"
#include "door.h"

static bool
see_event(void *context, const struct smp_event *event)
{
    const struct smp_calendar *calendar = context;

    expect(event->start <= event->end && event->start < calendar->until &&
           event->end >= calendar->from);
    for (const char *c = event->summary; *c; c++)
        expect((unsigned char)*c >= 0x20);
    return true;
}

static void
see_remark(void *context, unsigned long line, const char *uid, bool dropped,
           const char *what)
{
    (void)context, (void)line, (void)dropped;
    for (const char *c = what; *c; c++)
        expect((unsigned char)*c >= 0x20);
    expect(uid != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_err err = {0};
    struct smp_calendar calendar = {
        .fd = input_file(data, size),
        .zones = &zones,
        .zone = smp_zones_get(&zones, "Europe/Paris", &err),
        .from = 1767225600,  /* 2026-01-01 */
        .until = 1830297600, /* 2028-01-01 */
        .event = see_event,
        .remark = see_remark,
    };

    calendar.context = &calendar;
    expect(smp_calendar_read(&calendar, &err) == !err.failed);
    smp_err_release(&err);
    smp_zones_release(&zones);
    return 0;
}
