#ifndef SMP_PROTOCOL_IMAGE_H
#define SMP_PROTOCOL_IMAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "protocol/protocol.h"

/*
 * A protocol as the loader made it, kept in a program so that no start has to
 * read it again: its structs as octets one after the other, beginning with
 * struct smp_protocol, and its texts. Where a pointer is there stands how far
 * from the beginning of the texts, or of the octets, that is which it points
 * to. To load it is to copy the octets and to add the two beginnings; so the
 * image itself holds no address, and a program that wants none pays nothing.
 *
 * Images are made when the library is built, by the ordinary loader (see
 * src/install/images.c), of the built-in protocol and its translations.
 */
struct smp_image {
    const char *lang; /* as in smp_builtins; NULL ends the list */
    const uint64_t *words;
    size_t size; /* octets in words */
    const unsigned char *texts;
    const uint32_t *to_texts, *to_words; /* where the pointers are */
    size_t to_texts_count, to_words_count;
};

extern const struct smp_image smp_images[];

/* The image of that name, or NULL. */
const struct smp_image *smp_image_find(const char *lang);

/* The protocol of an image, to be freed as any other. */
struct smp_protocol *smp_image_load(const struct smp_image *image);

/* What an image consists of, made from a protocol. */
struct smp_image_parts {
    struct smp_buf words, texts;
    struct smp_buf to_texts, to_words; /* of uint32_t */
};

void smp_image_make(struct smp_image_parts *parts,
                    const struct smp_protocol *protocol);
void smp_image_parts_release(struct smp_image_parts *parts);

#endif
