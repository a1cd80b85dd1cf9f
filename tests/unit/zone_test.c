#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/utf8.h"
#include "time/tzrule.h"
#include "time/zone.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A directory for files of our own, and a set of zones that looks there. */
struct place {
    char directory[64], file[96];
    struct smp_zones zones;
    struct smp_err err;
};

static int
set_up(void **state)
{
    struct place *place = smp_calloc(1, sizeof *place);

    strcpy(place->directory, "/tmp/zone_test.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    snprintf(place->file, sizeof place->file, "%s/Test", place->directory);
    place->zones.directory = place->directory;
    *state = place;
    return 0;
}

static int
tear_down(void **state)
{
    struct place *place = *state;

    smp_zones_release(&place->zones);
    smp_err_release(&place->err);
    unlink(place->file);
    rmdir(place->directory);
    free(place);
    return 0;
}

static int
set_up_system(void **state)
{
    struct place *place = smp_calloc(1, sizeof *place);

    place->zones.directory = smp_zone_directory;
    *state = place;
    return 0;
}

static int
tear_down_system(void **state)
{
    struct place *place = *state;

    smp_zones_release(&place->zones);
    smp_err_release(&place->err);
    free(place);
    return 0;
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define SYSTEM(test)                                                           \
    cmocka_unit_test_setup_teardown(test, set_up_system, tear_down_system)

static const struct smp_zone *
get(struct place *place, const char *name)
{
    const struct smp_zone *zone =
        smp_zones_get(&place->zones, name, &place->err);

    if (!zone)
        fail_msg("%s", smp_buf_text(&place->err.text));
    return zone;
}

/* "2024-03-31 02:30:00" as seconds since 1970, on any clock */
static int64_t
seconds(const char *text)
{
    static const int before[] = {0,   31,  59,  90,  120, 151,
                                 181, 212, 243, 273, 304, 334};
    int year, month, day, hour, minute, second, leaps;

    assert_int_equal(sscanf(text, "%d-%d-%d %d:%d:%d", &year, &month, &day,
                            &hour, &minute, &second),
                     6);
    leaps = month > 2 ? year : year - 1;
    day += (year - 1970) * 365 + before[month - 1] - 1 + leaps / 4 -
           leaps / 100 + leaps / 400 - 477;
    return (int64_t)day * 86400 + hour * 3600 + minute * 60 + second;
}

/* TZif files, built octet by octet (RFC 9636 section 3) */

struct change {
    int64_t time;
    int type;
};

struct type {
    int32_t offset;
    const char *name;
};

struct image {
    int version;
    size_t changes, types;
    struct change change[4];
    struct type type[4];
    const char *footer;
};

static void
put_number(struct smp_buf *out, int64_t number, size_t octets)
{
    while (octets--)
        smp_buf_putc(out, (char)((uint64_t)number >> 8 * octets));
}

static void
put_zeros(struct smp_buf *out, size_t octets)
{
    while (octets--)
        smp_buf_putc(out, '\0');
}

static void
put_header(struct smp_buf *out, int version, size_t changes, size_t types,
           size_t characters)
{
    smp_buf_puts(out, "TZif");
    smp_buf_putc(out, (char)(version > 1 ? '0' + version : 0));
    put_zeros(out, 15 + 12);
    put_number(out, (int64_t)changes, 4);
    put_number(out, (int64_t)types, 4);
    put_number(out, (int64_t)characters, 4);
}

static void
put_names(struct smp_buf *out, const struct image *image)
{
    for (size_t i = 0; i < image->types; i++)
        smp_buf_add(out, image->type[i].name, strlen(image->type[i].name) + 1);
}

static void
put_block(struct smp_buf *out, const struct image *image, size_t time_size)
{
    struct smp_buf names = {0};
    size_t name = 0;

    put_names(&names, image);
    put_header(out, image->version, image->changes, image->types, names.len);
    for (size_t i = 0; i < image->changes; i++)
        put_number(out, image->change[i].time, time_size);
    for (size_t i = 0; i < image->changes; i++)
        put_number(out, image->change[i].type, 1);
    for (size_t i = 0; i < image->types; i++) {
        put_number(out, image->type[i].offset, 4);
        put_zeros(out, 1);
        put_number(out, (int64_t)name, 1);
        name += strlen(image->type[i].name) + 1;
    }
    smp_buf_add(out, names.data, names.len);
    smp_buf_release(&names);
}

enum { FIRST_BLOCK = 44 + 6 + 1 };

static struct smp_buf
build(const struct image *image)
{
    struct smp_buf out = {0};

    if (image->version > 1) {
        put_header(&out, image->version, 0, 1, 1);
        put_zeros(&out, 6 + 1);
        assert_int_equal(out.len, FIRST_BLOCK);
    }
    put_block(&out, image, image->version > 1 ? 8 : 4);
    if (image->version > 1)
        smp_buf_printf(&out, "\n%s\n", image->footer);
    return out;
}

static void
save(const struct place *place, const char *bytes, size_t n)
{
    FILE *file = fopen(place->file, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void
save_image(const struct place *place, const struct image *image)
{
    struct smp_buf file = build(image);

    save(place, file.data, file.len);
    smp_buf_release(&file);
}

/* The zone of the file as it is now: the set forgets what it had. */
static const struct smp_zone *
try_again(struct place *place)
{
    smp_zones_release(&place->zones);
    smp_err_clear(&place->err);
    return smp_zones_get(&place->zones, "Test", &place->err);
}

static const struct smp_zone *
get_image(struct place *place, const struct image *image)
{
    save_image(place, image);
    smp_zones_release(&place->zones);
    return get(place, "Test");
}

static const struct smp_zone *
get_footer(struct place *place, const char *footer)
{
    return get_image(place, &(struct image){.version = 3,
                                            .types = 1,
                                            .type = {{0, "LMT"}},
                                            .footer = footer});
}

static void
assert_error(struct place *place, const char *text)
{
    assert_true(place->err.failed);
    assert_string_equal(smp_buf_text(&place->err.text), text);
}

/* Local times, with the offset they are read with */

struct reading {
    const char *zone, *local;
    int32_t offset;
};

static const struct reading recorded[] = {
    {"Europe/Berlin", "1890-01-01 00:00:00", 3208},
    {"Europe/Berlin", "2024-03-31 01:59:59", 3600},
    {"Europe/Berlin", "2024-03-31 02:00:00", 3600},
    {"Europe/Berlin", "2024-03-31 02:59:59", 3600},
    {"Europe/Berlin", "2024-03-31 03:00:00", 7200},
    {"Europe/Berlin", "2024-10-27 01:59:59", 7200},
    {"Europe/Berlin", "2024-10-27 02:00:00", 7200},
    {"Europe/Berlin", "2024-10-27 02:59:59", 7200},
    {"Europe/Berlin", "2024-10-27 03:00:00", 3600},
    {"America/Toronto", "2024-03-10 02:30:00", -18000},
    {"America/Toronto", "2024-03-10 03:00:00", -14400},
    {"America/Toronto", "2024-11-03 01:30:00", -14400},
    {"America/Toronto", "2024-11-03 02:00:00", -18000},
    {"Australia/Lord_Howe", "2023-10-01 02:15:00", 37800},
    {"Australia/Lord_Howe", "2023-10-01 02:30:00", 39600},
    {"Australia/Lord_Howe", "2024-04-07 01:45:00", 39600},
    {"Australia/Lord_Howe", "2024-04-07 02:00:00", 37800},
    {"America/Havana", "2024-03-10 00:30:00", -18000},
    {"America/Havana", "2024-03-10 01:00:00", -14400},
    {"America/Havana", "2024-11-03 00:30:00", -14400},
    {"America/Havana", "2024-11-03 01:00:00", -18000},
    {"Africa/Casablanca", "2024-03-10 02:30:00", 3600},
    {"Africa/Casablanca", "2024-03-10 03:00:00", 0},
    {"Africa/Casablanca", "2024-04-14 02:30:00", 0},
    {"Africa/Casablanca", "2024-04-14 03:00:00", 3600},
    {"Asia/Gaza", "2021-03-27 00:30:00", 7200},
    {"Asia/Gaza", "2021-03-27 01:00:00", 10800},
    {"Asia/Gaza", "2021-10-29 00:30:00", 10800},
    {"Asia/Gaza", "2021-10-29 01:00:00", 7200},
    {"America/Nuuk", "2022-10-29 22:30:00", -7200},
    {"America/Nuuk", "2022-10-29 23:00:00", -10800},
    {"America/Nuuk", "2023-03-25 22:30:00", -10800},
    {"America/Nuuk", "2023-03-25 23:00:00", -7200},
    {"America/Nuuk", "2023-10-28 23:30:00", -7200},
    {"America/Nuuk", "2024-03-30 23:30:00", -7200},
    {"America/Nuuk", "2024-03-31 00:00:00", -3600},
    {"Europe/Dublin", "1910-01-01 00:00:00", -1521},
    {"Europe/Dublin", "2024-03-31 01:30:00", 0},
    {"Europe/Dublin", "2024-03-31 02:00:00", 3600},
    {"Europe/Dublin", "2024-10-27 01:30:00", 3600},
    {"Europe/Dublin", "2024-10-27 02:00:00", 0},
    /* The day that was left out, and the one that came twice. */
    {"Pacific/Apia", "2011-12-30 12:00:00", -36000},
    {"Pacific/Kwajalein", "1969-09-30 12:00:00", 39600},
};

/* The zone is a footer here: what holds after the last transition. */
static const struct reading by_rule[] = {
    {"UTC0", "2050-06-01 00:00:00", 0},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-03-27 02:30:00", 3600},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-03-27 03:00:00", 7200},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-10-30 02:30:00", 7200},
    {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-10-30 03:00:00", 3600},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26 01:59:59", 7200},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26 02:30:00", 7200},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26 03:00:00", 10800},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-10-29 01:30:00", 10800},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-10-29 02:00:00", 7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-26 23:30:00", -7200},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27 00:00:00", -3600},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-10-29 23:30:00", -3600},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-10-30 00:00:00", -7200},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-03-27 01:30:00", 0},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-03-27 02:00:00", 3600},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-10-30 01:30:00", 3600},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-10-30 02:00:00", 0},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-10-02 02:15:00", 37800},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-10-02 02:30:00", 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2051-04-02 01:45:00", 39600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2051-04-02 02:00:00", 37800},
    {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-09-04 00:30:00", -14400},
    {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-09-04 01:00:00", -10800},
    {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-04-02 23:30:00", -10800},
    {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-04-03 00:00:00", -14400},
    {"IST-2IDT,M3.4.4/26,M10.5.0", "2050-03-25 02:30:00", 7200},
    {"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "2050-03-27 02:59:59", 0},
    {"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "2050-03-27 03:00:00", 7200},
    {"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "2050-10-30 02:59:59", 7200},
    {"AAA1:02:03BBB-0:0:1,J60/0,J300/0", "2050-01-01 00:00:00", -3723},
    {"AAA1:02:03BBB-0:0:1,J60/0,J300/0", "2050-07-01 00:00:00", 1},
    /* J60 is 1 March in any year, 59 is 29 February where there is one. */
    {"AAA0BBB,J60/0,J300/0", "2048-02-29 23:59:59", 0},
    {"AAA0BBB,J60/0,J300/0", "2048-03-01 01:00:00", 3600},
    {"AAA0BBB,J59/0,J300/0", "2048-02-28 01:00:00", 3600},
    {"AAA0BBB,59/0,299/0", "2048-02-28 23:59:59", 0},
    {"AAA0BBB,59/0,299/0", "2048-02-29 01:00:00", 3600},
    {"AAA0BBB,59/0,299/0", "2049-03-01 00:30:00", 0},
    {"AAA0BBB,59/0,299/0", "2049-03-01 01:00:00", 3600},
    /* Changes that leave their year. */
    {"AAA0BBB,J365/48,J100", "2050-01-01 23:59:59", 0},
    {"AAA0BBB,J365/48,J100", "2050-01-02 01:00:00", 3600},
    {"AAA0BBB,J1/-48,J100", "2049-12-29 23:59:59", 0},
    {"AAA0BBB,J1/-48,J100", "2049-12-30 01:00:00", 3600},
    /* Daylight saving time all year, in three ways. */
    {"XXX3EDT4,0/0,J365/23", "2050-01-01 00:00:00", -14400},
    {"XXX3EDT4,0/0,J365/23", "2050-12-31 23:59:59", -14400},
    {"EST5EDT,0/0,J365/25", "2050-01-01 00:00:00", -14400},
    {"EST5EDT,0/0,J365/25", "2050-12-31 23:59:59", -14400},
    {"AAA0BBB,0/0,0/1", "2050-07-01 00:00:00", 3600},
    /* Century years: 2100 has no 29 February, 2400 has one. */
    {"AAA0BBB,59/0,299/0", "2100-03-01 01:00:00", 3600},
    {"AAA0BBB,59/0,299/0", "2400-02-29 01:00:00", 3600},
    {"AAA0BBB,M2.5.4/0,M10.5.0", "2024-02-29 01:00:00", 3600},
    {"AAA0BBB,M2.5.4/0,M10.5.0", "2024-02-28 23:59:59", 0},
    {"AAA0BBB,M2.5.0/0,M12.5.5/0", "2100-02-28 01:00:00", 3600},
    {"AAA0BBB,M2.5.0/0,M12.5.5/0", "2100-12-30 23:59:59", 3600},
    {"AAA0BBB,M2.5.0/0,M12.5.5/0", "2100-12-31 00:00:00", 0},
};

static void
assert_reading(const struct smp_zone *zone, const struct reading *row)
{
    int64_t local = seconds(row->local);
    int64_t offset = local - smp_zone_to_instant(zone, local);

    if (offset != row->offset)
        fail_msg("%s %s: %d, not %d", row->zone, row->local, (int)offset,
                 (int)row->offset);
}

static void
reads_local_times(void **state)
{
    struct place *place = *state;

    for (size_t i = 0; i < COUNT(recorded); i++)
        assert_reading(get(place, recorded[i].zone), &recorded[i]);
}

static void
reads_local_times_by_rule(void **state)
{
    for (size_t i = 0; i < COUNT(by_rule); i++)
        assert_reading(get_footer(*state, by_rule[i].zone), &by_rule[i]);
}

/* Instants */

static const struct reading instants[] = {
    {"Europe/Berlin", "1893-03-31 23:06:31", 3208},
    {"Europe/Berlin", "1893-03-31 23:06:32", 3600},
    {"Europe/Berlin", "2024-03-31 00:59:59", 3600},
    {"Europe/Berlin", "2024-03-31 01:00:00", 7200},
    {"Europe/Berlin", "2024-10-27 00:59:59", 7200},
    {"Europe/Berlin", "2024-10-27 01:00:00", 3600},
    {"America/Havana", "2024-03-10 04:59:59", -18000},
    {"America/Havana", "2024-03-10 05:00:00", -14400},
    {"Africa/Casablanca", "2024-03-10 01:59:59", 3600},
    {"Africa/Casablanca", "2024-03-10 02:00:00", 0},
    {"Europe/Dublin", "2024-03-31 00:59:59", 0},
    {"Europe/Dublin", "2024-03-31 01:00:00", 3600},
    {"Etc/UTC", "1900-01-01 00:00:00", 0},
};

static void
gives_offsets_of_instants(void **state)
{
    for (size_t i = 0; i < COUNT(instants); i++) {
        const struct smp_zone *zone = get(*state, instants[i].zone);
        int64_t instant = seconds(instants[i].local);

        assert_int_equal(smp_zone_offset(zone, instant), instants[i].offset);
        assert_int_equal(smp_zone_to_local(zone, instant),
                         instant + instants[i].offset);
    }
}

static void
keeps_to_the_ends_of_time(void **state)
{
    const struct smp_zone *zone = get(*state, "Europe/Berlin");
    int64_t when;

    assert_int_equal(smp_zone_offset(zone, INT64_MIN), 3208);
    assert_int_equal(smp_zone_to_local(zone, INT64_MAX), INT64_MAX);
    assert_int_equal(smp_zone_to_instant(zone, INT64_MIN), INT64_MIN);
    assert_true(smp_zone_to_instant(zone, INT64_MAX) >= INT64_MAX - 7200);
    assert_true(smp_zone_next_change(zone, INT64_MIN, INT64_MAX, &when));
    assert_int_equal(when, seconds("1893-03-31 23:06:32"));
    assert_false(smp_zone_next_change(zone, INT64_MAX, INT64_MAX, &when));
    assert_false(smp_zone_next_change(zone, INT64_MIN, INT64_MIN, &when));
}

/* Changes */

static void
assert_next(const struct smp_zone *zone, const char *from, const char *when)
{
    int64_t got = 0, until = seconds(when);

    assert_true(smp_zone_next_change(zone, seconds(from), until, &got));
    assert_int_equal(got, until);
    assert_false(smp_zone_next_change(zone, seconds(from), until - 1, &got));
}

static void
finds_the_next_change(void **state)
{
    const struct smp_zone *berlin = get(*state, "Europe/Berlin");
    int64_t when;

    assert_next(berlin, "2024-01-01 00:00:00", "2024-03-31 01:00:00");
    assert_next(berlin, "2024-03-31 01:00:00", "2024-03-31 01:00:00");
    assert_next(berlin, "2024-03-31 01:00:01", "2024-10-27 01:00:00");
    /* In 2023 its standard time changed, not its clocks. */
    assert_next(get(*state, "America/Nuuk"), "2023-03-26 01:00:01",
                "2024-03-31 01:00:00");
    assert_false(smp_zone_next_change(get(*state, "Etc/UTC"), INT64_MIN,
                                      INT64_MAX, &when));
    assert_false(
        smp_zone_next_change(get(*state, "Asia/Tokyo"), 0, INT64_MAX, &when));
}

static void
finds_the_next_change_by_rule(void **state)
{
    const struct smp_zone *zone = get_footer(*state, "AAA0BBB,J365/48,J100/0");
    int64_t when;

    assert_next(zone, "2050-01-01 00:00:00", "2050-01-02 00:00:00");
    assert_next(zone, "2050-01-02 00:00:00", "2050-01-02 00:00:00");
    assert_next(zone, "2050-01-02 00:00:01", "2050-04-09 23:00:00");
    assert_next(zone, "2050-04-09 23:00:01", "2051-01-02 00:00:00");
    /* Only a leap year has a day between these two. */
    zone = get_footer(*state, "AAA0BBB,0/0,365/1");
    assert_next(zone, "2097-01-02 00:00:00", "2104-12-31 00:00:00");
    zone = get_footer(*state, "EST5EDT,0/0,J365/25");
    assert_false(smp_zone_next_change(zone, 0, INT64_MAX, &when));
    zone = get_footer(*state, "AAA0BBB0,M3.1.0,M10.1.0");
    assert_false(smp_zone_next_change(zone, 0, INT64_MAX, &when));
}

static void
changes_are_where_offsets_differ(void **state)
{
    const struct smp_zone *zone = get(*state, "Asia/Gaza");
    int64_t end = seconds("2100-01-01 00:00:00"), when;

    for (int64_t from = INT64_MIN; from < end; from = when + 1) {
        if (!smp_zone_next_change(zone, from, end, &when))
            break;
        assert_int_not_equal(smp_zone_offset(zone, when - 1),
                             smp_zone_offset(zone, when));
        if (from > INT64_MIN)
            assert_int_equal(smp_zone_offset(zone, from),
                             smp_zone_offset(zone, when - 1));
    }
}

/* Rules */

static const char *const well_formed[] = {
    "UTC0",
    "<-00>0",
    "<+0330>-3:30",
    "ABCDEFGHIJKLMNO+24:59:59",
    "EST5EDT4:00:00,M3.2.0/-167,J365/167:59:59",
    "EST5EDT,M03.2.0,0/0",
};

static const char *const malformed[] = {
    "",
    " UTC0",
    ":UTC0",
    "UT0",
    "UTC",
    "UTC25",
    "UTC000",
    "UTC0:60",
    "UTC0:00:60",
    "UTC0:",
    "UTC--1",
    "UTC0 ",
    "<UTC0",
    "<U T>0",
    "<>0",
    "<UT>0",
    "U1C0",
    "ABCDEFGHIJKLMNOP0",
    "<ABCDEFGHIJKLMNOP>0",
    "EST5EDT",
    "EST5ED,M3.2.0,M11.1.0",
    "EST5,M3.2.0,M11.1.0",
    "EST5EDT,M3.2.0",
    "EST5EDT,M3.2.0,",
    "EST5EDT,,M11.1.0",
    "EST5EDT,M3.2.0,M11.1.0,",
    "EST5EDT,M0.2.0,M11.1.0",
    "EST5EDT,M13.2.0,M11.1.0",
    "EST5EDT,M3.0.0,M11.1.0",
    "EST5EDT,M3.6.0,M11.1.0",
    "EST5EDT,M3.2.7,M11.1.0",
    "EST5EDT,M3.2,M11.1.0",
    "EST5EDT,J0,M11.1.0",
    "EST5EDT,J366,M11.1.0",
    "EST5EDT,366,M11.1.0",
    "EST5EDT,-1,M11.1.0",
    "EST5EDT,99999999999,M11.1.0",
    "EST5EDT,M3.2.0/168,M11.1.0",
    "EST5EDT,M3.2.0/-168,M11.1.0",
    "EST5EDT,M3.2.0/,M11.1.0",
    "EST5EDT,M3.2.0/2:,M11.1.0",
    "EST5EDT4x,M3.2.0,M11.1.0",
};

static void
tells_rules_from_other_text(void **state)
{
    struct smp_zone_rule rule;

    (void)state;
    for (size_t i = 0; i < COUNT(well_formed); i++)
        if (!smp_tzrule_read(&rule, well_formed[i], strlen(well_formed[i])))
            fail_msg("refused: %s", well_formed[i]);
    for (size_t i = 0; i < COUNT(malformed); i++)
        if (smp_tzrule_read(&rule, malformed[i], strlen(malformed[i])))
            fail_msg("accepted: %s", malformed[i]);
    assert_false(smp_tzrule_read(&rule, "UTC0", 3));
    assert_false(smp_tzrule_read(&rule, "UTC0", 5));
    assert_false(smp_tzrule_read(&rule, "UT\0C0", 5));
}

static void
hands_over_the_rule(void **state)
{
    const struct smp_zone_rule *rule = smp_zone_rule(
        get_footer(*state, "<-02>2<-01>0:30,M3.5.0/-1:00:30,J60"));

    assert_true(rule->changes);
    assert_int_equal(rule->standard, -7200);
    assert_int_equal(rule->daylight, -1800);
    assert_string_equal(rule->standard_name, "-02");
    assert_string_equal(rule->daylight_name, "-01");
    assert_int_equal(rule->to_daylight.kind, SMP_DAY_OF_MONTH);
    assert_int_equal(rule->to_daylight.month, 3);
    assert_int_equal(rule->to_daylight.week, 5);
    assert_int_equal(rule->to_daylight.weekday, 0);
    assert_int_equal(rule->to_daylight.time, -3630);
    assert_int_equal(rule->to_standard.kind, SMP_DAY_JULIAN);
    assert_int_equal(rule->to_standard.day, 60);
    assert_int_equal(rule->to_standard.time, 7200);
}

/* Files */

static const struct image berlin = {
    .version = 2,
    .changes = 2,
    .types = 2,
    .change = {{0, 1}, {1000, 0}},
    .type = {{3600, "CET"}, {7200, "CEST"}},
    .footer = "CET-1",
};

static void
assert_lasts(struct place *place, const struct image *image)
{
    const struct smp_zone *zone = get_image(place, image);
    const struct smp_zone_rule *rule = smp_zone_rule(zone);

    assert_int_equal(smp_zone_offset(zone, -1), 3600);
    assert_int_equal(smp_zone_offset(zone, 0), 7200);
    assert_int_equal(smp_zone_offset(zone, 999), 7200);
    assert_int_equal(smp_zone_offset(zone, 1000), 3600);
    assert_int_equal(smp_zone_offset(zone, 100000000000), 3600);
    assert_false(rule->changes);
    assert_int_equal(rule->standard, 3600);
    assert_string_equal(rule->standard_name, "CET");
}

static void
reads_every_version(void **state)
{
    struct image image = berlin;

    for (image.version = 1; image.version <= 4; image.version++)
        assert_lasts(*state, &image);
}

static void
does_without_a_footer(void **state)
{
    struct image image = berlin;

    image.footer = "";
    assert_lasts(*state, &image);
    image.changes = 0;
    assert_int_equal(smp_zone_offset(get_image(*state, &image), 500), 3600);
    image.type[0].name = "C T";
    save_image(*state, &image);
    assert_null(try_again(*state));
    assert_error(*state, "cannot read time zone \"Test\": an abbreviation that "
                         "is not well formed");
}

static void
ignores_what_follows(void **state)
{
    struct smp_buf file = build(&berlin);

    smp_buf_puts(&file, "more");
    save(*state, file.data, file.len);
    assert_non_null(try_again(*state));
    smp_buf_release(&file);
}

/* As in the compact file of America/Ojinaga; see join_rule. */
static void
keeps_the_last_type_until_the_rule_changes(void **state)
{
    struct image image = {.version = 2,
                          .changes = 1,
                          .types = 2,
                          .change = {{seconds("2022-10-30 08:00:00"), 1}},
                          .type = {{-18000, "CDT"}, {-21600, "CST"}},
                          .footer = "CST6CDT,M3.2.0,M11.1.0"};
    const struct smp_zone *zone = get_image(*state, &image);
    static const struct reading rows[] = {
        {"compact", "2022-10-30 02:30:00", -18000},
        {"compact", "2022-10-30 03:00:00", -21600},
        {"compact", "2022-11-06 01:30:00", -21600},
        {"compact", "2022-11-06 02:00:00", -21600},
        {"compact", "2023-03-12 03:00:00", -18000},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_reading(zone, &rows[i]);
    assert_int_equal(smp_zone_offset(zone, seconds("2022-11-01 00:00:00")),
                     -21600);
    assert_next(zone, "2022-10-30 08:00:01", "2023-03-12 08:00:00");
}

/* As in the compact file of America/Nuuk: standard time became -02. */
static void
does_not_look_behind_the_last_transition(void **state)
{
    struct image image = {
        .version = 3,
        .changes = 2,
        .types = 2,
        .change = {{seconds("2023-03-26 01:00:00"), 1},
                   {seconds("2023-10-29 01:00:00"), 1}},
        .type = {{-10800, "-03"}, {-7200, "-02"}},
        .footer = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
    };
    const struct smp_zone *zone = get_image(*state, &image);
    static const struct reading rows[] = {
        {"compact", "2023-10-28 22:59:59", -7200},
        {"compact", "2023-10-28 23:00:01", -7200},
        {"compact", "2023-10-29 00:00:00", -7200},
        {"compact", "2024-03-31 00:00:00", -3600},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_reading(zone, &rows[i]);
}

static void
refuses_every_file_cut_short(void **state)
{
    struct image image = berlin;

    for (image.version = 1; image.version <= 2; image.version++) {
        struct smp_buf file = build(&image);

        for (size_t n = 0; n < file.len; n++) {
            save(*state, file.data, n);
            if (try_again(*state))
                fail_msg("version %d, cut at %zu", image.version, n);
        }
        smp_buf_release(&file);
    }
}

static void
probe(const struct smp_zone *zone)
{
    static const int64_t times[] = {INT64_MIN, -1, 0, 500, 1 << 30, INT64_MAX};
    int64_t when;

    for (size_t i = 0; i < COUNT(times); i++) {
        smp_zone_offset(zone, times[i]);
        smp_zone_to_instant(zone, times[i]);
        smp_zone_next_change(zone, times[i], INT64_MAX, &when);
    }
}

static void
survives_every_octet_changed(void **state)
{
    static const unsigned char changes[] = {0x01, 0x80, 0xff, 0x7f};
    struct place *place = *state;
    struct smp_buf file = build(&berlin);

    for (size_t i = 0; i < file.len * COUNT(changes); i++) {
        char *octet = file.data + i / COUNT(changes), before = *octet;
        const struct smp_zone *zone;

        *octet = (char)(before ^ changes[i % COUNT(changes)]);
        save(place, file.data, file.len);
        zone = try_again(place);
        assert_int_equal(!zone, place->err.failed);
        if (zone)
            probe(zone);
        *octet = before;
    }
    smp_buf_release(&file);
}

/* Places in the second block of `berlin` */
enum {
    SECOND_COUNTS = FIRST_BLOCK + 20,
    SECOND_TIMES = FIRST_BLOCK + 44,
    SECOND_INDICES = SECOND_TIMES + 2 * 8,
    SECOND_TYPES = SECOND_INDICES + 2,
    SECOND_NAMES = SECOND_TYPES + 2 * 6
};

static const struct {
    size_t at, n;
    const char *octets, *why;
} damages[] = {
    {0, 1, "t", "not a TZif file"},
    {4, 1, "1", "a version of TZif that is not known"},
    {4, 1, "5", "a version of TZif that is not known"},
    {32, 4, "\xff\xff\xff\xff", "it is cut short"},
    {FIRST_BLOCK, 1, "t", "not a TZif file"},
    {FIRST_BLOCK + 4, 1, "9", "a version of TZif that is not known"},
    {SECOND_COUNTS + 3, 1, "\1", "counts that do not fit"},
    {SECOND_COUNTS + 7, 1, "\1", "counts that do not fit"},
    {SECOND_COUNTS + 11, 1, "\1", "it counts leap seconds"},
    {SECOND_COUNTS + 12, 4, "\xff\xff\xff\xff", "it is cut short"},
    {SECOND_COUNTS + 16, 4, "\0\0\0\0", "counts that do not fit"},
    {SECOND_COUNTS + 16, 4, "\0\0\1\1", "counts that do not fit"},
    {SECOND_COUNTS + 20, 4, "\0\0\0\0", "counts that do not fit"},
    {SECOND_COUNTS + 20, 4, "\xff\xff\xff\xff", "it is cut short"},
    {SECOND_TIMES + 14, 2, "\0\0", "transitions that are out of order"},
    {SECOND_TIMES + 8, 1, "\x80", "transitions that are out of order"},
    {SECOND_INDICES, 1, "\2", "a transition to a type that is not there"},
    {SECOND_TYPES, 4, "\0\1\x6d\xa0", "an offset of more than a day"},
    {SECOND_TYPES, 4, "\x80\0\0\0", "an offset of more than a day"},
    {SECOND_TYPES + 4, 1, "\2", "a local time type that is damaged"},
    {SECOND_TYPES + 5, 1, "\x09", "a local time type that is damaged"},
    {SECOND_NAMES + 8, 1, "x", "an abbreviation without an end"},
    {SECOND_NAMES + 9, 1, "x", "its footer is cut short"},
    {SECOND_NAMES + 14, 1, "2", "its footer contradicts its last transition"},
    {SECOND_NAMES + 14, 1, "x", "its footer is not well formed"},
    {SECOND_NAMES + 15, 1, "0", "its footer is cut short"},
};

static void
says_what_is_damaged(void **state)
{
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct smp_buf file = build(&berlin), text = {0};

        assert_true(damages[i].at + damages[i].n <= file.len);
        memcpy(file.data + damages[i].at, damages[i].octets, damages[i].n);
        save(*state, file.data, file.len);
        assert_null(try_again(*state));
        smp_buf_printf(&text, "cannot read time zone \"Test\": %s",
                       damages[i].why);
        assert_error(*state, smp_buf_text(&text));
        smp_buf_release(&text);
        smp_buf_release(&file);
    }
}

static void
refuses_a_large_file(void **state)
{
    struct place *place = *state;
    struct smp_buf file = build(&berlin);

    smp_buf_spaces(&file, 256 * 1024);
    save(place, file.data, file.len);
    assert_null(try_again(place));
    assert_non_null(strstr(smp_buf_text(&place->err.text), "larger than"));
    smp_buf_release(&file);
}

/* Names */

static const char *const unknown[] = {
    "",
    " ",
    ".",
    "..",
    "/",
    "../../etc/passwd",
    "/etc/passwd",
    "Europe/../../../../etc/passwd",
    "/posixrules",
    "posixrules/",
    "posixrules//",
    "./posixrules",
    "Europe",
    "Europe/",
    "Europe//Berlin",
    "/Europe/Berlin",
    "Europe/Berlin/",
    "Europe/Berlin/x",
    "Europe/Berlin ",
    "Europe\\Berlin",
    "Europe/Atlantis",
    "tzdata.zi",
    "posix/America/Argentina/Ushuaia",
    "+1",
    "1Europe",
    "_Europe",
    "Europe/B\xc3\xa9rlin",
    "Europe/%s",
    "~root",
};

static void
refuses_names(void **state)
{
    struct place *place = *state;

    for (size_t i = 0; i < COUNT(unknown); i++) {
        struct smp_buf text = {0};

        smp_err_clear(&place->err);
        assert_null(smp_zones_get(&place->zones, unknown[i], &place->err));
        smp_buf_printf(&text, "unknown time zone: \"%s\"", unknown[i]);
        assert_error(place, smp_buf_text(&text));
        smp_buf_release(&text);
    }
    smp_err_clear(&place->err);
    assert_null(smp_zones_get(&place->zones, "A\nB\x1b[1m", &place->err));
    assert_error(place, "unknown time zone: \"A B [1m\"");
}

static void
refuses_names_of_files_that_exist(void **state)
{
    static const char *const names[] = {"1st", "-x", "_x", "a.b", "a b"};
    struct place *place = *state;

    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(place->file, sizeof place->file, "%s/%s", place->directory,
                 names[i]);
        save_image(place, &berlin);
        assert_null(smp_zones_get(&place->zones, names[i], &place->err));
        assert_int_equal(unlink(place->file), 0);
    }
}

static void
refuses_long_names(void **state)
{
    struct place *place = *state;
    char name[301];

    memset(name, 'a', 300);
    name[300] = '\0';
    assert_null(smp_zones_get(&place->zones, name, &place->err));
    assert_memory_equal(smp_buf_text(&place->err.text),
                        "unknown time zone: ", 19);
}

static void
refuses_what_is_no_file(void **state)
{
    struct place *place = *state;

    assert_int_equal(mkfifo(place->file, 0600), 0);
    assert_null(try_again(place));
    assert_error(place, "unknown time zone: \"Test\"");
}

static void
keeps_the_first_error(void **state)
{
    struct place *place = *state;

    smp_fail(&place->err, "first");
    assert_null(smp_zones_get(&place->zones, "Nowhere", &place->err));
    assert_error(place, "first");
    save_image(place, &berlin);
    assert_non_null(smp_zones_get(&place->zones, "Test", &place->err));
}

static void
reads_each_zone_once(void **state)
{
    static const char *const names[] = {"Europe/Berlin", "Asia/Gaza",
                                        "America/Argentina/Ushuaia", "Etc/UTC"};
    const struct smp_zone *zones[COUNT(names)];

    for (size_t i = 0; i < COUNT(names); i++)
        zones[i] = get(*state, names[i]);
    for (size_t i = 0; i < 3 * COUNT(names); i++) {
        size_t which = i * 3 % COUNT(names);

        assert_ptr_equal(get(*state, names[which]), zones[which]);
        assert_string_equal(smp_zone_name(zones[which]), names[which]);
    }
}

/* tzdata.zi of a directory with the file Test, as zic(8) reads it. */
static void
save_links(struct place *place, const char *text)
{
    char name[96];

    save_image(place, &berlin);
    snprintf(name, sizeof name, "%s", place->file);
    snprintf(place->file, sizeof place->file, "%s/tzdata.zi", place->directory);
    save(place, text, strlen(text));
    memcpy(place->file, name, sizeof name);
}

static void
remove_links(struct place *place)
{
    char name[96];

    snprintf(name, sizeof name, "%s/tzdata.zi", place->directory);
    assert_int_equal(unlink(name), 0);
}

static void
follows_links_to_files(void **state)
{
    static const char *const names[] = {
        "US/Eastern", "Old", "Older", "Last", "posix/Test", "posix/US/Eastern"};
    struct place *place = *state;

    save_links(place, "# version 2026f\nR d 1916 o - Jun 14 23s 1 S\n"
                      "L Test US/Eastern\n"
                      "L  US/Eastern\tOld\n"
                      "L Old Older\n\n"
                      "L Test Last");
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct smp_zone *zone = get(place, names[i]);

        assert_string_equal(smp_zone_name(zone), names[i]);
        assert_int_equal(smp_zone_hash(zone),
                         smp_zone_hash(get(place, "Test")));
        assert_ptr_equal(get(place, names[i]), zone);
    }
    remove_links(place);
}

static void
prefers_a_file_to_a_link(void **state)
{
    struct place *place = *state;

    save_links(place, "L Nowhere Test\n");
    assert_non_null(get(place, "Test"));
    remove_links(place);
}

static void
refuses_links_to_no_file(void **state)
{
    static const char *const names[] = {
        "One",  "Two", "Out", "Root", "Up",   "Far",       "Nowhere",
        "Zone", "L",   "Id",  "a.b",  "Here", "posix/Here"};
    struct place *place = *state;

    save_links(place, "L Two One\nL One Two\nL ../Test Out\n"
                      "L /etc/passwd Root\nL .. Up\nL Nowhere Far\n"
                      "L Test a.b\nL localtime Here\nL Test localtime\n"
                      "Z Test Zone\nL Test\nL\nR Test Id\n");
    for (size_t i = 0; i < COUNT(names); i++) {
        struct smp_buf text = {0};

        smp_err_clear(&place->err);
        assert_null(smp_zones_get(&place->zones, names[i], &place->err));
        smp_buf_printf(&text, "unknown time zone: \"%s\"", names[i]);
        assert_error(place, smp_buf_text(&text));
        smp_buf_release(&text);
    }
    remove_links(place);
}

static void
says_that_links_cannot_be_read(void **state)
{
    struct place *place = *state;
    char name[96];
    struct smp_buf text = {0};

    save_links(place, "L Test US/Eastern\n");
    snprintf(name, sizeof name, "%s/tzdata.zi", place->directory);
    assert_int_equal(truncate(name, 2 * 1024 * 1024), 0);
    assert_null(smp_zones_get(&place->zones, "US/Eastern", &place->err));
    smp_buf_printf(&text, "cannot read time zone \"US/Eastern\": %s: ", name);
    assert_memory_equal(smp_buf_text(&place->err.text), smp_buf_text(&text),
                        text.len);
    smp_buf_release(&text);
    remove_links(place);
    smp_err_clear(&place->err);
    assert_int_equal(mkfifo(name, 0600), 0);
    assert_null(smp_zones_get(&place->zones, "US/Eastern", &place->err));
    assert_error(place, "unknown time zone: \"US/Eastern\"");
    remove_links(place);
}

static const struct CMUnitTest tests[] = {
    SYSTEM(reads_local_times),
    HERE(reads_local_times_by_rule),
    SYSTEM(gives_offsets_of_instants),
    SYSTEM(keeps_to_the_ends_of_time),
    SYSTEM(finds_the_next_change),
    HERE(finds_the_next_change_by_rule),
    SYSTEM(changes_are_where_offsets_differ),
    cmocka_unit_test(tells_rules_from_other_text),
    HERE(hands_over_the_rule),
    HERE(reads_every_version),
    HERE(does_without_a_footer),
    HERE(ignores_what_follows),
    HERE(keeps_the_last_type_until_the_rule_changes),
    HERE(does_not_look_behind_the_last_transition),
    HERE(refuses_every_file_cut_short),
    HERE(survives_every_octet_changed),
    HERE(says_what_is_damaged),
    HERE(refuses_a_large_file),
    SYSTEM(refuses_names),
    HERE(refuses_names_of_files_that_exist),
    SYSTEM(refuses_long_names),
    HERE(refuses_what_is_no_file),
    HERE(keeps_the_first_error),
    SYSTEM(reads_each_zone_once),
    HERE(follows_links_to_files),
    HERE(prefers_a_file_to_a_link),
    HERE(refuses_links_to_no_file),
    HERE(says_that_links_cannot_be_read),
};

int
main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
