#ifndef SMP_PROTOCOL_SETS_H
#define SMP_PROTOCOL_SETS_H

#include "protocol/layers.h"

/*
 * Turns the lists of aliases in a protocol (ask, names), and the sentences of
 * `never`, into objects with a member for each, so that they can be patched;
 * for layers.c alone.
 */
void smp_lists_to_sets(const struct smp_merged *protocol);

#endif
