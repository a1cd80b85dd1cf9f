/*
 * For tests and people: prints what smp_calendar_read hands on, an occurrence
 * or a remark a line. caldump FROM UNTIL ZONE FILE...
 * FROM and UNTIL are dates in the zone.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "calendar/calendar.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"

static void
print_time(int64_t instant)
{
    struct smp_buf text = {0};

    smp_when_print(&text, (struct smp_when){SMP_INSTANT, instant});
    printf("%s ", smp_buf_text(&text));
    smp_buf_release(&text);
}

static bool
print_event(void *context, const struct smp_event *event)
{
    (void)context;
    print_time(event->start);
    print_time(event->end);
    printf("%s%s%s%s%s%s", event->kind == SMP_FREEBUSY ? "freebusy " : "",
           event->busy ? "busy" : "free", event->all_day ? " day" : "",
           event->recurs ? " recurs" : "", event->has_end ? "" : " no-end",
           event->understood ? "" : " doubt");
    printf("%s%s%s", event->cancelled ? " cancelled" : "",
           event->declined ? " declined" : "",
           event->many_clients ? " many" : "");
    if (event->recurrence != event->start) {
        printf(" of ");
        print_time(event->recurrence);
    }
    printf(" %s [%s] %s", event->zone_name ? event->zone_name : "-", event->uid,
           event->summary);
    for (size_t i = 0; i < event->categories.count; i++)
        printf(" #%s", event->categories.at[i]);
    if (event->client_name || event->client_address)
        printf(" (%s, %s)", event->client_name ? event->client_name : "-",
               event->client_address ? event->client_address : "-");
    putchar('\n');
    return true;
}

static void
print_remark(void *context, unsigned long line, const char *uid, bool dropped,
             const char *what)
{
    (void)context;
    printf("%s %lu [%s] %s\n", dropped ? "dropped" : "remark", line, uid, what);
}

static int
dump(struct smp_calendar *calendar, const char *file)
{
    struct smp_err err = {0};
    bool ok;

    calendar->fd = strcmp(file, "-") == 0 ? dup(0) : open(file, O_RDONLY);
    ok = smp_calendar_read(calendar, &err);
    if (!ok)
        printf("error %s\n", smp_buf_text(&err.text));
    printf("%lu events, %lu dropped\n", calendar->events, calendar->dropped);
    smp_err_release(&err);
    close(calendar->fd);
    return ok && !calendar->dropped ? 0 : ok ? 3 : 4;
}

int
main(int argc, char **argv)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_calendar calendar = {
        .zones = &zones, .event = print_event, .remark = print_remark};
    struct smp_err err = {0};
    int32_t from, until;
    int status = 2;

    if (argc > 4 && smp_day_parse(argv[1], 0, &from, &err) &&
        smp_day_parse(argv[2], 0, &until, &err) &&
        (calendar.zone = smp_zones_get(&zones, argv[3], &err))) {
        calendar.from =
            smp_zone_to_instant(calendar.zone, (int64_t)from * SMP_DAY_SECONDS);
        calendar.until = smp_zone_to_instant(calendar.zone,
                                             (int64_t)until * SMP_DAY_SECONDS);
        status = 0;
        for (int i = 4; i < argc; i++) {
            int each = dump(&calendar, argv[i]);

            status = each > status ? each : status;
        }
    }
    smp_err_release(&err);
    smp_zones_release(&zones);
    return status;
}
