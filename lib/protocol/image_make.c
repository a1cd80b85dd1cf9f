#include <string.h>

#include "protocol/image.h"

enum { ALIGNMENT = sizeof(uint64_t) };

static void lay_out(struct smp_image_parts *parts, const unsigned char *from,
                    size_t at, const struct smp_shape *shape);

/* Room for so many octets, zeroed; where it begins. */
static size_t
make_room(struct smp_buf *words, size_t size)
{
    size_t at = words->len;

    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    smp_buf_reserve(words, size);
    memset(words->data + at, 0, size);
    words->len += size;
    return at;
}

static void
put_pointer(struct smp_buf *words, size_t at, struct smp_buf *places,
            uintptr_t distance)
{
    uint32_t place = (uint32_t)at;

    memcpy(words->data + at, &distance, sizeof distance);
    smp_buf_add(places, &place, sizeof place);
}

static void
put_text(struct smp_image_parts *parts, size_t at, const char *text)
{
    if (!text)
        return;
    put_pointer(&parts->words, at, &parts->to_texts, parts->texts.len);
    smp_buf_add(&parts->texts, text, strlen(text) + 1);
}

static void
put_list(struct smp_image_parts *parts, size_t at, const unsigned char *list,
         size_t count, const struct smp_shape *of)
{
    size_t first, i;

    if (!list)
        return;
    first = make_room(&parts->words, count * of->size);
    put_pointer(&parts->words, at, &parts->to_words, first);
    for (i = 0; i < count; i++)
        lay_out(parts, list + i * of->size, first + i * of->size, of);
}

static void
lay_out(struct smp_image_parts *parts, const unsigned char *from, size_t at,
        const struct smp_shape *shape)
{
    size_t i;

    for (i = 0; i < shape->count; i++) {
        const struct smp_shape_member *member = &shape->members[i];
        const void *pointer;
        size_t count;

        if (member->kind == SMP_SHAPE_VALUE) {
            memcpy(parts->words.data + at + member->at, from + member->at,
                   member->size);
            continue;
        }
        memcpy(&pointer, from + member->at, sizeof pointer);
        memcpy(&count, from + member->count_at, sizeof count);
        if (member->kind == SMP_SHAPE_TEXT)
            put_text(parts, at + member->at, pointer);
        else
            put_list(parts, at + member->at, pointer, count, member->of);
    }
}

void
smp_image_make(struct smp_image_parts *parts, const void *thing,
               const struct smp_shape *shape)
{
    lay_out(parts, thing, make_room(&parts->words, shape->size), shape);
}

void
smp_image_parts_release(struct smp_image_parts *parts)
{
    smp_buf_release(&parts->words);
    smp_buf_release(&parts->texts);
    smp_buf_release(&parts->to_texts);
    smp_buf_release(&parts->to_words);
}
