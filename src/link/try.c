#include <libical/ical.h>

/* Linked to see whether a program that reads recurrences can be. */
int
main(void)
{
    icalcomponent *calendar = icalcomponent_new_from_string("");

    icalrecur_iterator_new(icalrecurrencetype_from_string(""),
                           icaltime_null_time());
    return calendar != NULL;
}
