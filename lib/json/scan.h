#ifndef SMP_JSON_SCAN_H
#define SMP_JSON_SCAN_H

#include "base/eight.h"
#include "json/json.h"

/*
 * A strict walk over a JSON text (RFC 8259) that builds its values in an arena
 * as it goes. It walks over a copy of its own, so that a string can stay where
 * it is: its escapes are taken out there, and a NUL is put in place of its
 * closing quote. Behind the copy are so many NULs that eight octets may be
 * looked at from anywhere in it. What is no fault of the grammar is noted, and
 * told after the walk, which may find the text wrong further on.
 *
 * A value that smp_json_print would write as it came is told to it, with its
 * octets in `source`: an object or array without blanks outside its strings
 * and without escapes in them. (Raw controls, the other thing that is printed
 * otherwise, the caller looks for: then there is no `source`.) So `otherwise`
 * is where the last blank or escaped string ended, and an object or array that
 * begins there or later is printed as it came.
 */
enum { SMP_JSON_PAD = sizeof(uint64_t) };

struct smp_json_scan {
    struct smp_arena *arena;
    char *text, *at;    /* our copy, and how far it is read */
    const char *source; /* the same as it came; NULL: nobody will print it */
    const char *wrong;  /* what is not JSON; NULL: nothing */

    const char *otherwise;
    cJSON *spare; /* values that are still to be used */
    size_t spare_count;

    const char *fault; /* of the first number that cannot be kept, or NULL */
    const char *fault_at, *twice_at; /* NULL: no member is given twice */
};

/* The whole text; NULL where it is not JSON, with what is wrong at `at`. */
cJSON *smp_json_scan(struct smp_json_scan *scan);

/* Moves `at` behind the character, if that is there. */
static inline bool
smp_json_take(struct smp_json_scan *scan, char c)
{
    if (*scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* Notes what is wrong at `at`; false. */
bool smp_json_scan_wrong(struct smp_json_scan *scan, const char *what);

/*
 * The rest of a string that begins at `start`: up to `at`, where there is a
 * backslash or what cannot stand in a string, nothing was special.
 */
bool smp_json_scan_string(struct smp_json_scan *scan, char *start);

/* A cJSON_Object or cJSON_Array whose valuestring are the valueint octets it
 * is printed as. */
enum { SMP_JSON_AS_IT_CAME = 1 << 16 };

/*
 * Not 0 where one of eight octets ends a string or is special in it: a quote,
 * a backslash or a control. A quote is less than '!', as controls are, once a
 * flipped bit has made it a space, and the space a quote.
 */
static inline uint64_t
smp_json_special(uint64_t eight)
{
    uint64_t flipped = eight ^ SMP_EIGHT_ONES * ('"' ^ ' ');

    return smp_eight_below(flipped, '!') | smp_eight_equal(eight, '\\');
}

/* The next such octet, or the NUL. */
static inline char *
smp_json_skip_plain(char *at)
{
    for (;; at += sizeof(uint64_t)) {
        uint64_t special = smp_json_special(smp_eight(at));

        if (special)
            return at + smp_eight_before(special);
    }
}

/* Notes the second of two members of one name, by the alphabet the first. */
void smp_json_find_twice(struct smp_json_scan *scan, const cJSON *object);

#endif
