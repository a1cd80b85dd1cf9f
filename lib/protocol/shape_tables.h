#ifndef SMP_PROTOCOL_SHAPE_TABLES_H
#define SMP_PROTOCOL_SHAPE_TABLES_H

#include "protocol/shape.h"

/*
 * How the tables of shapes are written; for the .c files that consist of them.
 * LIST is given the shape of its members; SHAPE ends what NAME_members begins.
 */
#define SIZE(type, member) sizeof(((struct type *)0)->member)
#define VALUE(type, member)                                                    \
    {                                                                          \
        SMP_SHAPE_VALUE, offsetof(struct type, member), SIZE(type, member), 0, \
            NULL                                                               \
    }
#define TEXT(type, member)                                                     \
    {                                                                          \
        SMP_SHAPE_TEXT, offsetof(struct type, member), SIZE(type, member), 0,  \
            NULL                                                               \
    }
#define LIST(type, member, count, of)                                          \
    {SMP_SHAPE_LIST, offsetof(struct type, member), SIZE(type, member),        \
     offsetof(struct type, count), &(of)},                                     \
        VALUE(type, count)
#define STRINGS(type, member) LIST(type, member.at, member.count, text_shape)
#define SHAPE(name, type)                                                      \
    static const struct smp_shape name##_shape = {                             \
        sizeof(type), name##_members,                                          \
        sizeof name##_members / sizeof *name##_members}

#endif
