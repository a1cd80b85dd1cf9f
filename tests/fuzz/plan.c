/* Plans: one that is read, and given its care, is printed as one that can be
 * read, and then is printed as the same. */
#include "care/care.h"
#include "door.h"

static struct smp_zones zones = {smp_zone_directory, NULL};
static const struct smp_plan_defaults defaults = {.zones = &zones,
                                                  .time_zone = "Europe/Paris"};

static int
read_plan(struct smp_plan *plan, const char *text, size_t n)
{
    struct smp_err err = {0};
    bool good;

    smp_plan_reset(plan);
    good = smp_plan_parse(plan, text, n, &defaults, &err);
    expect(good == !err.failed);
    smp_err_release(&err);
    return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct smp_protocol *protocol;
    static struct smp_rivals rivals;
    struct smp_plan plan = {0};
    struct smp_buf out = {0}, again = {0};

    if (!protocol)
        protocol = smp_protocol_load(NULL, NULL, 0, NULL, NULL);
    if (read_plan(&plan, (const char *)data, size)) {
        smp_care_add(&plan, protocol, SMP_PRE, false);
        smp_care_add(&plan, protocol, SMP_POST, true);
        smp_plan_format(&out, &plan);
        smp_care_note_day(&plan, protocol, &rivals, true,
                          smp_day_of(2026, 12, 1), 0);
        if (plan.item_count <= SMP_ITEMS_MAX && out.len <= 1024 * 1024) {
            expect(read_plan(&plan, out.data, out.len - 1));
            smp_plan_format(&again, &plan);
            expect_same(&out, &again);
        }
    }
    smp_plan_release(&plan);
    smp_buf_release(&out);
    smp_buf_release(&again);
    return 0;
}
