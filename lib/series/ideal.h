#ifndef SMP_SERIES_IDEAL_H
#define SMP_SERIES_IDEAL_H

#include "series/search.h"

/*
 * Places all slots where nothing could be better, if nothing is in the way
 * there: what a search would find, without one. For the .c files of this room
 * alone.
 */
bool smp_ideal_place(struct smp_search *search);

#endif
