#include "time/tzif.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "time/tzrule.h"

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, MOST_TYPES = 256 };

/* RFC 9636 section 3.2 */
enum { LEAST_OFFSET = -89999, GREATEST_OFFSET = 93599 };

/* What is left to read of a file; `at` never passes the end. */
struct input {
    const unsigned char *at;
    size_t left;
};

/* The next n octets, NULL where there are fewer. */
static const unsigned char *
take(struct input *in, uint64_t n)
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
    const unsigned char *octets = take(in, HEADER_SIZE);

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
    if (!header->typecnt || header->typecnt > MOST_TYPES || !header->charcnt ||
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
    block->times = take(in, block_size(header, block->time_size));
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
        if (!take(in, block_size(&block->header, block->time_size)))
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

        if (offset < LEAST_OFFSET || offset > GREATEST_OFFSET)
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

void
smp_zone_add_change(struct smp_zone *zone, int64_t time, int32_t after)
{
    int32_t before = zone->offsets[zone->count];

    zone->times[zone->count] = time;
    /* Past a gap and past the first pass of an overlap alike. */
    zone->walls[zone->count] =
        smp_time_plus(time, smp_offset_greater(before, after));
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
    smp_zone_add_change(zone, time, type_offset(block, block->indices[i]));
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
    if (!smp_tzrule_next_change(rule, smp_time_plus(last, 1), INT64_MAX, &when))
        return smp_fail(err, "its footer contradicts its last transition");
    smp_zone_add_change(zone, when, smp_tzrule_offset(rule, when));
    return true;
}

/* RFC 9636 section 3.3 */
static bool
read_footer(struct smp_zone *zone, const struct block *block, struct input *in,
            struct smp_err *err)
{
    const unsigned char *newline = take(in, 1);
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

bool
smp_tzif_read(struct smp_zone *zone, const struct smp_buf *file,
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
