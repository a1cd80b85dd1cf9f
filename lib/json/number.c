#include "json/number.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_integer(const char *number, size_t n)
{
    size_t i;

    for (i = number[0] == '-'; i < n; i++)
        if (number[i] < '0' || number[i] > '9')
            return false;
    return true;
}

bool
smp_json_is_short(const char *number, size_t n)
{
    enum { DIGITS = 10 };
    long long value;

    if (!is_integer(number, n) || n > DIGITS + 1 ||
        strncmp(number, "-0", 2) == 0)
        return false;
    value = strtoll(number, NULL, 10);
    return value >= INT_MIN && value <= INT_MAX;
}

const char *
smp_json_number_fault(const char *number, size_t n)
{
    enum { SURELY_EXACT = 15, LONGEST = 310 };
    char copy[LONGEST + 1];
    double value;

    if (n > LONGEST && is_integer(number, n))
        return "a number out of range";
    value = strtod(number, NULL);
    if (!isfinite(value))
        return "a number out of range";
    if (n <= SURELY_EXACT || !is_integer(number, n))
        return NULL;
    snprintf(copy, sizeof copy, "%.0f", value);
    return strlen(copy) == n && memcmp(copy, number, n) == 0
               ? NULL
               : "an integer too large to keep exactly";
}
