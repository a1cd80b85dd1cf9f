#include "time/window.h"

#include <ctype.h>
#include <string.h>

#include "time/civil.h"

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
