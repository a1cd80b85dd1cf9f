#include "install/image.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { POOLS = 16 };

/* All things of one shape, an array in C. */
struct pool {
    const struct smp_shape *shape;
    struct smp_buf elements;
    size_t count;
};

/* Pools in the order in which they were first needed: the whole thing's. */
struct image {
    struct pool pools[POOLS];
    struct smp_buf texts, to_texts, to_words;
};

/* A member of an element, as C; or the element, if it has no members. */
struct place {
    struct pool *pool;
    size_t element;
    const char *member; /* or NULL */
};

static struct pool *
pool_of(struct image *image, const struct smp_shape *shape)
{
    struct pool *pool = image->pools;

    while (pool->shape && pool->shape != shape)
        if (++pool == image->pools + POOLS)
            abort();
    pool->shape = shape;
    return pool;
}

static void
put_place(struct smp_buf *places, const struct place *place)
{
    smp_buf_printf(places, "AT(%s[%zu]%s%s),\n", place->pool->shape->name,
                   place->element, place->member ? "." : "",
                   place->member ? place->member : "");
}

static void
put_text(struct image *image, struct smp_buf *value, const char *text,
         const struct place *place)
{
    smp_buf_printf(value, "(void *)%zu", image->texts.len);
    smp_buf_add(&image->texts, text, strlen(text) + 1);
    put_place(&image->to_texts, place);
}

static void put_element(struct image *image, struct pool *pool,
                        const unsigned char *from);

/* No shape holds itself, so the elements of a list follow each other. */
static void
put_list(struct image *image, struct smp_buf *value, const unsigned char *list,
         size_t count, const struct smp_shape *of, const struct place *place)
{
    struct pool *pool = pool_of(image, of);
    size_t i;

    if (count)
        smp_buf_printf(value, "(void *)AT(%s[%zu])", of->name, pool->count);
    else
        smp_buf_puts(value, "(void *)0");
    for (i = 0; i < count; i++)
        put_element(image, pool, list + i * of->size);
    put_place(&image->to_words, place);
}

static uintmax_t
unsigned_at(const unsigned char *at, size_t size)
{
    uint64_t eight;
    uint32_t four;
    uint16_t two;

    switch (size) {
    case sizeof eight:
        memcpy(&eight, at, sizeof eight);
        return eight;
    case sizeof four:
        memcpy(&four, at, sizeof four);
        return four;
    case sizeof two:
        memcpy(&two, at, sizeof two);
        return two;
    case 1:
        return *at;
    }
    abort();
}

/* Signed numbers have 32 bits or 64. */
static intmax_t
signed_at(const unsigned char *at, size_t size)
{
    uintmax_t value = unsigned_at(at, size);

    return size == sizeof(int32_t) ? (int32_t)value : (int64_t)value;
}

/* Appends nothing if the value is zero. */
static double
real_at(const unsigned char *at, size_t size)
{
    double real;
    float small;

    if (size == sizeof small) {
        memcpy(&small, at, sizeof small);
        return (double)small;
    }
    memcpy(&real, at, sizeof real);
    return real;
}

static void
put_number(struct smp_buf *value, const unsigned char *at,
           const struct smp_shape_member *member)
{
    double real =
        member->kind == SMP_SHAPE_REAL ? real_at(at, member->size) : 0;

    if (member->kind == SMP_SHAPE_REAL && real != 0)
        smp_buf_printf(value,
                       member->size == sizeof(float) ? "(float)%.9g" : "%.17g",
                       real);
    else if (member->kind == SMP_SHAPE_SIGNED && signed_at(at, member->size))
        smp_buf_printf(value, "%" PRIdMAX, signed_at(at, member->size));
    else if (member->kind == SMP_SHAPE_UNSIGNED &&
             unsigned_at(at, member->size))
        smp_buf_printf(value, "%" PRIuMAX "u", unsigned_at(at, member->size));
}

