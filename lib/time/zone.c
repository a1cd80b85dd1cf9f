#include "time/tzrule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/base.h"
#include "time/zone.h"

/* A zone as it is kept. */
struct smp_zone {
    struct smp_zone *next;
    char *name;
    uint64_t hash;    /* of its file, or 0 */
    size_t count;     /* of transitions */
    int64_t *times;   /* their instants, ascending */
    int64_t *walls;   /* the first local time that belongs to each */
    int32_t *offsets; /* count + 1: before the first, then after each */
    struct smp_zone_rule rule;
};

/* A sum that stops at the ends of time. */
static int64_t
plus(int64_t a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b)
        return INT64_MAX;
    if (b < 0 && a < INT64_MIN - b)
        return INT64_MIN;
    return a + b;
}

static int32_t
greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* TZif files (RFC 9636): whatever a file holds, nothing is read beyond its
 * end. */
enum { HEADER_SIZE = 44, TYPE_SIZE = 6, TYPES_MAX = 256 };

/* RFC 9636 section 3.2 */
enum { OFFSET_MIN = -89999, OFFSET_MAX = 93599 };

/* What is left to read of a file; `at` never passes the end. */
struct input {
    const unsigned char *at;
    size_t left;
};

/* The next n octets, NULL if there are fewer. */
static const unsigned char *
take_octets(struct input *in, uint64_t n)
{
    const unsigned char *start = in->at;

    if (n > in->left)
        return NULL;
    in->at += n;
    in->left -= (size_t)n;
    return start;
}

static int64_t
big_endian(const unsigned char *octets, size_t n)
{
    int64_t number = octets[0] < 0x80 ? octets[0] : octets[0] - 256;

    for (size_t i = 1; i < n; i++)
        number = number * 256 + octets[i];
    return number;
}

/* RFC 9636 section 3.1 */
struct header {
    char version;
    uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static uint32_t
count_at(const unsigned char *octets)
{
    return (uint32_t)big_endian(octets, 4);
}

static bool
take_header(struct input *in, struct header *header, struct smp_err *err)
{
    const unsigned char *octets = take_octets(in, HEADER_SIZE);

    if (!octets || memcmp(octets, "TZif", 4) != 0)
        return smp_fail(err, "not a TZif file");
    if (octets[4] && (octets[4] < '2' || octets[4] > '4'))
        return smp_fail(err, "a version of TZif that is not known");
    *header = (struct header){
        .version = (char)octets[4],
        .isutcnt = count_at(octets + 20),
        .isstdcnt = count_at(octets + 24),
        .leapcnt = count_at(octets + 28),
        .timecnt = count_at(octets + 32),
        .typecnt = count_at(octets + 36),
        .charcnt = count_at(octets + 40),
    };
    return true;
}

static uint64_t
block_size(const struct header *header, size_t time_size)
{
    return (uint64_t)header->timecnt * (time_size + 1) +
           (uint64_t)header->typecnt * TYPE_SIZE + header->charcnt +
           (uint64_t)header->leapcnt * (time_size + 4) + header->isstdcnt +
           header->isutcnt;
}

/* The data block that counts: the only one of version 1, else the second. */
struct block {
    struct header header;
    size_t time_size;
    const unsigned char *times, *indices, *types;
    const char *names;
};

static bool
check_counts(const struct header *header, struct smp_err *err)
{
    if (!header->typecnt || header->typecnt > TYPES_MAX || !header->charcnt ||
        (header->isutcnt && header->isutcnt != header->typecnt) ||
        (header->isstdcnt && header->isstdcnt != header->typecnt))
        return smp_fail(err, "counts that do not fit");
    /* Its transitions would be off by the leap seconds so far. */
    if (header->leapcnt)
        return smp_fail(err, "it counts leap seconds");
    return true;
}

static bool
take_block(struct input *in, struct block *block, struct smp_err *err)
{
    const struct header *header = &block->header;

    if (!check_counts(header, err))
        return false;
    block->times = take_octets(in, block_size(header, block->time_size));
    if (!block->times)
        return smp_fail(err, "it is cut short");
    block->indices = block->times + header->timecnt * block->time_size;
    block->types = block->indices + header->timecnt;
    block->names =
        (const char *)block->types + (size_t)header->typecnt * TYPE_SIZE;
    if (block->names[header->charcnt - 1])
        return smp_fail(err, "an abbreviation without an end");
    return true;
}

static bool
take_last_block(struct input *in, struct block *block, struct smp_err *err)
{
    if (!take_header(in, &block->header, err))
        return false;
    block->time_size = 4;
    if (block->header.version) {
        if (!take_octets(in, block_size(&block->header, block->time_size)))
            return smp_fail(err, "it is cut short");
        if (!take_header(in, &block->header, err))
            return false;
        block->time_size = 8;
    }
    return take_block(in, block, err);
}

static bool
check_types(const struct block *block, struct smp_err *err)
{
    for (size_t i = 0; i < block->header.typecnt; i++) {
        const unsigned char *type = block->types + i * TYPE_SIZE;
        int64_t offset = big_endian(type, 4);

        if (offset < OFFSET_MIN || offset > OFFSET_MAX)
            return smp_fail(err, "an offset of more than a day");
        if (type[4] > 1 || type[5] >= block->header.charcnt)
            return smp_fail(err, "a local time type that is damaged");
    }
    return true;
}

static int32_t
type_offset(const struct block *block, size_t type)
{
    return (int32_t)big_endian(block->types + type * TYPE_SIZE, 4);
}

static void
add_change(struct smp_zone *zone, int64_t time, int32_t after)
{
    int32_t before = zone->offsets[zone->count];

    zone->times[zone->count] = time;
    /* Past a gap and past the first pass of an overlap alike. */
    zone->walls[zone->count] = plus(time, greater(before, after));
    zone->offsets[++zone->count] = after;
}

static bool
read_transition(struct smp_zone *zone, const struct block *block,
                struct smp_err *err)
{
    size_t i = zone->count;
    int64_t time =
        big_endian(block->times + i * block->time_size, block->time_size);

