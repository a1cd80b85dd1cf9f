/* What weighs words takes four functions of the library of mathematics. */
#define _GNU_SOURCE
#include <gnu/lib-names.h>
#include <math.h>

#include "link/forward.h"

#define LIBRARY LIBM_SO

SMP_FORWARD(double, return, exp, (double x), (x))
SMP_FORWARD(double, return, log, (double x), (x))
SMP_FORWARD(double, return, sqrt, (double x), (x))
SMP_FORWARD(double, return, round, (double x), (x))
