#include "time/window.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/base.h"
#include "time/civil.h"
#include "time/zone.h"

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

/* Moves by the calendar part of a span: whole months, then whole days. */
int32_t
smp_day_add(int32_t day, struct smp_span span)
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

    local = (int64_t)smp_day_add(day, span) * SMP_DAY_SECONDS + time;
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

static bool
relative_day(const char *text, int32_t today, int32_t *day)
{
    static const struct {
        const char *name;
        int offset;
    } named[] = {{"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    struct smp_span span;
    int weekday = smp_weekday_named(text, strlen(text), 3);
    size_t i;

    for (i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strcasecmp(text, named[i].name) == 0) {
            *day = today + named[i].offset;
            return true;
        }
    if (weekday >= 0) {
        *day = today + (weekday - smp_weekday_of(today) + 7) % 7;
        return true;
    }
    if ((*text != '+' && *text != '-') || !smp_span_parse(text, &span) ||
        !smp_span_is_days(span))
        return false;
    *day = smp_day_add(today, span);
    return smp_day_in_years(*day);
}

bool
smp_day_parse(const char *text, int32_t today, int32_t *day,
              struct smp_err *err)
{
    struct smp_when when;

    if (relative_day(text, today, day))
        return true;
    if (!smp_when_parse(text, &when, err))
        return false;
    if (when.kind != SMP_DAY)
        return smp_fail(err, "a day is wanted, not a time: \"%.40s\"", text);
    *day = smp_day_at(when.seconds);
    return true;
}

const char *const smp_clock_names[] = {NULL, "morning", "noon", "night", "bed"};

static const struct {
    const char *name;
    enum smp_anchor anchor;
} anchors[] = {
    {"first", SMP_AT_FIRST},
    {"last", SMP_AT_LAST},
    {"next", SMP_AT_NEXT},
};

/* Where the parser stands: the rest of one point, up to `end`. */
struct reader {
    const char *at, *end;
    struct smp_arena *arena;
    const char *whole;
    struct smp_err *err;
};

static bool
wrong(struct reader *r, const char *what)
{
    return smp_fail(r->err, "not a window: \"%.60s\": %s", r->whole, what);
}

static bool
is_name_character(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static void
read_anchor(struct reader *r, struct smp_point *point)
{
    const char *start = r->at;
    size_t i, n;

    while (r->at < r->end && is_name_character(*r->at))
        r->at++;
    n = (size_t)(r->at - start);
    point->anchor = n ? SMP_AT_MILESTONE : SMP_AT_THIS;
    for (i = 0; i < sizeof anchors / sizeof anchors[0]; i++)
        if (strlen(anchors[i].name) == n &&
            strncmp(anchors[i].name, start, n) == 0)
            point->anchor = anchors[i].anchor;
    if (point->anchor == SMP_AT_MILESTONE)
        point->milestone = smp_arena_strndup(r->arena, start, n);
}

static int
read_sign(struct reader *r)
{
    if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
        return *r->at++ == '-' ? -1 : 1;
    return 0;
}

static bool
check_length(struct reader *r, const struct smp_point *point)
{
    const int64_t century = (int64_t)36600 * SMP_DAY_SECONDS;
    int64_t from = smp_span_seconds(point->from);
    int64_t to = smp_span_seconds(point->to);

    return from < -century || to > century
               ? wrong(r, "more than a hundred years")
               : true;
}

static bool
read_offset(struct reader *r, struct smp_point *point)
{
    int sign = read_sign(r), second;
    bool unit_missing;

    if (!sign && (r->at == r->end || !isdigit((unsigned char)*r->at)))
        return true;
    point->has_offset = true;
    if (!smp_number_read(&r->at, &point->from.thousandths))
        return wrong(r, "a number of at most 99999 is wanted");
    unit_missing = !smp_unit_read(&r->at, &point->from.unit);
    point->from.thousandths *= sign ? sign : 1;
    point->to = point->from;
    if (strncmp(r->at, "..", 2) != 0)
        return unit_missing ? wrong(r, "a unit is missing (min h d w mo y)")
                            : check_length(r, point);
    r->at += 2;
    second = read_sign(r);
    if (!smp_number_read(&r->at, &point->to.thousandths) ||
        !smp_unit_read(&r->at, &point->to.unit))
        return wrong(r, "a number and a unit are wanted after \"..\"");
    if (unit_missing)
        point->from.unit = point->to.unit;
    point->to.thousandths *= second ? second : sign ? sign : 1;
    if (smp_span_seconds(point->from) > smp_span_seconds(point->to))
        return wrong(r, "the range runs backwards");
    return check_length(r, point);
}

bool
smp_clock_read(const char *text, size_t n, enum smp_clock *clock, int *minutes)
{
    char exact[6] = "";
    int i;

    for (i = 1; i <= SMP_CLOCKS; i++)
        if (strlen(smp_clock_names[i]) == n &&
            strncmp(text, smp_clock_names[i], n) == 0) {
            *clock = (enum smp_clock)i;
            return true;
        }
    if (n != 5)
        return false;
    memcpy(exact, text, n);
    *clock = SMP_CLOCK_EXACT;
    return smp_clock_parse(exact, minutes);
}

static bool
read_point(struct reader *r, struct smp_point *point)
{
    if (r->at == r->end)
        return true;
    if (r->end - r->at == 1 && *r->at == '0') {
        point->anchor = SMP_AT_ITSELF;
        return true;
    }
    read_anchor(r, point);
    if (!read_offset(r, point))
        return false;
    if (r->at < r->end && *r->at == '@') {
        r->at++;
        if (!smp_clock_read(r->at, (size_t)(r->end - r->at), &point->clock,
                            &point->minutes))
            return wrong(r, "a clock is HH:MM, morning, noon, night or bed");
        r->at = r->end;
    }
    return r->at == r->end ? true : wrong(r, "what follows is not understood");
}

bool
smp_window_parse(const char *text, struct smp_arena *arena,
                 struct smp_window *window, struct smp_err *err)
{
    const char *slash = strchr(text, '/');
    struct reader r = {text, slash, arena, text, err};

    *window = (struct smp_window){0};
    if (!slash)
        return wrong(&r, "it has no \"/\"");
    if (slash == text)
        return wrong(&r, "it has no beginning");
    if (!read_point(&r, &window->start))
        return false;
    r.at = slash + 1;
    r.end = text + strlen(text);
    return read_point(&r, &window->end);
}

bool
smp_point_is_imprecise(const struct smp_point *point)
{
    return point->has_offset &&
           (point->from.thousandths != point->to.thousandths ||
            point->from.unit != point->to.unit);
}
