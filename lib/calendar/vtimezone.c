#include "calendar/zones.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "time/civil.h"
#include "time/zone.h"

enum { FIRST_YEAR = 1970, ONSETS_MAX = 2000, ZONES_MAX = 1000 };

/* In steps: libical looks for its first occurrence until the year 2582. */
enum { COST_OF_NONE = 5000 };

/* RFC 5545 has offsets of up to a day; no clock differs by more than this. */
enum { OFFSET_MAX = 18 * 3600 };

/* When an observance begins, and what held before. */
struct onset {
    int64_t when;
    int32_t before, after;
};

struct onsets {
    struct onset *at;
    size_t count, room;
    int last; /* year */
    long *steps;
};

static void
add_onset(struct onsets *onsets, struct onset like, int64_t local)
{
    if (onsets->count == ONSETS_MAX)
        return;
    onsets->at =
        smp_grow(onsets->at, onsets->count, &onsets->room, sizeof *onsets->at);
    like.when = local - like.before;
    onsets->at[onsets->count++] = like;
}

/* Some name the hour that DTSTART has; one of them says nothing more. */
static bool
drop_time(short *list)
{
    bool one = list[0] == ICAL_RECURRENCE_ARRAY_MAX ||
               list[1] == ICAL_RECURRENCE_ARRAY_MAX;

    list[0] = ICAL_RECURRENCE_ARRAY_MAX;
    return one;
}

static bool
make_yearly(struct icalrecurrencetype *rule)
{
    return rule->freq == ICAL_YEARLY_RECURRENCE && rule->interval == 1 &&
           !rule->rscale && drop_time(rule->by_hour) &&
           drop_time(rule->by_minute) && drop_time(rule->by_second) &&
           rule->by_set_pos[0] == ICAL_RECURRENCE_ARRAY_MAX &&
           rule->by_week_no[0] == ICAL_RECURRENCE_ARRAY_MAX;
}

static const char *
add_rule(struct onsets *onsets, struct onset like, int64_t first,
         struct icalrecurrencetype rule, struct cal_zones *zones)
{
    struct icaltimetype start = smp_cal_time_to(first, false), next;
    struct cal_time until = {.local = INT64_MAX}, time;
    icalrecur_iterator *iterator;

    if (*onsets->steps <= 0)
        return "too many rules";
    if (!make_yearly(&rule))
        return "a rule that is not yearly";
    if (!icaltime_is_null_time(rule.until) &&
        !smp_cal_time_from(&until, rule.until, zones, zones->floating))
        return "a rule until a date that does not exist";
    if (until.day)
        until.local += SMP_DAY_SECONDS - 1;
    else if (until.zone == &zones->utc)
        until.local += like.before;
    if (start.year < FIRST_YEAR && !rule.count) {
        start.year = FIRST_YEAR;
        start.day = start.month == 2 && start.day == 29 ? 28 : start.day;
    }
    rule.until = icaltime_null_time();
    rule.until.year = onsets->last + 1;
    rule.until.month = rule.until.day = 1;
    smp_ensure_memory();
    iterator = icalrecur_iterator_new(rule, start);
    if (!iterator) {
        *onsets->steps -= COST_OF_NONE;
        return "a rule that is none";
    }
    while (--*onsets->steps > 0) {
        next = icalrecur_iterator_next(iterator);
        if (icaltime_is_null_time(next) ||
            !smp_cal_time_from(&time, next, zones, zones->floating) ||
            time.local > until.local)
            break;
        add_onset(onsets, like, time.local);
    }
    icalrecur_iterator_free(iterator);
    return NULL;
}

static bool
has_value(icalproperty *property, icalvalue_kind kind)
{
    icalvalue *value = icalproperty_get_value(property);

    return value && icalvalue_isa(value) == kind;
}

static bool
read_offset(icalcomponent *part, icalproperty_kind kind, int32_t *offset)
{
    icalproperty *property = icalcomponent_get_first_property(part, kind);
    int seconds;

    if (!property || !has_value(property, ICAL_UTCOFFSET_VALUE))
        return false;
    seconds = icalvalue_get_utcoffset(icalproperty_get_value(property));
    *offset = seconds;
    return seconds >= -OFFSET_MAX && seconds <= OFFSET_MAX;
}

static const char *
add_dates(struct onsets *onsets, icalcomponent *part, struct onset like,
          struct cal_zones *zones)
{
    struct cal_time time;

    for (icalproperty *property =
             icalcomponent_get_first_property(part, ICAL_RDATE_PROPERTY);
         property; property = icalcomponent_get_next_property(
                       part, ICAL_RDATE_PROPERTY)) {
        if (!smp_cal_time_of(&time, property, zones, NULL))
            return "a date that does not exist";
        if (time.zone == &zones->utc)
            time.local += like.before;
        add_onset(onsets, like, time.local);
    }
    return NULL;
}

static const char *
add_observance(struct onsets *onsets, icalcomponent *part,
               struct cal_zones *zones)
{
    icalproperty *start =
        icalcomponent_get_first_property(part, ICAL_DTSTART_PROPERTY);
    icalproperty *rule;
    struct onset like = {0};
    struct cal_time time;