static void
put_value(struct image *image, struct smp_buf *value, const unsigned char *from,
          const struct smp_shape_member *member, const struct place *place)
{
    const void *pointer;
    size_t count;

    if (member->kind != SMP_SHAPE_TEXT && member->kind != SMP_SHAPE_LIST) {
        put_number(value, from + member->at, member);
        return;
    }
    memcpy(&pointer, from + member->at, sizeof pointer);
    if (!pointer)
        return;
    if (member->kind == SMP_SHAPE_TEXT) {
        put_text(image, value, pointer, place);
        return;
    }
    memcpy(&count, from + member->count_at, sizeof count);
    put_list(image, value, pointer, count, member->of, place);
}

/* Two lists may share a count. */
static bool
is_repeated(const struct smp_shape *shape, size_t member)
{
    size_t i;

    for (i = 0; i < member; i++)
        if (shape->members[i].at == shape->members[member].at)
            return true;
    return false;
}

static void
put_element(struct image *image, struct pool *pool, const unsigned char *from)
{
    const bool is_struct = pool->shape->members->name;
    struct place place = {.pool = pool, .element = pool->count++};
    struct smp_buf element = {0}, value = {0};
    size_t i;

    for (i = 0; i < pool->shape->count; i++) {
        const struct smp_shape_member *member = &pool->shape->members[i];

        smp_buf_cut(&value, 0);
        place.member = member->name;
        if (!is_repeated(pool->shape, i))
            put_value(image, &value, from, member, &place);
        if (value.len && is_struct)
            smp_buf_printf(&element, ".%s = ", member->name);
        if (value.len)
            smp_buf_printf(&element, "%s, ", smp_buf_text(&value));
    }
    if (!element.len)
        smp_buf_puts(&element, "0, ");
    smp_buf_printf(&pool->elements, is_struct ? "{%s},\n" : "%s\n",
                   smp_buf_text(&element));
    smp_buf_release(&element);
    smp_buf_release(&value);
}

static void
write_texts(const struct smp_buf *texts, const char *kind, const char *lang)
{
    size_t i;

    printf("static const unsigned char %s_texts_%s[] = {", kind, lang);
    for (i = 0; i < texts->len; i++)
        printf("%s%u,", i % 16 ? "" : "\n", (unsigned char)texts->data[i]);
    puts("};");
}

static void
write_places(struct smp_buf *places, const char *name, const char *kind,
             const char *lang)
{
    printf("static const uint32_t %s_%s_%s[] = {\n%s};\n", kind, name, lang,
           smp_buf_text(places));
}

static void
write_words(struct image *image, const char *kind, const char *lang)
{
    struct pool *pool;

    printf("struct %s_words_%s {\n", kind, lang);
    for (pool = image->pools; pool->count; pool++)
        printf("%s %s[%zu];\n", pool->shape->type, pool->shape->name,
               pool->count);
    printf("};\n#undef AT\n"
           "#define AT(place) offsetof(struct %s_words_%s, place)\n"
           "static const struct %s_words_%s %s_words_%s = {\n",
           kind, lang, kind, lang, kind, lang);
    for (pool = image->pools; pool->count; pool++)
        printf(".%s = {\n%s},\n", pool->shape->name,
               smp_buf_text(&pool->elements));
    puts("};");
}

void
image_write(const char *kind, const char *lang, const void *thing,
            const struct smp_shape *shape)
{
    struct image image = {.texts = {0}};
    size_t i;

    put_element(&image, pool_of(&image, shape), thing);
    write_words(&image, kind, lang);
    write_texts(&image.texts, kind, lang);
    write_places(&image.to_texts, "to_texts", kind, lang);
    write_places(&image.to_words, "to_words", kind, lang);
    for (i = 0; i < POOLS; i++)
        smp_buf_release(&image.pools[i].elements);
    smp_buf_release(&image.texts);
    smp_buf_release(&image.to_texts);
    smp_buf_release(&image.to_words);
}

void
image_write_element(const char *name, const char *kind, const char *lang)
{
    printf("{\"%s\", &%s_words_%s, sizeof %s_words_%s, %s_texts_%s,\n"
           "%s_to_texts_%s, %s_to_words_%s,\n"
           "sizeof %s_to_texts_%s / 4, sizeof %s_to_words_%s / 4},\n",
           name, kind, lang, kind, lang, kind, lang, kind, lang, kind, lang,
           kind, lang, kind, lang);
}
