#include "json/number.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
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
smp_json_is_short(const char *number, size_t n, int *value)
{
    enum { DIGITS = 10 };
    bool negative = number[0] == '-';
    int64_t sum = 0;
    size_t i;

    if (n > DIGITS + 1 || !is_integer(number, n) ||
        (negative && number[1] == '0'))
        return false;
    for (i = negative; i < n; i++)
        sum = sum * 10 + (number[i] - '0');
    if (negative)
        sum = -sum;
    *value = (int)sum;
    return sum >= INT_MIN && sum <= INT_MAX;
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

int
smp_json_hex(const char *digits)
{
    int value = 0, i;

    for (i = 0; i < 4; i++) {
        char c = digits[i];

        if (!isxdigit((unsigned char)c))
            return -1;
        value = value * 16 +
                (isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}
