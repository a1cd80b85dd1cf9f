#include "json/json.h"
#include "plan/printing.h"

change
smp_printing_text(struct smp_buf *out, const char *text)
{
    if (!text)
        return SMP_JSON_DROP;
    smp_json_put_string(out, text);
    return SMP_JSON_PUT;
}

change
smp_printing_int(struct smp_buf *out, int number)
{
    smp_buf_digits(out, number);
    return SMP_JSON_PUT;
}

change
smp_printing_when(struct smp_buf *out, struct smp_when when)
{
    char *at;

    if (when.kind == SMP_NEVER)
        return SMP_JSON_DROP;
    at = smp_buf_room(out, SMP_WHEN_LONGEST + 2);
    *at++ = '"';
    at = smp_when_write(at, when);
    *at++ = '"';
    smp_buf_end(out, at);
    return SMP_JSON_PUT;
}

change
smp_printing_instant(struct smp_buf *out, int64_t instant)
{
    return smp_printing_when(out, (struct smp_when){SMP_INSTANT, instant});
}

change
smp_printing_strings(struct smp_buf *out, const struct smp_strings *list)
{
    size_t i;

    if (!list->count)
        return SMP_JSON_DROP;
    for (i = 0; i < list->count; i++) {
        smp_buf_putc(out, i ? ',' : '[');
        smp_json_put_string(out, list->at[i]);
    }
    smp_buf_putc(out, ']');
    return SMP_JSON_PUT;
}

const cJSON *
smp_printing_element(struct elements *old, size_t source)
{
    if (!source || !old->array)
        return NULL;
    if (!old->at || source < old->source) {
        old->at = old->array->child;
        old->source = 1;
    }
    for (; old->at && old->source < source; old->source++)
        old->at = old->at->next;
    return old->at;
}
