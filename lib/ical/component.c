#include "ical/component.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "time/civil.h"
#include "calendar/setup.h"
#include "ical/lines.h"

void
smp_ical_begin(void)
{
    smp_ical_setup();
    smp_secure_memory();
}

/* What libical could not make all the same ends the program. */
void *
smp_ical_check(void *thing)
{
    if (!thing)
        smp_out_of_memory();
    return thing;
}

void
smp_add_property(icalcomponent *component, icalproperty *property)
{
    icalcomponent_add_property(component, smp_ical_check(property));
}

icalproperty *
smp_x_property(const char *name, const char *value)
{
    icalproperty *property = smp_ical_check(icalproperty_new_x(value));

    icalproperty_set_x_name(property, name);
    return property;
}

/*
 * Unfolding takes out every CR LF and blank in a row, also where libical 3.0.16
 * has folded a line between its CR and LF.
 */
void
smp_component_lines(struct smp_buf *out, icalcomponent *component)
{
    static const char fold[] = "\r\n ";
    char *text = smp_ical_check(icalcomponent_as_ical_string_r(component));
    const char *from = text, *at;

    for (; (at = strstr(from, fold)); from = at + sizeof fold - 1)
        smp_buf_add(out, from, (size_t)(at - from));
    smp_buf_puts(out, from);
    free(text);
    icalcomponent_free(component);
}

void
smp_component_put(struct smp_buf *out, icalcomponent *component)
{
    struct smp_buf lines = {0};
    const char *line, *end;

    smp_component_lines(&lines, component);
    for (line = lines.data; (end = strstr(line, "\r\n")); line = end + 2)
        smp_line_put(out, line, (size_t)(end - line));
    smp_buf_release(&lines);
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
