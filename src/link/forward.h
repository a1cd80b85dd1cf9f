#ifndef SMP_LINK_FORWARD_H
#define SMP_LINK_FORWARD_H

/*
 * Stand-ins for functions of libraries that take long to load: each is
 * forwarded to its library, which is loaded at the first call. What never
 * calls it never pays for it. Without the library the program ends.
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

#endif
