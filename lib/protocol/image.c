#include "protocol/image.h"

#include <string.h>

#include "base/mem.h"

const struct smp_image *
smp_image_find(const struct smp_image *images, const char *name)
{
    for (; images->name; images++)
        if (strcmp(images->name, name) == 0)
            return images;
    return NULL;
}

static void
point(unsigned char *words, const uint32_t *places, size_t count,
      const void *beginning)
{
    size_t i;

    for (i = 0; i < count; i++) {
        uintptr_t pointer;

        memcpy(&pointer, words + places[i], sizeof pointer);
        pointer += (uintptr_t)beginning;
        memcpy(words + places[i], &pointer, sizeof pointer);
    }
}

void *
smp_image_load(const struct smp_image *image)
{
    unsigned char *words = smp_alloc(image->size);

    memcpy(words, image->words, image->size);
    point(words, image->to_texts, image->to_texts_count, image->texts);
    point(words, image->to_words, image->to_words_count, words);
    return words;
}
