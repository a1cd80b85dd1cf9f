#include "protocol/protocol.h"

#include <string.h>

/* "2", "3..5", then `rest`; thousandths of the two ends. */
static bool
read_range(const char **at, struct smp_every *every)
{
    if (!smp_number_read(at, &every->min))
        return false;
    every->max = every->min;
    if (strncmp(*at, "..", 2) != 0)
        return true;
    *at += 2;
    return smp_number_read(at, &every->max) && every->min <= every->max;
}

static bool
read_clocks(const char *at, struct smp_every *every)
{
    every->kind = SMP_EVERY_CLOCKS;
    for (;;) {
        size_t n = strcspn(at, ",");

        if (every->count == SMP_CLOCKS_MAX ||
            !smp_clock_read(at, n, &every->at[every->count].clock,
                            &every->at[every->count].minutes))
            return false;
        every->count++;
        if (!at[n])
            return true;
        at += n + 1;
    }
}

static bool
read_frequency(const char *at, struct smp_every *every)
{
    if (!read_range(&at, every) || !every->max)
        return false;
    if (strcmp(at, "/d") == 0)
        every->kind = SMP_EVERY_PER_DAY;
    else if (strcmp(at, "/w") == 0)
        every->kind = SMP_EVERY_PER_WEEK;
    else if (smp_unit_read(&at, &every->unit) && !*at)
        every->kind = SMP_EVERY_INTERVAL;
    else
        return false;
    return true;
}

bool
smp_every_parse(const char *text, struct smp_every *every)
{
    *every = (struct smp_every){.text = text};
    if (*text == '@')
        return read_clocks(text + 1, every);
    if (strchr("0123456789+-.", *text) && *text)
        return read_frequency(text, every);
    if (strncmp(text, "on:", 3) == 0) {
        every->kind = SMP_EVERY_ON;
        every->text = text + 3;
    } else {
        every->kind = strcmp(text, "as-needed") == 0 ? SMP_EVERY_AS_NEEDED
                                                     : SMP_EVERY_WORDS;
    }
    return true;
}
