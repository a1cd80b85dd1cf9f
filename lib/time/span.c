#include "time/span.h"

#include <ctype.h>
#include <string.h>

#include "time/civil.h"

/* The longest first: "mo" and "min" begin alike. */
static const struct {
    const char *name;
    enum smp_unit unit;
    int64_t seconds;
} units[] = {
    {"min", SMP_MINUTES, 60},    {"mo", SMP_MONTHS, 30 * 86400},
    {"h", SMP_HOURS, 3600},      {"d", SMP_DAYS, 86400},
    {"w", SMP_WEEKS, 7 * 86400}, {"y", SMP_YEARS, 365 * 86400},
};

enum { UNITS = sizeof units / sizeof units[0], NUMBER_MAX = 99999 };

bool
smp_number_read(const char **at, int64_t *thousandths)
{
    const char *c = *at;
    int64_t whole = 0, scale = 100;

    if (!isdigit((unsigned char)*c))
        return false;
    for (; isdigit((unsigned char)*c); c++) {
        whole = whole * 10 + (*c - '0');
        if (whole > NUMBER_MAX)
            return false;
    }
    *thousandths = whole * 1000;
    if (*c == '.' && isdigit((unsigned char)c[1]))
        for (c++; isdigit((unsigned char)*c); c++, scale /= 10)
            *thousandths += scale * (*c - '0');
    *at = c;
    return true;
}

bool
smp_unit_read(const char **at, enum smp_unit *unit)
{
    size_t i, n;

    for (i = 0; i < UNITS; i++) {
        n = strlen(units[i].name);
        if (strncmp(*at, units[i].name, n) != 0)
            continue;
        *at += n;
        *unit = units[i].unit;
        return true;
    }
    return false;
}

const char *
smp_unit_name(enum smp_unit unit)
{
    size_t i = 0;

    while (units[i].unit != unit)
        i++;
    return units[i].name;
}

bool
smp_span_parse(const char *text, struct smp_span *span)
{
    int sign = *text == '-' ? -1 : 1;

    if (*text == '-' || *text == '+')
        text++;
    if (!smp_number_read(&text, &span->thousandths) ||
        !smp_unit_read(&text, &span->unit) || *text)
        return false;
    span->thousandths *= sign;
    return true;
}

bool
smp_span_is_elapsed(struct smp_span span)
{
    return span.unit == SMP_MINUTES || span.unit == SMP_HOURS;
}

bool
smp_span_is_days(struct smp_span span)
{
    return !smp_span_is_elapsed(span) && span.thousandths % 1000 == 0;
}

int64_t
smp_span_seconds(struct smp_span span)
{
    size_t i = 0;

    while (units[i].unit != span.unit)
        i++;
    return span.thousandths * units[i].seconds / 1000;
}

/* The calendar part: whole months, then whole days. */
static int32_t
calendar_part(int32_t day, struct smp_span span)
{
    switch (span.unit) {
    case SMP_YEARS:
        return smp_day_add_months(day, span.thousandths * 12 / 1000);
    case SMP_MONTHS:
        return smp_day_add_months(day, span.thousandths / 1000);
    case SMP_WEEKS:
        return day + (int32_t)(span.thousandths * 7 / 1000);
    case SMP_DAYS:
        return day + (int32_t)(span.thousandths / 1000);
    default:
        return day;
    }
}

int32_t
smp_day_add(int32_t day, struct smp_span span)
{
    return calendar_part(day, span);
}

/* What a fraction leaves over whole days or months, in seconds. */
static int64_t
rest_of_fraction(struct smp_span span)
{
    switch (span.unit) {
    case SMP_YEARS:
        return span.thousandths * 12 % 1000 * (30 * 86400) / 1000;
    case SMP_MONTHS:
        return span.thousandths % 1000 * (30 * 86400) / 1000;
    case SMP_WEEKS:
        return span.thousandths * 7 % 1000 * 86400 / 1000;
    case SMP_DAYS:
        return span.thousandths % 1000 * 86400 / 1000;
    default:
        return smp_span_seconds(span);
    }
}

int64_t
smp_local_add(const struct smp_zone *zone, int64_t local, struct smp_span span)
{
    int32_t day = smp_day_at(local);
    int64_t time = local - (int64_t)day * SMP_DAY_SECONDS;
    int64_t rest = rest_of_fraction(span);

    local = (int64_t)calendar_part(day, span) * SMP_DAY_SECONDS + time;
    if (!rest)
        return local;
    return smp_zone_to_local(zone, smp_zone_to_instant(zone, local) + rest);
}

bool
smp_length_parse(const char *text, struct smp_length *length)
{
    bool unit_missing;

    if (!smp_number_read(&text, &length->min.thousandths))
        return false;
    unit_missing = !smp_unit_read(&text, &length->min.unit);
    length->max = length->min;
    if (strncmp(text, "..", 2) == 0) {
        text += 2;
        if (!smp_number_read(&text, &length->max.thousandths) ||
            !smp_unit_read(&text, &length->max.unit))
            return false;
        if (unit_missing)
            length->min.unit = length->max.unit;
        unit_missing = false;
    }
    return !unit_missing && !*text &&
           smp_span_seconds(length->min) <= smp_span_seconds(length->max);
}

/* One "3H" of a duration; the designators come in the order of `order`. */
static bool
read_part(const char **at, const char **order, int64_t *seconds)
{
    static const struct {
        char designator;
        int64_t seconds;
    } parts[] = {{'W', 604800}, {'D', 86400}, {'H', 3600}, {'M', 60}, {'S', 1}};
    const char *place;
    int64_t thousandths;
    size_t i = 0;

    if (!smp_number_read(at, &thousandths) || !**at ||
        !(place = strchr(*order, **at)))
        return false;
    while (parts[i].designator != *place)
        i++;
    *seconds += thousandths * parts[i].seconds / 1000;
    *order = place + 1;
    ++*at;
    return true;
}

bool
smp_duration_parse(const char *text, int64_t *seconds)
{
    const char *date = "WD", *time = "HMS";
    bool any = false;

    *seconds = 0;
    if (*text++ != 'P')
        return false;
    for (; *text && *text != 'T'; any = true)
        if (!read_part(&text, &date, seconds))
            return false;
    if (*text == 'T') {
        any = *++text != '\0';
        while (*text)
            if (!read_part(&text, &time, seconds))
                return false;
    }
    return any;
}

static void
put_part(struct smp_buf *out, int64_t number, char unit)
{
    smp_buf_digits(out, (int)number);
    smp_buf_putc(out, unit);
}

void
smp_duration_print(struct smp_buf *out, int64_t seconds)
{
    smp_buf_puts(out, "PT");
    if (seconds / 3600)
        put_part(out, seconds / 3600, 'H');
    if (seconds / 60 % 60)
        put_part(out, seconds / 60 % 60, 'M');
    if (seconds % 60 || !seconds)
        put_part(out, seconds % 60, 'S');
}
