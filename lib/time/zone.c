#include "time/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "time/tzif.h"
#include "time/tzrule.h"

enum {
    LARGEST_FILE = 256 * 1024,
    LARGEST_LINKS = 1024 * 1024,
    MOST_SLASHES = 2,
    MOST_LINKS = 8 /* from a name to a file */
};

const char smp_zone_directory[] = "/usr/share/zoneinfo";

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_+-";

/* What these say differs from one machine to the next. */
static bool
names_this_machine(const char *name)
{
    return strcmp(name, "localtime") == 0 || strcmp(name, "posixrules") == 0;
}

static bool
name_fits(const char *name)
{
    if (!*name || !strchr(letters, *name))
        return false;
    for (int slashes = 0; slashes <= MOST_SLASHES; slashes++) {
        size_t part = strspn(name, name_characters);

        if (!part)
            return false;
        name += part;
        if (!*name)
            return true;
        if (*name++ != '/')
            return false;
    }
    return false;
}

static void
zone_free(struct smp_zone *zone)
{
    free(zone->name);
    free(zone->times);
    free(zone->walls);
    free(zone->offsets);
    free(zone);
}

static struct smp_zone *
zone_read(const char *path, const char *name, struct smp_err *err)
{
    struct smp_zone *zone = smp_calloc(1, sizeof *zone);
    struct smp_err why = {0};
    struct smp_buf file = {0};
    bool ok = smp_read_file(path, LARGEST_FILE, &file, &why) &&
              smp_tzif_read(zone, &file, &why);

    if (ok) {
        zone->name = smp_strdup(name);
        zone->hash = smp_hash(file.data, file.len, 0);
    } else {
        smp_err_prefix(&why, "cannot read time zone \"%s\"", name);
        smp_fail_as(err, &why);
        zone_free(zone);
    }
    smp_buf_release(&file);
    smp_err_release(&why);
    return ok ? zone : NULL;
}

/* A directory such as Europe is no zone, and a FIFO would not end. */
static bool
is_missing(const char *path)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG ||
               errno == ELOOP;
    return !S_ISREG(status.st_mode);
}

static void
put_path(struct smp_buf *path, const char *directory, const char *name)
{
    smp_buf_puts(path, directory);
    smp_buf_putc(path, '/');
    smp_buf_puts(path, name);
}

/* A name without a file, and the name whose file is its. */
struct smp_zone_link {
    const char *name, *target;
};

struct smp_zone_links {
    struct smp_buf text; /* of tzdata.zi, cut into words */
    struct smp_zone_link *all;
    size_t count, room;
};

static int
compare_links(const void *a, const void *b)
{
    const struct smp_zone_link *one = a, *other = b;

    return strcmp(one->name, other->name);
}

/* A line of zic(8): L TARGET NAME. */
static void
add_link(struct smp_zone_links *links, char *line)
{
    char *rest, *word = strtok_r(line, " \t", &rest);
    char *target = word ? strtok_r(NULL, " \t", &rest) : NULL;
    char *name = target ? strtok_r(NULL, " \t", &rest) : NULL;

    if (!name || strcmp(word, "L") != 0)
        return;
    links->all =
        smp_grow(links->all, links->count, &links->room, sizeof *links->all);
    links->all[links->count++] = (struct smp_zone_link){name, target};
}

static void
links_free(struct smp_zone_links *links)
{
    if (!links)
        return;
    smp_buf_release(&links->text);
    free(links->all);
    free(links);
}

static void
add_links(struct smp_zone_links *links)
{
    char *rest, *line = strtok_r(links->text.data, "\n", &rest);

    for (; line; line = strtok_r(NULL, "\n", &rest))
        add_link(links, line);
    if (links->count)
        qsort(links->all, links->count, sizeof *links->all, compare_links);
}

