#include "calendar/setup.h"

#include <libical/ical.h>

void
smp_ical_setup(void)
{
    icalerror_set_errors_are_fatal(0);
    icaltimezone_set_builtin_tzdata(1);
    set_zone_directory("/dev/null"); /* is no directory: nothing is there */
}
