#ifndef SMP_TOOL_MESSAGE_H
#define SMP_TOOL_MESSAGE_H

/* One line on standard error, "PROGRAM: TEXT", in one write. */
void smp_message(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many octets of an id a message shows: whole characters, not too many. */
int smp_message_shown(const char *id);

#endif