/* A system without the file has no links; NULL if it cannot be read. */
static struct smp_zone_links *
links_read(const char *directory, struct smp_err *err)
{
    struct smp_zone_links *links = smp_calloc(1, sizeof *links);
    struct smp_buf path = {0};

    smp_buf_putc(&links->text, '\n');
    put_path(&path, directory, "tzdata.zi");
    if (is_missing(path.data) ||
        smp_read_file(path.data, LARGEST_LINKS, &links->text, err)) {
        add_links(links);
    } else {
        links_free(links);
        links = NULL;
    }
    smp_buf_release(&path);
    return links;
}

/* The name that another one is a link to; NULL if it is none. */
static const char *
link_target(struct smp_zones *zones, const char *name, struct smp_err *err)
{
    const struct smp_zone_link key = {.name = name}, *found = NULL;

    /* Copies of the same files, which not every machine has. */
    if (strncmp(name, "posix/", 6) == 0)
        return name + 6;
    if (!zones->links)
        zones->links = links_read(zones->directory, err);
    if (zones->links && zones->links->count)
        found = bsearch(&key, zones->links->all, zones->links->count,
                        sizeof key, compare_links);
    return found ? found->target : NULL;
}

/* The file of a name or, step by step, of the one that it is a link to. */
static bool
find_file(struct smp_buf *path, struct smp_zones *zones, const char *name,
          struct smp_err *err)
{
    for (int links = 0; links <= MOST_LINKS; links++) {
        if (!name || !name_fits(name) || names_this_machine(name))
            return false;
        smp_buf_cut(path, 0);
        put_path(path, zones->directory, name);
        if (!is_missing(path->data))
            return true;
        name = link_target(zones, name, err);
    }
    return false;
}

static struct smp_zone *
zone_load(struct smp_zones *zones, const char *name, struct smp_err *err)
{
    struct smp_buf path = {0};
    struct smp_err why = {0};
    struct smp_zone *zone = NULL;

    if (find_file(&path, zones, name, &why)) {
        zone = zone_read(path.data, name, err);
    } else if (why.failed) {
        smp_err_prefix(&why, "cannot read time zone \"%.60s\"", name);
        smp_fail_as(err, &why);
    } else {
        smp_fail(err, "unknown time zone: \"%.60s\"", name);
    }
    smp_buf_release(&path);
    smp_err_release(&why);
    return zone;
}

/* The zone asked for moves to the front: records repeat their zones. */
const struct smp_zone *
smp_zones_get(struct smp_zones *zones, const char *name, struct smp_err *err)
{
    struct smp_zone **link = &zones->first;
    struct smp_zone *zone;

    while (*link && strcmp((*link)->name, name) != 0)
        link = &(*link)->next;
    zone = *link;
    if (zone)
        *link = zone->next;
    else
        zone = zone_load(zones, name, err);
    if (!zone && err->system)
        smp_fail_as(&zones->unread, err);
    if (!zone)
        return NULL;
    zone->next = zones->first;
    return zones->first = zone;
}

const struct smp_zone *
smp_zones_add(struct smp_zones *zones, const char *name, int32_t before,
              const struct smp_zone_change *changes, size_t count)
{
    struct smp_zone *zone = smp_calloc(1, sizeof *zone);

    zone->name = smp_strdup(name);
    zone->times = smp_calloc(count + 1, sizeof *zone->times);
    zone->walls = smp_calloc(count + 1, sizeof *zone->walls);
    zone->offsets = smp_calloc(count + 1, sizeof *zone->offsets);
    zone->offsets[0] = before;
    for (size_t i = 0; i < count; i++)
        smp_zone_add_change(zone, changes[i].when, changes[i].offset);
    smp_tzrule_fixed(&zone->rule, "GIVEN", zone->offsets[count]);
    zone->next = zones->first;
    return zones->first = zone;
}

void
smp_zones_release(struct smp_zones *zones)
{
    while (zones->first) {
        struct smp_zone *zone = zones->first;

        zones->first = zone->next;
        zone_free(zone);
    }
    links_free(zones->links);
    zones->links = NULL;
    smp_err_release(&zones->unread);
}

