#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "helpers.h"
#include "calendar/calendar.h"
#include "time/civil.h"
#include "time/zone.h"

/* What a calendar hands on and tells, in few words. */
static bool
note_event(void *context, const struct smp_event *event)
{
    struct smp_buf *out = context;

    smp_buf_printf(out, "%s ", event->uid);
    smp_when_print(out, (struct smp_when){SMP_INSTANT, event->start});
    smp_buf_putc(out, ' ');
    smp_when_print(out, (struct smp_when){SMP_INSTANT, event->end});
    smp_buf_putc(out, '|');
    return true;
}

static void
note_remark(void *context, unsigned long line, const char *uid, bool dropped,
            const char *what)
{
    smp_buf_printf(context, "%s%lu %s: %s|", dropped ? "-" : "", line, uid,
                   what);
}

/* 0:00 of a day in a zone. */
static int64_t
instant(const struct smp_zone *zone, int year, int month, int day)
{
    return smp_zone_to_instant(zone, (int64_t)smp_day_of(year, month, day) *
                                         SMP_DAY_SECONDS);
}

static char *
read_between(const char *text, int first, int end, const char *zone)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    struct smp_err err = {0};
    struct smp_buf out = {0};
    char *name = file_of(text);
    struct smp_calendar calendar = {
        .fd = open(name, O_RDONLY),
        .zones = &zones,
        .zone = smp_zones_get(&zones, zone, &err),
        .event = note_event,
        .remark = note_remark,
        .context = &out,
    };

    calendar.from = instant(calendar.zone, first, 1, 1);
    calendar.until = instant(calendar.zone, end, 1, 1);
    smp_buf_puts(&out, "");
    assert_true(smp_calendar_read(&calendar, &err));
    close(calendar.fd);
    file_drop(name);
    smp_zones_release(&zones);
    return out.data;
}

static void
outside_the_years(void **state)
{
    static const struct {
        const char *event;
        int first, end;
        const char *zone, *found;
    } rows[] = {
        {"DTSTART:21001231T100000Z\nDURATION:PT1H", 1900, 2101, "UTC",
         "a 2100-12-31T10:00:00Z 2100-12-31T11:00:00Z|"},
        {"DTSTART;VALUE=DATE:21001231", 1900, 2101, "America/Toronto",
         "a 2100-12-31T05:00:00Z 2101-01-01T05:00:00Z|"},
        {"DTSTART:21010101T020000Z\nDURATION:PT1H", 1900, 2101,
         "America/Toronto", "a 2101-01-01T02:00:00Z 2101-01-01T03:00:00Z|"},
        {"DTSTART:21010101T020000Z\nDURATION:PT1H", 1900, 2101, "UTC",
         "-2 a: outside the years 1900 to 2100|"},
        {"DTSTART:21001231T150000Z\nDURATION:PT1H", 1900, 2101, "Asia/Tokyo",
         "-2 a: outside the years 1900 to 2100|"},
        {"DTSTART:99990101T020000Z\nRRULE:FREQ=DAILY", 1900, 2101, "UTC",
         "-2 a: outside the years 1900 to 2100|"},
        {"DTSTART:99990101T020000Z", 1900, 2101, "UTC",
         "-2 a: outside the years 1900 to 2100|"},
        {"DTSTART:99990101T020000Z", 1900, 2100, "UTC", ""},
        {"DTSTART:99990101T020000Z\nSTATUS:CANCELLED", 1900, 2101, "UTC", ""},
        {"DTSTART:16010101T020000Z\nDURATION:PT1H", 1900, 2101, "UTC",
         "-2 a: outside the years 1900 to 2100|"},
        {"DTSTART:16010101T020000Z\nDURATION:PT1H", 2026, 2101, "UTC", ""},
        {"DTSTART:18991231T230000Z\nDURATION:PT2H", 1900, 2101, "UTC",
         "a 1899-12-31T23:00:00Z 1900-01-01T01:00:00Z|"},
        {"DTSTART:16010101T020000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;"
         "UNTIL=19000102T000000Z",
         1900, 2101, "UTC", "a 1900-01-01T02:00:00Z 1900-01-01T03:00:00Z|"},
        {"DTSTART:16010101T020000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2",
         1900, 2101, "UTC", ""},
        {"DTSTART:99990101T020000Z\nDURATION:PT1H\nRDATE:20260101T000000Z",
         1900, 2101, "UTC", "a 2026-01-01T00:00:00Z 2026-01-01T01:00:00Z|"},
        {"DTSTART:20260101T000000Z\nDTEND:99991231T000000Z", 1900, 2101, "UTC",
         "a 2026-01-01T00:00:00Z 2101-01-02T00:00:00Z|"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct smp_buf text = {0};
        char *found;

        smp_buf_printf(&text,
                       "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n%s\n"
                       "END:VEVENT\nEND:VCALENDAR\n",
                       rows[i].event);
        found =
            read_between(text.data, rows[i].first, rows[i].end, rows[i].zone);
        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s: %s", rows[i].event, found);
        free(found);
        smp_buf_release(&text);
    }
}

/* So many events that each are remarked on. */
static char *
remarks_of(int count)
{
    struct smp_buf text = {0};
    char *found;

    smp_buf_puts(&text, "BEGIN:VCALENDAR\n");
    for (int i = 0; i < count; i++)
        smp_buf_puts(&text, "BEGIN:VEVENT\nDTSTART:20200101T000000Z\n"
                            "DTEND:x\nEND:VEVENT\n");
    smp_buf_puts(&text, "END:VCALENDAR\n");
    found = read_between(text.data, 2026, 2027, "UTC");
    smp_buf_release(&text);
    return found;
}

static void
remarks_that_are_not_told(void **state)
{
    static const struct {
        int count;
        const char *last;
    } rows[] = {
        {SMP_REMARKS_MAX, "counts to the end of the day|"},
        {SMP_REMARKS_MAX + 1, "|4006 : 1 more of these was not told|"},
        {SMP_REMARKS_MAX + 9, "|4038 : 9 more of these were not told|"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *found = remarks_of(rows[i].count);
        size_t length = strlen(found), want = strlen(rows[i].last);

        assert_true(length > want);
        assert_string_equal(found + length - want, rows[i].last);
        free(found);
    }
}

static void
more_zones_than_can_be_told_apart(void **state)
{
    struct smp_buf text = {0};
    const char *told;
    char *found;

    (void)state;
    smp_buf_puts(&text, "BEGIN:VCALENDAR\n");
    for (int i = 0; i < 201; i++)
        smp_buf_printf(&text,
                       "BEGIN:VEVENT\nDTSTART;TZID=Zone %d:20260601T000000\n"
                       "END:VEVENT\n",
                       i);
    smp_buf_puts(&text, "END:VCALENDAR\n");
    found = read_between(text.data, 2026, 2027, "UTC");
    told = strstr(found, "|-602 : more than 200 unknown time zones: busy");
    assert_non_null(told);
    assert_memory_equal(found, "-2 : unknown time zone \"Zone 0\"", 31);
    free(found);
    smp_buf_release(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_the_years),
        cmocka_unit_test(remarks_that_are_not_told),
        cmocka_unit_test(more_zones_than_can_be_told_apart),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
