#include "json/json.h"

#include <stdint.h>
#include <string.h>

static void
begin_member(struct smp_buf *out, size_t start, const char *key)
{
    if (out->len > start)
        smp_buf_putc(out, ',');
    smp_json_put_string(out, key);
    smp_buf_putc(out, ':');
}

/* The same of a key of ours, in which nothing is special. */
static void
begin_field(struct smp_buf *out, size_t start,
            const struct smp_json_field *field)
{
    char *at = smp_buf_room(out, sizeof field->key + 4);

    if (out->len > start)
        *at++ = ',';
    *at++ = '"';
    memcpy(at, field->key, sizeof field->key);
    at += field->length;
    *at++ = '"';
    *at++ = ':';
    smp_buf_end(out, at);
}

/* The field of that key, looked for from where it is likely; `count`: none. */
static size_t
field_of(const struct smp_json_field *fields, size_t count, size_t likely,
         const char *key)
{
    size_t i;

    for (i = 0; i < count; i++) {
        size_t at = likely + i < count ? likely + i : likely + i - count;

        if (*fields[at].key == *key && strcmp(fields[at].key, key) == 0)
            return at;
    }
    return count;
}

/* One field with its name; whether it is settled. */
static inline bool
put_field(struct smp_buf *out, size_t start, const struct smp_json_field *field,
          const void *thing, const cJSON *old)
{
    size_t before = out->len;

    begin_field(out, start, field);
    switch (field->put(out, thing, old)) {
    case SMP_JSON_PUT:
        return true;
    case SMP_JSON_KEEP:
        if (!old)
            break;
        smp_json_print(out, old);
        return true;
    case SMP_JSON_DROP:
        break;
    }
    smp_buf_cut(out, before);
    return false;
}

void
smp_json_put_fields(struct smp_buf *out, size_t start,
                    const struct smp_json_field *fields, size_t count,
                    const void *thing)
{
    size_t i;

    for (i = 0; i < count; i++)
        put_field(out, start, &fields[i], thing, NULL);
}

void
smp_json_patch(struct smp_buf *out, const cJSON *old,
               const struct smp_json_field *fields, size_t count,
               const void *thing)
{
    size_t start, i, likely = 0;
    const cJSON *member = cJSON_IsObject(old) ? old->child : NULL;
    uint32_t settled = 0;

    smp_buf_putc(out, '{');
    start = out->len;
    for (; member; member = member->next) {
        i = field_of(fields, count, likely, member->string);
        if (i == count) {
            begin_member(out, start, member->string);
            smp_json_print(out, member);
            continue;
        }
        if (put_field(out, start, &fields[i], thing, member))
            settled |= UINT32_C(1) << i;
        likely = i + 1;
    }
    for (i = 0; i < count; i++)
        if (!(settled >> i & 1))
            put_field(out, start, &fields[i], thing, NULL);
    smp_buf_putc(out, '}');
}
