/* JSON: both ways of reading agree, and what is printed reads as the same. */
#include "door.h"
#include "json/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smp_arena arena = {0};
    struct smp_err err = {0}, other = {0};
    struct smp_buf out = {0}, again = {0};
    cJSON *tree = smp_json_parse((const char *)data, size, &err);
    const cJSON *value =
        smp_json_read(&arena, (const char *)data, size, &other);

    expect(!tree == !value && !tree == err.failed && !value == other.failed);
    if (tree) {
        smp_json_print(&out, value);
        smp_json_print(&again, tree);
        expect_same(&out, &again);
        cJSON_Delete(tree);
        tree = smp_json_parse(out.data, out.len, &err);
        expect(tree != NULL);
        smp_buf_cut(&again, 0);
        smp_json_print(&again, tree);
        expect_same(&out, &again);
    }
    cJSON_Delete(tree);
    smp_buf_release(&out);
    smp_buf_release(&again);
    smp_err_release(&err);
    smp_err_release(&other);
    smp_arena_release(&arena);
    return 0;
}