const char *
smp_zone_name(const struct smp_zone *zone)
{
    return zone->name;
}

uint64_t
smp_zone_hash(const struct smp_zone *zone)
{
    return zone->hash;
}

const struct smp_zone_rule *
smp_zone_rule(const struct smp_zone *zone)
{
    return &zone->rule;
}

/* How many of the ascending times are no later than one. */
static size_t
count_until(const int64_t *times, size_t count, int64_t time)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t
offset_after(const struct smp_zone *zone, size_t passed, int64_t instant)
{
    if (passed < zone->count)
        return zone->offsets[passed];
    return smp_tzrule_offset(&zone->rule, instant);
}

int32_t
smp_zone_offset(const struct smp_zone *zone, int64_t instant)
{
    return offset_after(zone, count_until(zone->times, zone->count, instant),
                        instant);
}

int64_t
smp_zone_to_local(const struct smp_zone *zone, int64_t instant)
{
    return smp_time_plus(instant, smp_zone_offset(zone, instant));
}

/*
 * Around a time that so many of the times have passed, where one offset holds;
 * by a rule with changes it holds, as far as is known here, for that one alone.
 */
static struct smp_zone_near
around(const struct smp_zone *zone, const int64_t *times, size_t passed,
       int64_t time, int32_t offset)
{
    const int64_t ever = INT64_C(1) << 62;
    struct smp_zone_near near = {time, time, offset};

    if (passed == zone->count && zone->rule.changes)
        return near;
    near.from = passed ? times[passed - 1] : -ever;
    near.until = passed < zone->count ? times[passed] : ever;
    return near;
}

void
smp_zone_find_local(struct smp_zone_near *near, const struct smp_zone *zone,
                    int64_t instant)
{
    size_t passed = count_until(zone->times, zone->count, instant);

    *near = around(zone, zone->times, passed, instant,
                   offset_after(zone, passed, instant));
}

/*
 * The greater offset, taken from a local time, gives an instant that is past
 * a change exactly where the local time is past its gap or its overlap.
 */
static int32_t
rule_local_offset(const struct smp_zone *zone, int64_t local)
{
    const struct smp_zone_rule *rule = &zone->rule;
    int64_t instant = smp_time_plus(
        local, -(int64_t)smp_offset_greater(rule->standard, rule->daylight));

    /* The rule says nothing about what came before it. */
    if (zone->count && instant < zone->times[zone->count - 1])
        instant = zone->times[zone->count - 1];
    return smp_tzrule_offset(rule, instant);
}

static int32_t
local_offset_after(const struct smp_zone *zone, size_t passed, int64_t local)
{
    if (passed < zone->count)
        return zone->offsets[passed];
    return rule_local_offset(zone, local);
}

int64_t
smp_zone_to_instant(const struct smp_zone *zone, int64_t local)
{
    size_t passed = count_until(zone->walls, zone->count, local);

    return smp_time_plus(local,
                         -(int64_t)local_offset_after(zone, passed, local));
}

void
smp_zone_find_instant(struct smp_zone_near *near, const struct smp_zone *zone,
                      int64_t local)
{
    size_t passed = count_until(zone->walls, zone->count, local);

    *near = around(zone, zone->walls, passed, local,
                   local_offset_after(zone, passed, local));
}

bool
smp_zone_next_change(const struct smp_zone *zone, int64_t from, int64_t until,
                     int64_t *when)
{
    size_t i =
        from > INT64_MIN ? count_until(zone->times, zone->count, from - 1) : 0;

    for (; i < zone->count && zone->times[i] <= until; i++) {
        if (zone->offsets[i] != zone->offsets[i + 1]) {
            *when = zone->times[i];
            return true;
        }
    }
    if (i < zone->count)
        return false;
    if (zone->count && from <= zone->times[zone->count - 1])
        from = smp_time_plus(zone->times[zone->count - 1], 1);
    return smp_tzrule_next_change(&zone->rule, from, until, when);
}
