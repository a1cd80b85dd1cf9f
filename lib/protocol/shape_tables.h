#ifndef SMP_PROTOCOL_SHAPE_TABLES_H
#define SMP_PROTOCOL_SHAPE_TABLES_H

#include "protocol/shape.h"

/*
 * How the tables of shapes are written; for the .c files that consist of them.
 * LIST takes the shape of its elements; SHAPE ends what NAME_members begins.
 */
#define MEMBER(type, member) (((struct type *)0)->member)
#define VALUE(type, member)                                                    \
    {                                                                          \
        SHAPE_KIND(MEMBER(type, member)), #member,                             \
            offsetof(struct type, member), sizeof MEMBER(type, member), 0,     \
            NULL                                                               \
    }
#define TEXT(type, member)                                                     \
    {                                                                          \
        SMP_SHAPE_TEXT, #member, offsetof(struct type, member),                \
            sizeof MEMBER(type, member), 0, NULL                               \
    }
#define LIST(type, member, count, of)                                          \
    {SMP_SHAPE_LIST,                                                           \
     #member,                                                                  \
     offsetof(struct type, member),                                            \
     sizeof MEMBER(type, member),                                              \
     offsetof(struct type, count),                                             \
     &(of)},                                                                   \
        VALUE(type, count)
#define STRINGS(type, member) LIST(type, member.at, member.count, text_shape)

/* The members of what has none: a number, or a text. */
#define ALONE(kind, type)                                                      \
    {                                                                          \
        kind, NULL, 0, sizeof(type), 0, NULL                                   \
    }

#define SHAPE(name, type)                                                      \
    static const struct smp_shape name##_shape = SHAPE_OF(name, type)
#define SHAPE_OF(name, type)                                                   \
    {                                                                          \
#name, #type, sizeof(type), name##_members,                            \
            sizeof name##_members / sizeof *name##_members                     \
    }

/* An enum without negative values is unsigned, and so is bool. */
#define SHAPE_KIND(value)                                                      \
    _Generic((value), double                                                   \
             : SMP_SHAPE_REAL, float                                           \
             : SMP_SHAPE_REAL, int                                             \
             : SMP_SHAPE_SIGNED, long                                          \
             : SMP_SHAPE_SIGNED, long long                                     \
             : SMP_SHAPE_SIGNED, default                                       \
             : SMP_SHAPE_UNSIGNED)

#endif
