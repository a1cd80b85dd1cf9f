#include "json/json.h"

#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

/* DEL and C1 controls, which JSON allows but a terminal obeys, as \u00XX. */
static void
add_escaped(struct smp_buf *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at) {
        size_t plain = strcspn((const char *)at, "\x7f\xc2");

        smp_buf_add(out, at, plain);
        at += plain;
        if (*at == 0x7f) {
            smp_buf_puts(out, "\\u007f");
            at++;
        } else if (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f) {
            smp_buf_printf(out, "\\u%04x", (unsigned)at[1]);
            at += 2;
        } else if (*at) {
            smp_buf_putc(out, (char)*at++);
        }
    }
}

void
smp_json_print(struct smp_buf *out, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);

    if (text)
        add_escaped(out, text);
    else
        smp_out_of_memory();
    cJSON_free(text);
}

cJSON *
smp_json_merge(cJSON *target, const cJSON *patch)
{
    const cJSON *change;

    if (!cJSON_IsObject(patch)) {
        cJSON_Delete(target);
        return cJSON_Duplicate(patch, true);
    }
    if (!cJSON_IsObject(target)) {
        cJSON_Delete(target);
        target = cJSON_CreateObject();
    }
    cJSON_ArrayForEach (change, patch) {
        const char *key = change->string;
        cJSON *old = cJSON_GetObjectItemCaseSensitive(target, key);

        if (cJSON_IsNull(change))
            cJSON_DeleteItemFromObjectCaseSensitive(target, key);
        else if (!old)
            cJSON_AddItemToObject(target, key, smp_json_merge(NULL, change));
        else if (cJSON_IsObject(old) && cJSON_IsObject(change))
            smp_json_merge(old, change);
        else
            cJSON_ReplaceItemInObjectCaseSensitive(
                target, key, smp_json_merge(NULL, change));
    }
    return target;
}

unsigned long
smp_json_line(const char *text, const char *pointer, size_t *depth)
{
    struct smp_json_scan scan = {.text = text, .wanted = pointer};
    unsigned long line = 1;
    size_t i;

    scan.found = strspn(text, " \t\r\n");
    smp_json_scan(&scan);
    free(scan.numbers);
    free(scan.members);
    for (i = 0; i < scan.found; i++)
        line += text[i] == '\n';
    *depth = scan.depth;
    return line;
}
