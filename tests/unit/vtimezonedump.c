/*
 * For tests/vtimezone.py: reads "ZONE FROM UNTIL", prints the VTIMEZONE; "?"
 * where there is no such zone. vtimezonedump [DIRECTORY] < questions
 */
#include <inttypes.h>
#include <stdio.h>

#include "ical/component.h"
#include "time/zone.h"

static void
answer(const struct smp_zone *zone, int64_t from, int64_t until)
{
    icalcomponent *vtimezone = smp_vtimezone(zone, from, until);
    char *text = icalcomponent_as_ical_string_r(vtimezone);

    fputs(text, stdout);
    icalmemory_free_buffer(text);
    icalcomponent_free(vtimezone);
}

static void
report(struct smp_err *err)
{
    puts("?");
    fprintf(stderr, "vtimezonedump: %s\n", smp_buf_text(&err->text));
    smp_err_clear(err);
}

int
main(int argc, char **argv)
{
    struct smp_zones zones = {argc > 1 ? argv[1] : smp_zone_directory, NULL};
    struct smp_err err = {0};
    char name[256];
    int64_t from, until;
    int got;

    while ((got = scanf("%255s %" SCNd64 " %" SCNd64, name, &from, &until)) ==
           3) {
        const struct smp_zone *zone = smp_zones_get(&zones, name, &err);

        if (zone)
            answer(zone, from, until);
        else
            report(&err);
    }
    smp_err_release(&err);
    smp_zones_release(&zones);
    return got != EOF || ferror(stdin) || fflush(stdout) ? 1 : 0;
}
