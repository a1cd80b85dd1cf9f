/*
 * The yardstick of make bench for reading: a whole calendar on standard input
 * through libical's parser, and nothing done with it.
 */
#include <stdio.h>

#include <libical/ical.h>

static char *
read_line(char *line, size_t room, void *file)
{
    return fgets(line, (int)room, file);
}

int
main(void)
{
    icalparser *parser = icalparser_new();
    icalcomponent *calendar;

    icalerror_set_errors_are_fatal(0);
    icalparser_set_gen_data(parser, stdin);
    calendar = icalparser_parse(parser, read_line);
    if (!calendar)
        return 1;
    icalcomponent_free(calendar);
    icalparser_free(parser);
    return 0;
}