    if (!start || !smp_cal_time_of(&time, start, zones, NULL))
        return "no date from which it holds";
    if (!read_offset(part, ICAL_TZOFFSETFROM_PROPERTY, &like.before) ||
        !read_offset(part, ICAL_TZOFFSETTO_PROPERTY, &like.after))
        return "an offset that no clock has";
    add_onset(onsets, like, time.local);
    rule = icalcomponent_get_first_property(part, ICAL_RRULE_PROPERTY);
    if (rule && has_value(rule, ICAL_RECUR_VALUE)) {
        const char *wrong =
            add_rule(onsets, like, time.local,
                     icalvalue_get_recur(icalproperty_get_value(rule)), zones);

        if (wrong)
            return wrong;
    }
    return add_dates(onsets, part, like, zones);
}

static int
compare(const void *a, const void *b)
{
    const struct onset *left = a, *right = b;

    return (left->when > right->when) - (left->when < right->when);
}

static const struct smp_zone *
make_zone(struct cal_zones *zones, struct onsets *onsets, const char *name)
{
    struct smp_zone_change *changes =
        smp_calloc(onsets->count, sizeof *changes);
    const struct smp_zone *zone;
    size_t count = 0;

    qsort(onsets->at, onsets->count, sizeof *onsets->at, compare);
    for (size_t i = 0; i < onsets->count; i++)
        if (!count || onsets->at[i].when > changes[count - 1].when)
            changes[count++] = (struct smp_zone_change){onsets->at[i].when,
                                                        onsets->at[i].after};
    zone =
        smp_zones_add(zones->set, name, onsets->at[0].before, changes, count);
    free(changes);
    return zone;
}

/* Of what it says, so that the same zone in many calendars is one. */
static void
name_it(struct smp_buf *name, icalcomponent *component)
{
    char *text;

    smp_ensure_memory();
    text = icalcomponent_as_ical_string_r(component);
    smp_buf_printf(name, "=%016llx",
                   (unsigned long long)smp_hash(text, strlen(text), 0));
    icalmemory_free_buffer(text);
}

static const char *
expand(struct cal_zones *zones, icalcomponent *component, const char *name,
       struct onsets onsets, const struct smp_zone **zone)
{
    const char *wrong = NULL;
    icalcomponent *part;

    for (part =
             icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         part && !wrong;
         part = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        wrong = add_observance(&onsets, part, zones);
    if (!wrong && onsets.count == ONSETS_MAX)
        wrong = "too many changes";
    if (!wrong && icalcomponent_count_errors(component))
        wrong = "a line that is none";
    if (!wrong && !onsets.count)
        wrong = "nothing that says what holds";
    if (!wrong && *onsets.steps <= 0)
        wrong = "too many rules";
    if (!wrong)
        *zone = make_zone(zones, &onsets, name);
    free(onsets.at);
    return wrong;
}

/* The offsets of its parts, if all can be read; else those of all clocks. */
static void
confine(struct cal_zones *zones, icalcomponent *component, const char *tzid)
{
    int32_t least = OFFSET_MAX, greatest = -OFFSET_MAX, before, after;

    for (icalcomponent *part =
             icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         part; part = icalcomponent_get_next_component(component,
                                                       ICAL_ANY_COMPONENT)) {
        if (!read_offset(part, ICAL_TZOFFSETFROM_PROPERTY, &before) ||
            !read_offset(part, ICAL_TZOFFSETTO_PROPERTY, &after)) {
            least = OFFSET_MAX;
            break;
        }
        least = before < least ? before : least;
        least = after < least ? after : least;
        greatest = before > greatest ? before : greatest;
        greatest = after > greatest ? after : greatest;
    }
    if (least > greatest)
        smp_cal_zones_confine(zones, tzid, CAL_OFFSET_MIN, CAL_OFFSET_MAX);
    else
        smp_cal_zones_confine(zones, tzid, least, greatest);
}

const char *
smp_cal_vtimezone(struct cal_zones *zones, icalcomponent *component, int last,
                  long *steps)
{
    struct onsets onsets = {.last = last, .steps = steps};
    icalproperty *property =
        icalcomponent_get_first_property(component, ICAL_TZID_PROPERTY);
    const char *tzid = property ? icalproperty_get_tzid(property) : NULL;
    const struct smp_zone *zone = NULL;
    const char *wrong = NULL;
    struct smp_err ignored = {0};
    struct smp_buf name = {0};

    struct cal_zone *named;

    if (!tzid || !*tzid)
        return NULL;
    named = smp_cal_zones_find(zones, tzid);
    if (named->zone)
        return NULL;
    name_it(&name, component);
    smp_buf_printf(&name, ":%d", last);
    zone = smp_zones_get(zones->set, name.data, &ignored);
    if (!zone && zones->made++ >= ZONES_MAX)
        wrong = "too many of them";
    else if (!zone)
        wrong = expand(zones, component, name.data, onsets, &zone);
    if (zone)
        smp_cal_zones_explain(zones, tzid, zone);
    else
        confine(zones, component, tzid);
    smp_buf_release(&name);
    smp_err_release(&ignored);
    return wrong;
}
