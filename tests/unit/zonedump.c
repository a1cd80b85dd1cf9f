/*
 * For tests/zones.py: reads "ZONE i INSTANT" and "ZONE l LOCAL", prints the
 * offset at the instant and the instant of the local time; "?" where there is
 * no such zone. zonedump [DIRECTORY] < questions
 */
#include <inttypes.h>
#include <stdio.h>

#include "time/zone.h"

static void
answer(const struct smp_zone *zone, char kind, int64_t time)
{
    if (!zone)
        puts("?");
    else if (kind == 'i')
        printf("%" PRId32 "\n", smp_zone_offset(zone, time));
    else
        printf("%" PRId64 "\n", smp_zone_to_instant(zone, time));
}

static void
report(struct smp_err *err)
{
    if (err->failed)
        fprintf(stderr, "zonedump: %s\n", smp_buf_text(&err->text));
    smp_err_clear(err);
}

int
main(int argc, char **argv)
{
    struct smp_zones zones = {argc > 1 ? argv[1] : smp_zone_directory, NULL};
    struct smp_err err = {0};
    char name[256], kind;
    int64_t time;
    int got;

    while ((got = scanf("%255s %c %" SCNd64, name, &kind, &time)) == 3) {
        answer(smp_zones_get(&zones, name, &err), kind, time);
        report(&err);
    }
    smp_err_release(&err);
    smp_zones_release(&zones);
    return got != EOF || ferror(stdin) || fflush(stdout) ? 1 : 0;
}
