#include "plan/reading.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"

void
smp_reading_reject(void *context, const struct smp_place *place,
                   const char *what)
{
    struct reading *r = context;
    struct smp_buf path = {0};

    smp_place_path(&path, place);
    if (path.len)
        smp_fail(r->err, "%s: %s", smp_buf_text(&path), what);
    else
        smp_fail(r->err, "%s", what);
    smp_buf_release(&path);
}

static bool
parse_when(struct reading *r, const struct smp_place *place, const char *text,
           struct smp_when *when)
{
    struct smp_err err = {0};

    if (smp_when_parse(text, when, &err))
        return true;
    smp_reading_reject(r, place, smp_buf_text(&err.text));
    smp_err_release(&err);
    return false;
}

/* A date or time; one with an offset is turned into the plan's local time. */
bool
smp_reading_when_at(struct reading *r, const struct smp_place *place,
                    struct smp_when *when)
{
    const char *text = NULL;

    if (!smp_json_string_at(r->json, place, &text) || !text ||
        !parse_when(r, place, text, when))
        return false;
    if (when->kind != SMP_INSTANT)
        return true;
    *when = smp_when_local(smp_zone_to_local(r->plan->zone, when->seconds));
    if (strcmp(place->key, "start") == 0 &&
        !smp_day_in_years(smp_day_at(when->seconds))) {
        smp_reading_reject(r, place, "outside the years 1900 to 2100");
        return false;
    }
    return true;
}

/* A point of time as an instant; a local one is the plan's. */
bool
smp_reading_instant_at(struct reading *r, const struct smp_place *place,
                       int64_t *instant)
{
    struct smp_when when;

    if (!smp_reading_when_at(r, place, &when))
        return false;
    *instant = smp_zone_to_instant(r->plan->zone, when.seconds);
    return true;
}

bool
smp_reading_day_at(struct reading *r, const struct smp_place *place,
                   int32_t *day)
{
    struct smp_when when;

    if (!smp_reading_when_at(r, place, &when))
        return false;
    *day = smp_day_at(when.seconds);
    return true;
}

int
smp_reading_name_at(struct reading *r, const struct smp_place *place,
                    const char *const *names, int absent)
{
    const char *name = NULL;
    int index;

    if (!smp_json_string_at(r->json, place, &name) || !name)
        return absent;
    index = smp_name_index(names, name);
    if (index < 0)
        smp_json_wrong(r->json, place, "not known: \"%.40s\"", name);
    return index < 0 ? absent : index;
}

/* "2026-12-20/2027-01-03", both days included. */
bool
smp_reading_days(struct reading *r, const char *text, struct smp_days *days)
{
    const char *slash = strchr(text, '/');
    char *start = smp_arena_strndup(&r->plan->arena, text,
                                    slash ? (size_t)(slash - text) : 0);
    struct smp_when first = {0}, last = {0};
    struct smp_err err = {0};
    bool ok = slash && smp_when_parse(start, &first, &err) &&
              smp_when_parse(slash + 1, &last, &err) && first.kind == SMP_DAY &&
              last.kind == SMP_DAY && first.seconds <= last.seconds;

    smp_err_release(&err);
    *days =
        (struct smp_days){smp_day_at(first.seconds), smp_day_at(last.seconds)};
    return ok;
}

static char
letter(const char **name)
{
    char c;

    while (**name == '_' || **name == '-' || **name == ' ')
        ++*name;
    c = **name;
    if (c)
        ++*name;
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
has_letters_of(const char *name, const char *known)
{
    char c;

    do
        if ((c = letter(&name)) != letter(&known))
            return false;
    while (c);
    return true;
}

/* "timezone" would leave a plan without "timeZone" in silence. */
void
smp_reading_check_names(struct reading *r, const struct smp_place *object,
                        const char *const *known)
{
    const cJSON *member =
        cJSON_IsObject(object->value) ? object->value->child : NULL;
    const char *const *name;

    for (; member; member = member->next) {
        struct smp_place place = smp_place_child(object, member, 0);

        for (name = known; *name; name++)
            if (has_letters_of(member->string, *name) &&
                !smp_place_member(object, *name).value)
                smp_json_wrong(r->json, &place, "its name must be \"%s\"",
                               *name);
    }
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One uid is one thing: neither two items nor two sessions may share one. */
void
smp_reading_check_uids(struct reading *r, const struct smp_place *place,
                       const char **uids, size_t count)
{
    size_t i;

    if (count > 1)
        qsort(uids, count, sizeof *uids, compare_texts);
    for (i = 1; i < count; i++)
        if (strcmp(uids[i - 1], uids[i]) == 0) {
            smp_reading_reject(r, place, "a uid is given twice");
            return;
        }
}
