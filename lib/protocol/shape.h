#ifndef SMP_PROTOCOL_SHAPE_H
#define SMP_PROTOCOL_SHAPE_H

#include <stddef.h>

/*
 * The members of a protocol, or of an index of answers, so that either can be
 * written as C without knowledge of what its members mean. A member of struct
 * smp_protocol, or of a struct it points to, is lost in an image if it is not
 * in these tables.
 */
enum smp_shape_kind {
    SMP_SHAPE_SIGNED, /* integers */
    SMP_SHAPE_UNSIGNED,
    SMP_SHAPE_REAL, /* a double or a float */
    SMP_SHAPE_TEXT, /* a pointer to text, or NULL */
    SMP_SHAPE_LIST  /* a pointer to `count` things, or NULL */
};

struct smp_shape_member {
    enum smp_shape_kind kind;
    const char *name;           /* in C; NULL if the thing has no members */
    size_t at;                  /* octets from the beginning of the struct */
    size_t size;                /* octets */
    size_t count_at;            /* of a list: where its size_t count is */
    const struct smp_shape *of; /* of a list: what it holds */
};

struct smp_shape {
    const char *name, *type; /* "rule", "struct smp_rule" */
    size_t size;
    const struct smp_shape_member *members;
    size_t count;
};

extern const struct smp_shape smp_protocol_shape;

#endif
