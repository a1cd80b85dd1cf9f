#ifndef SMP_LINK_FORWARD_H
#define SMP_LINK_FORWARD_H

#include <stdint.h>

/*
 * Stand-ins for functions of libraries that take long to load. The first call
 * loads the library; a program that makes no such call does not pay for it.
 * If the library is missing, the program ends with status 4.
 */
void smp_forward_end(const char *why) __attribute__((noreturn));

/* Puts the function of that name into *slot, a pointer to it. */
void smp_forward_find(void *slot, const char *library, const char *name);

/* LIBRARY is the name of its file; `result` is return, or nothing for void. */
#define SMP_FORWARD(type, result, name, parameters, arguments)                 \
    type name parameters                                                       \
    {                                                                          \
        static type(*there) parameters;                                        \
        if (!there)                                                            \
            smp_forward_find(&there, LIBRARY, SMP_TEXT(name));                 \
        result there arguments;                                                \
    }

#define SMP_TEXT_OF(name) #name
#define SMP_TEXT(name) SMP_TEXT_OF(name) /* of what a macro stands for */

/*
 * An ELF note about that, for those who package the programs:
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata/
 * Show it by: readelf -p .note.dlopen PROGRAM
 */
#define SMP_FORWARD_NOTE(feature, description)                                 \
    static const struct {                                                      \
        uint32_t name_size, text_size, type;                                   \
        char name[sizeof "FDO"];                                               \
        char text[sizeof SMP_NOTE_TEXT(feature, description)];                 \
    } smp_forward_note                                                         \
        __attribute__((used, aligned(4), section(".note.dlopen"))) = {         \
            sizeof "FDO", sizeof SMP_NOTE_TEXT(feature, description),          \
            UINT32_C(0x407c0c0a), "FDO", SMP_NOTE_TEXT(feature, description)};

#define SMP_NOTE_TEXT(feature, description)                                    \
    "[{\"feature\":\"" feature "\",\"description\":\"" description             \
    "\",\"priority\":\"recommended\",\"soname\":[\"" LIBRARY "\"]}]"

#endif
