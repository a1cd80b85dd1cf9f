#ifndef SMP_TESTS_FUZZ_DOOR_H
#define SMP_TESTS_FUZZ_DOOR_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "time/zone.h"

/*
 * What the harnesses share: libFuzzer calls LLVMFuzzerTestOneInput with one
 * input after the other. A harness aborts if a promise of the library is
 * broken; crashes, leaks, hangs and growing memory are found by what it runs
 * under.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
expect(int promise)
{
    if (!promise)
        abort();
}

static inline void
expect_same(const struct smp_buf *a, const struct smp_buf *b)
{
    expect(a->len == b->len && memcmp(a->data, b->data, a->len) == 0);
}

/* A descriptor of a file that holds the input, at its beginning. */
static inline int
input_file(const uint8_t *data, size_t size)
{
    static int fd = -1;

    if (fd < 0) {
        char name[] = "/tmp/fuzz.XXXXXX";

        fd = mkstemp(name);
        expect(fd >= 0 && unlink(name) == 0);
    }
    expect(ftruncate(fd, 0) == 0 &&
           pwrite(fd, data, size, 0) == (ssize_t)size &&
           lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

/* The input as a string: up to its first NUL. The caller frees it. */
static inline char *
input_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    expect(text != NULL);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

#endif
