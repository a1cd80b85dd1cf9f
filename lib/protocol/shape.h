#ifndef SMP_PROTOCOL_SHAPE_H
#define SMP_PROTOCOL_SHAPE_H

#include <stddef.h>

/*
 * What a protocol, or an index of answers, consists of, member by member, so
 * that one can be laid out anew without knowing what its members mean. A member
 * of struct smp_protocol, or of what hangs from it, that is not in these tables
 * is lost in an image.
 */
enum smp_shape_kind {
    SMP_SHAPE_VALUE, /* copied as it is */
    SMP_SHAPE_TEXT,  /* a pointer to text, or NULL */
    SMP_SHAPE_LIST   /* a pointer to `count` things, or NULL */
};

struct smp_shape_member {
    enum smp_shape_kind kind;
    size_t at;                  /* where in the struct */
    size_t size;                /* octets */
    size_t count_at;            /* of a list: where its size_t count is */
    const struct smp_shape *of; /* of a list: what it holds */
};

struct smp_shape {
    size_t size;
    const struct smp_shape_member *members;
    size_t count;
};

extern const struct smp_shape smp_protocol_shape;

#endif
