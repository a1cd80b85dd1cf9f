#include "protocol/loader.h"

#include <string.h>

#include "json/json.h"
#include "time/civil.h"

static void
read_gap_after(struct loader *loader, const struct smp_place *place,
               struct smp_gap *gap)
{
    struct smp_place after = smp_place_member(place, "after");

    if (cJSON_IsString(after.value) &&
        strcmp(after.value->valuestring, "*") == 0)
        return;
    smp_json_int(loader->json, place, "after", 1, 99, &gap->after);
}

static void
read_gap(struct loader *loader, const struct smp_place *place,
         struct smp_gap *gap)
{
    static const char *const known[] = {
        "after", "min", "prefer", "max", "from", "if", "hold_if", "note", NULL};
    static const char *const froms[] = {"previous", "first", NULL};

    if (!smp_json_is_object(loader->json, place))
        return;
    smp_loader_tell_unknown(loader, place, known);
    read_gap_after(loader, place, gap);
    gap->has_min = smp_loader_span(loader, place, "min", &gap->min);
    gap->has_prefer = smp_loader_span(loader, place, "prefer", &gap->prefer);
    gap->has_max = smp_loader_span(loader, place, "max", &gap->max);
    gap->from_first = smp_loader_name(loader, place, "from", froms, 0) == 1;
    smp_loader_text(loader, place, "if", &gap->if_words);
    smp_loader_text(loader, place, "hold_if", &gap->hold_if);
}

static void
read_gaps(struct loader *loader, const struct smp_place *plan)
{
    struct smp_course *course = &loader->protocol->course;
    struct smp_place gaps = smp_place_member(plan, "gaps");
    const cJSON *element;

    if (!smp_json_is_array(loader->json, &gaps))
        return;
    course->gaps = smp_arena_alloc(&loader->protocol->arena,
                                   (size_t)cJSON_GetArraySize(gaps.value) *
                                       sizeof *course->gaps);
    cJSON_ArrayForEach (element, gaps.value) {
        struct smp_place place =
            smp_place_child(&gaps, element, course->gap_count);

        read_gap(loader, &place, &course->gaps[course->gap_count++]);
    }
}

static void
read_session_length(struct loader *loader, const struct smp_place *plan)
{
    struct smp_place place = smp_place_member(plan, "length");
    struct smp_length length;

    if (!smp_loader_length(loader, plan, "length", &length))
        return;
    if (!smp_span_is_elapsed(length.max) || smp_span_seconds(length.min) <= 0 ||
        smp_span_seconds(length.max) > SMP_DAY_SECONDS)
        smp_json_wrong(loader->json, &place,
                       "a session is minutes or hours long, at most 24h");
    else
        loader->protocol->course.length = length;
}

/* A count of sessions: given as an object with min, typical and max. */
static void
read_sessions(struct loader *loader, const struct smp_place *plan)
{
    static const char *const known[] = {"min", "typical", "max", "note", NULL};
    struct smp_course *course = &loader->protocol->course;
    struct smp_place sessions = smp_place_member(plan, "sessions");

    if (!smp_json_is_object(loader->json, &sessions))
        return;
    course->has_sessions = true;
    smp_loader_tell_unknown(loader, &sessions, known);
    smp_json_int(loader->json, &sessions, "typical", 1, 99, &course->typical);
    course->min = course->max = course->typical;
    smp_json_int(loader->json, &sessions, "min", 1, 99, &course->min);
    smp_json_int(loader->json, &sessions, "max", 1, 99, &course->max);
    if (course->max < course->typical) {
        smp_loader_tell(loader, SMP_REMARK, &sessions,
                        "max is less than typical, which is taken for it");
        course->max = course->typical;
    }
}

void
smp_loader_course(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "sessions", "length", "gaps", "maintenance", "extra", "note", NULL};
    struct smp_course *course = &loader->protocol->course;
    struct smp_place plan = smp_place_member(root, "plan");
    struct smp_place maintenance = smp_place_member(&plan, "maintenance");

    course->min = course->typical = course->max = 1;
    course->length.min = course->length.max =
        (struct smp_span){3000, SMP_HOURS};
    if (!smp_json_is_object(loader->json, &plan))
        return;
    smp_loader_tell_unknown(loader, &plan, known);
    read_sessions(loader, &plan);
    read_session_length(loader, &plan);
    read_gaps(loader, &plan);
    if (smp_json_is_object(loader->json, &maintenance))
        smp_loader_text(loader, &maintenance, "text", &course->maintenance);
}

/* A string, or a list of strings whose hours add up. */
static void
read_hours(struct loader *loader, const struct smp_place *studio)
{
    struct smp_strings hours = {0};
    struct smp_buf all = {0};
    size_t i;

    smp_loader_strings(loader, studio, "openingHours", &hours);
    for (i = 0; i < hours.count; i++)
        smp_buf_printf(&all, "%s%s", i ? ", " : "", hours.at[i]);
    if (hours.count)
        loader->protocol->studio.opening_hours =
            smp_arena_strdup(&loader->protocol->arena, smp_buf_text(&all));
    smp_buf_release(&all);
}

/* A length of time up to a maximum, in minutes or hours unless `days`. */
static void
read_pause(struct loader *loader, const struct smp_place *studio,
           const char *key, int64_t max, bool days, struct smp_span *span)
{
    struct smp_place place = smp_place_member(studio, key);
    struct smp_span read = {0};

    if (!smp_loader_span(loader, studio, key, &read))
        return;
    if ((!days && !smp_span_is_elapsed(read)) || smp_span_seconds(read) < 0 ||
        smp_span_seconds(read) % 60 || smp_span_seconds(read) > max)
        smp_json_wrong(loader->json, &place,
                       days ? "whole minutes, hours or days are wanted, at "
                              "most a year"
                            : "whole minutes or hours are wanted, at most 24h");
    else
        *span = read;
}

void
smp_loader_studio(struct loader *loader, const struct smp_place *root)
{
    static const char *const known[] = {
        "name",   "timeZone", "openingHours", "closed", "chairs", "step",
        "buffer", "notice",   "contact",      "email",  "note",   NULL};
    struct smp_studio *studio = &loader->protocol->studio;
    struct smp_place place = smp_place_member(root, "studio");

    if (!smp_json_is_object(loader->json, &place))
        return;
    smp_loader_tell_unknown(loader, &place, known);
    smp_loader_short(loader, &place, "name", &studio->name);
    smp_loader_short(loader, &place, "timeZone", &studio->time_zone);
    read_hours(loader, &place);
    smp_loader_strings(loader, &place, "closed", &studio->closed);
    smp_loader_short(loader, &place, "contact", &studio->contact);
    smp_loader_short(loader, &place, "email", &studio->email);
    if (studio->contact && !*studio->contact)
        studio->contact = NULL;
    smp_json_int(loader->json, &place, "chairs", 1, 999, &studio->chairs);
    read_pause(loader, &place, "step", SMP_DAY_SECONDS, false, &studio->step);
    read_pause(loader, &place, "buffer", SMP_DAY_SECONDS, false,
               &studio->buffer);
    read_pause(loader, &place, "notice", 366 * (int64_t)SMP_DAY_SECONDS, true,
               &studio->notice);
}