    if (i && time <= zone->times[i - 1])
        return smp_fail(err, "transitions that are out of order");
    if (block->indices[i] >= block->header.typecnt)
        return smp_fail(err, "a transition to a type that is not there");
    add_change(zone, time, type_offset(block, block->indices[i]));
    return true;
}

/* Leaves room for the one that join_rule may add. */
static bool
read_transitions(struct smp_zone *zone, const struct block *block,
                 struct smp_err *err)
{
    size_t room = (size_t)block->header.timecnt + 1;

    zone->times = smp_calloc(room, sizeof *zone->times);
    zone->walls = smp_calloc(room, sizeof *zone->walls);
    zone->offsets = smp_calloc(room + 1, sizeof *zone->offsets);
    zone->offsets[0] = type_offset(block, 0);
    while (zone->count < block->header.timecnt)
        if (!read_transition(zone, block, err))
            return false;
    return true;
}

/* Without a footer the last local time type lasts. */
static bool
keep_last_type(struct smp_zone *zone, const struct block *block,
               struct smp_err *err)
{
    size_t type = zone->count ? block->indices[zone->count - 1] : 0;
    const char *name = block->names + block->types[type * TYPE_SIZE + 5];

    if (!smp_tzrule_fixed(&zone->rule, name, zone->offsets[zone->count]))
        return smp_fail(err, "an abbreviation that is not well formed");
    return true;
}

/*
 * The rule must agree with the last transition (RFC 9636 section 3.3). The
 * compact file that zic writes for America/Ojinaga does not: its transition of
 * 2022 to standard time comes a week before that of the rule. What a
 * transition says holds until the rule changes something.
 */
static bool
join_rule(struct smp_zone *zone, struct smp_err *err)
{
    const struct smp_zone_rule *rule = &zone->rule;
    int64_t last, when;

    if (!zone->count)
        return true;
    last = zone->times[zone->count - 1];
    if (smp_tzrule_offset(rule, last) == zone->offsets[zone->count])
        return true;
    if (!smp_tzrule_next_change(rule, plus(last, 1), INT64_MAX, &when))
        return smp_fail(err, "its footer contradicts its last transition");
    add_change(zone, when, smp_tzrule_offset(rule, when));
    return true;
}

/* RFC 9636 section 3.3 */
static bool
read_footer(struct smp_zone *zone, const struct block *block, struct input *in,
            struct smp_err *err)
{
    const unsigned char *newline = take_octets(in, 1);
    const char *text = (const char *)in->at;
    const char *end = memchr(in->at, '\n', in->left);

    if (!newline || *newline != '\n' || !end)
        return smp_fail(err, "its footer is cut short");
    if (end == text)
        return keep_last_type(zone, block, err);
    if (!smp_tzrule_read(&zone->rule, text, (size_t)(end - text)))
        return smp_fail(err, "its footer is not well formed");
    return join_rule(zone, err);
}

static bool
read_tzif(struct smp_zone *zone, const struct smp_buf *file,
          struct smp_err *err)
{
    struct input in = {(const unsigned char *)smp_buf_text(file), file->len};
    struct block block;

    if (!take_last_block(&in, &block, err) || !check_types(&block, err) ||
        !read_transitions(zone, &block, err))
        return false;
    if (!block.header.version)
        return keep_last_type(zone, &block, err);
    return read_footer(zone, &block, &in, err);
}

/* Files and their names. */
enum {
    FILE_MAX = 256 * 1024,
    LINKS_FILE_MAX = 1024 * 1024,
    SLASHES_MAX = 2,
    LINKS_MAX = 8 /* from a name to a file */
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
    for (int slashes = 0; slashes <= SLASHES_MAX; slashes++) {
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
    bool ok = smp_read_file(path, FILE_MAX, &file, &why) &&
              read_tzif(zone, &file, &why);

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
        smp_read_file(path.data, LINKS_FILE_MAX, &links->text, err)) {
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
    for (int links = 0; links <= LINKS_MAX; links++) {
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
        add_change(zone, changes[i].when, changes[i].offset);
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

static bool
is_no_later(const void *one, const void *time)
{
    return *(const int64_t *)one <= *(const int64_t *)time;
}

/* How many of the ascending times are no later than one. */
static size_t
count_until(const int64_t *times, size_t count, int64_t time)
{
    return smp_first_from(times, count, sizeof *times, &time, is_no_later);
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
    return plus(instant, smp_zone_offset(zone, instant));
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
    int64_t instant =
        plus(local, -(int64_t)greater(rule->standard, rule->daylight));

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

    return plus(local, -(int64_t)local_offset_after(zone, passed, local));
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
        from = plus(zone->times[zone->count - 1], 1);
    return smp_tzrule_next_change(&zone->rule, from, until, when);
}
