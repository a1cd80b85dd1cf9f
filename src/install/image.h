#ifndef SMP_INSTALL_IMAGE_H
#define SMP_INSTALL_IMAGE_H

#include "protocol/shape.h"

/*
 * Writes to standard output, as C source, what an image (protocol/image.h) of
 * something of a shape consists of. KIND and LANG become parts of C names.
 *
 * The source has members by name and distances by offsetof, and no sizes or
 * octets of the machine that writes it: the compiler that reads it lays out the
 * structs.
 */
void image_write(const char *kind, const char *lang, const void *thing,
                 const struct smp_shape *shape);

/* Writes the struct smp_image of what was written. */
void image_write_element(const char *name, const char *kind, const char *lang);

#endif
