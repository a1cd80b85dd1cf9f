#ifndef SMP_PROTOCOL_IMAGE_H
#define SMP_PROTOCOL_IMAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "protocol/shape.h"

/*
 * A protocol as the loader made it, or an index of its answers, kept in a
 * program so that no start has to make it again: its structs as octets one
 * after the other, the protocol's or the index's first, and its texts. Where a
 * pointer is there stands how far from the beginning of the texts, or of the
 * octets, that is which it points to. To load it is to copy the octets and to
 * add the two beginnings; so the image itself holds no address, and a program
 * that wants none pays nothing.
 *
 * Images are made when the library is built, by the ordinary loader (see
 * src/install/images.c), of the built-in protocol and its translations.
 */
struct smp_image {
    const char *name; /* NULL ends a list */
    const uint64_t *words;
    size_t size; /* octets in words */
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

/* What an image consists of, made from something of a shape. */
struct smp_image_parts {
    struct smp_buf words, texts;
    struct smp_buf to_texts, to_words; /* of uint32_t */
};

void smp_image_make(struct smp_image_parts *parts, const void *thing,
                    const struct smp_shape *shape);
void smp_image_parts_release(struct smp_image_parts *parts);

#endif
