/* Windows of rules, how often, and opening hours: their small grammars. */
#include "door.h"
#include "protocol/internal.h"
#include "time/civil.h"
#include "time/window.h"

static void
read_hours(const char *text)
{
    struct smp_opening openings[SMP_HOURS_MAX + 1];
    struct smp_hours hours;
    struct smp_err err = {0};
    int32_t day = smp_day_of(2026, 12, 1);
    bool good = smp_hours_parse(text, &hours, NULL, &err);

    expect(good == !err.failed);
    if (good) {
        size_t count = smp_hours_on(&hours, day, openings);

        for (size_t i = 0; i < count; i++)
            expect(openings[i].from < openings[i].until &&
                   (!i || openings[i - 1].until < openings[i].from));
    }
    smp_err_release(&err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = input_text(data, size);
    struct smp_arena arena = {0};
    struct smp_window window;
    struct smp_every every;
    struct smp_err err = {0};

    expect(smp_window_parse(text, &arena, &window, &err) == !err.failed);
    smp_every_parse(text, &every);
    read_hours(text);
    smp_err_release(&err);
    smp_arena_release(&arena);
    free(text);
    return 0;
}
