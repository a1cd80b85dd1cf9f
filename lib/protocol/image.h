#ifndef SMP_PROTOCOL_IMAGE_H
#define SMP_PROTOCOL_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * A protocol as the loader made it, or an index of its answers, kept in a
 * program so that no start has to make it again: its structs, the protocol's
 * or the index's first, and its texts. A pointer holds the distance of its
 * target from the beginning of the texts, or of the structs. Loading copies
 * the structs and adds the two beginnings, so the image itself holds no
 * address, and a program that uses none pays nothing.
 *
 * Images are made when the library is built, by the ordinary loader (see
 * src/install/image.h), of the built-in protocol and its translations.
 */
struct smp_image {
    const char *name;  /* NULL ends a list */
    const void *words; /* the structs */
    size_t size;       /* octets in words */
    const unsigned char *texts;
    const uint32_t *to_texts, *to_words; /* where the pointers are */
    size_t to_texts_count, to_words_count;
};

extern const struct smp_image smp_images[]; /* named as in smp_builtins */

/* The image of that name in such a list, or NULL. */
const struct smp_image *smp_image_find(const struct smp_image *images,
                                       const char *name);

/* What it is the image of: all of it in one piece of memory, to be freed. */
void *smp_image_load(const struct smp_image *image);

#endif
