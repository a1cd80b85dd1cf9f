#ifndef SMP_JSON_NUMBER_H
#define SMP_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers as they are written, n octets that a scan has found well formed. */

/* Whether cJSON would print the number as it stands: one that fits an int. */
bool smp_json_is_short(const char *number, size_t n, int *value);

/* Why a double does not hold it (an integer: not exactly); NULL: it does. */
const char *smp_json_number_fault(const char *number, size_t n);

/* The code unit of four hexadecimal digits, or -1. */
int smp_json_hex(const char *digits);

#endif
