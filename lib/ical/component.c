#include "ical/component.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "time/civil.h"
#include "calendar/setup.h"

void
smp_ical_begin(void)
{
    smp_ical_setup();
    smp_secure_memory();
}

/* What libical could not make all the same ends the program. */
void *
smp_made(void *thing)
{
    if (!thing)
        smp_out_of_memory();
    return thing;
}

void
smp_add_property(icalcomponent *component, icalproperty *property)
{
    icalcomponent_add_property(component, smp_made(property));
}

icalproperty *
smp_x_property(const char *name, const char *value)
{
    icalproperty *property = smp_made(icalproperty_new_x(value));

    icalproperty_set_x_name(property, name);
    return property;
}

/*
 * libical 3.0.16 folds a last chunk that is exactly full once too often, so
 * that a line ends with CR CR LF, a space and LF.
 */
static void
add_unbroken(struct smp_buf *out, const char *text)
{
    static const char broken[] = "\r\r\n \n";
    const char *at;

    while ((at = strstr(text, broken))) {
        smp_buf_add(out, text, (size_t)(at - text));
        smp_buf_puts(out, "\r\n");
        text = at + sizeof broken - 1;
    }
    smp_buf_puts(out, text);
}

void
smp_add_component(struct smp_buf *out, icalcomponent *component)
{
    char *text = smp_made(icalcomponent_as_ical_string_r(component));

    add_unbroken(out, text);
    free(text);
    icalcomponent_free(component);
}

struct icaltimetype
smp_ical_time(int64_t seconds, bool is_date, bool utc)
{
    int32_t day = smp_day_at(seconds);
    struct smp_civil date = smp_civil_of(day);
    int time = (int)(seconds - (int64_t)day * SMP_DAY_SECONDS);
    struct icaltimetype t = icaltime_null_time();

    t.year = date.year;
    t.month = date.month;
    t.day = date.day;
    t.is_date = is_date;
    if (!is_date) {
        t.hour = time / 3600;
        t.minute = time / 60 % 60;
        t.second = time % 60;
    }
    if (utc)
        t.zone = icaltimezone_get_utc_timezone();
    return t;
}
