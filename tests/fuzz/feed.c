/* Feeds: one merged with itself stays as it is, and is whole once sealed. */
#include "door.h"
#include "publish/internal.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smp_zones zones = {smp_zone_directory, NULL};
    char *text = input_text(data, size);
    struct smp_feed old = {0}, fresh = {0};
    struct smp_buf out = {0};
    struct smp_err err = {0};
    struct smp_merge how = {.zone = smp_zones_get(&zones, "Etc/UTC", &err),
                            .now = 1780000000,
                            .stamp = 1780000000};
    bool kept;

    smp_feed_state(text, size);
    smp_feed_is_cut(text, size);
    if (smp_feed_seal(text, size, 1) && smp_feed_parse(&old, text, size) &&
        !smp_feed_double(&old).n) {
        expect(smp_feed_state(text, size) == SMP_FEED_WHOLE);
        smp_feed_parse(&fresh, text, size);
        expect(smp_feed_merge(&out, &old, &fresh, &how, &kept) ==
                   SMP_CHANGE_NONE &&
               out.len == size && memcmp(out.data, text, size) == 0);
    }
    smp_feed_release(&old);
    smp_feed_release(&fresh);
    smp_buf_release(&out);
    smp_err_release(&err);
    smp_zones_release(&zones);
    free(text);
    return 0;
}
