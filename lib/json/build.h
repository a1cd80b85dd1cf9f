#ifndef SMP_JSON_BUILD_H
#define SMP_JSON_BUILD_H

#include "json/json.h"

/*
 * Values from what a scan meets, in the order of the text. They lie in an
 * arena, if there is one, and go with it; else they are cJSON's own, each piece
 * allocated for itself. What is no fault of the grammar is noted here: it is
 * told after the scan, which may find the text wrong further on.
 */
struct smp_json_name {
    const char *text;
    size_t offset; /* of its quote */
    unsigned hash;
};

struct smp_json_builder {
    const char *source;      /* as it came */
    const char *text;        /* the same, or our own copy, where strings end */
    char *own;               /* that copy, or NULL */
    struct smp_arena *arena; /* or NULL */
    cJSON *root;
    cJSON *open;       /* the object or array that is being read */
    cJSON *value;      /* the value that comes next */
    size_t fault_at;   /* of the first number that cannot be kept */
    const char *fault; /* NULL: none */
    size_t twice_at;   /* of a member that is given twice */
    bool twice;

    struct smp_json_name *names; /* of the members of all open objects */
    size_t name_count, name_room;
};

/* A value comes: an element, or the one of the member just named. */
void smp_json_build_next(struct smp_json_builder *b);

/* The name of a member: n octets between quotes, the first one at `at`. */
void smp_json_build_name(struct smp_json_builder *b, size_t at, size_t n,
                         bool escaped);

/* What the value is. */
void smp_json_build_string(struct smp_json_builder *b, size_t at, size_t n,
                           bool escaped);
void smp_json_build_number(struct smp_json_builder *b, size_t at, size_t n);
void smp_json_build_word(struct smp_json_builder *b, int type);

/* An object or array begins; what leave needs is returned. */
struct smp_json_opened {
    cJSON *around;
    size_t first_name;
};

struct smp_json_opened smp_json_build_enter(struct smp_json_builder *b,
                                            int type);
void smp_json_build_leave(struct smp_json_builder *b,
                          struct smp_json_opened opened);

#endif
