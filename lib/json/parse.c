#include "json/json.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/scan.h"

static bool
fail_at(struct smp_err *err, const char *text, size_t at, const char *what)
{
    unsigned long line = 1, column = 1;
    size_t i;

    for (i = 0; i < at; i++) {
        column++;
        if (text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return smp_fail(err, "line %lu, column %lu: %s", line, column, what);
}

static bool
is_integer(const char *number, size_t n)
{
    size_t i;

    for (i = number[0] == '-'; i < n; i++)
        if (number[i] < '0' || number[i] > '9')
            return false;
    return true;
}

/* Whether cJSON would print the number as it stands: one that fits an int. */
static bool
is_short_integer(const char *number, size_t n)
{
    enum { DIGITS = 10 };
    long long value;

    if (!is_integer(number, n) || n > DIGITS + 1 ||
        strncmp(number, "-0", 2) == 0)
        return false;
    value = strtoll(number, NULL, 10);
    return value >= INT_MIN && value <= INT_MAX;
}

static const char *
number_fault(const char *number, size_t n)
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

static bool
check_numbers(const struct smp_json_scan *scan, struct smp_err *err)
{
    size_t i;

    for (i = 0; i < scan->number_count; i++) {
        const struct smp_json_number *number = &scan->numbers[i];
        const char *text = scan->text + number->offset, *fault;

        if (is_short_integer(text, number->size))
            continue;
        fault = number_fault(text, number->size);
        if (fault)
            return fail_at(err, scan->text, number->offset, fault);
    }
    return true;
}

static void
keep_as_written(cJSON *value, const char *text, size_t n)
{
    char *copy;

    if (is_short_integer(text, n))
        return;
    copy = smp_alloc(n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    value->type = cJSON_Raw;
    value->valuestring = copy;
}

/* Gives the numbers of a value their own text, in the order of the text. */
static const struct smp_json_number *
keep_numbers(cJSON *value, const char *text,
             const struct smp_json_number *number)
{
    cJSON *child;

    if (cJSON_IsNumber(value)) {
        keep_as_written(value, text + number->offset, number->size);
        return number + 1;
    }
    for (child = value->child; child; child = child->next)
        number = keep_numbers(child, text, number);
    return number;
}

/* A member's name and its place among all members of the text. */
struct name {
    const char *text;
    size_t order;
};

static int
compare_names(const void *a, const void *b)
{
    const struct name *first = a, *second = b;
    int order = strcmp(first->text, second->text);

    return order ? order
                 : (first->order > second->order) -
                       (first->order < second->order);
}

/* The place of a member that its object has already, or SIZE_MAX. */
static size_t
twice_in(struct name *names, size_t count)
{
    size_t i;

    if (count > 1)
        qsort(names, count, sizeof *names, compare_names);
    for (i = 1; i < count; i++)
        if (strcmp(names[i - 1].text, names[i].text) == 0)
            return names[i].order;
    return SIZE_MAX;
}

/* The same for a value and all in it; *order counts members as they come. */
static size_t
given_twice(const cJSON *value, size_t *order)
{
    struct name *names = NULL;
    size_t count = 0, room = 0, twice = SIZE_MAX;
    const cJSON *child;

    for (child = value->child; child && twice == SIZE_MAX;
         child = child->next) {
        if (cJSON_IsObject(value)) {
            names = smp_grow(names, count, &room, sizeof *names);
            names[count++] = (struct name){child->string, (*order)++};
        }
        if (child->child)
            twice = given_twice(child, order);
    }
    if (twice == SIZE_MAX)
        twice = twice_in(names, count);
    free(names);
    return twice;
}

static cJSON *
build(struct smp_json_scan *scan, size_t n, struct smp_err *err)
{
    cJSON *value = cJSON_ParseWithLengthOpts(scan->text, n + 1, NULL, 1);
    size_t order = 0, twice;

    if (!value) {
        smp_fail(err, "not understood");
        return NULL;
    }
    twice = given_twice(value, &order);
    if (twice != SIZE_MAX) {
        fail_at(err, scan->text, scan->members[twice],
                "a member is given twice");
        cJSON_Delete(value);
        return NULL;
    }
    keep_numbers(value, scan->text, scan->numbers);
    return value;
}

/* cJSON's memory is ours: out of memory ends the program in one place. */
static void
use_own_memory(void)
{
    static bool done;
    cJSON_Hooks hooks = {smp_alloc, free};

    if (!done)
        cJSON_InitHooks(&hooks);
    done = true;
}

cJSON *
smp_json_parse(const char *text, size_t n, struct smp_err *err)
{
    struct smp_json_scan scan = {.text = text};
    size_t valid = smp_utf8_valid(text, n);
    cJSON *value = NULL;

    use_own_memory();
    if (strlen(text) < valid)
        fail_at(err, text, strlen(text), "a NUL character");
    else if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        fail_at(err, text, 0, "a byte order mark");
    else if (valid < n)
        fail_at(err, text, valid, "not UTF-8");
    else if (!smp_json_scan(&scan))
        fail_at(err, text, scan.at, scan.wrong);
    else if (check_numbers(&scan, err))
        value = build(&scan, n, err);
    free(scan.numbers);
    free(scan.members);
    return value;
}
