/*
 * JSON: what is passed on is what is formatted, which parses as the same; and
 * a text without the rest of its members has the first ones.
 */
#include "door.h"
#include "json/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct smp_arena arena = {0};
    struct smp_err err = {0};
    struct smp_buf out = {0}, again = {0};
    const cJSON *value = smp_json_parse(&arena, text, size, &err), *start;

    expect(!value == err.failed);
    start = smp_json_parse_until(&arena, text, size, "items");
    if (value) {
        expect(start != NULL);
        smp_json_format(&out, value);
        smp_json_pass_on(&again, value);
        expect_same(&out, &again);
        value = smp_json_parse(&arena, out.data, out.len, &err);
        expect(value != NULL);
        smp_buf_cut(&again, 0);
        smp_json_pass_on(&again, value);
        expect_same(&out, &again);
    }
    smp_buf_release(&out);
    smp_buf_release(&again);
    smp_err_release(&err);
    smp_arena_release(&arena);
    return 0;
}
