#ifndef SMP_PROTOCOL_LAYERS_H
#define SMP_PROTOCOL_LAYERS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/*
 * Protocol files one over the other by JSON Merge Patch (RFC 7396). Lists of
 * aliases (ask, names) are objects while they are merged, so that a patch may
 * add one ("does it sting": true) or take one away (null) without copying the
 * list; a patch that is an array replaces the list.
 */
struct smp_layer {
    const char *file; /* its name for people */
    struct smp_buf text;
    struct smp_arena arena;
    const void *parsed; /* its cJSON value, once a line is asked for */
};

struct smp_layers {
    struct smp_arena arena; /* of the merged values */
    struct smp_layer *layers;
    size_t count;
    size_t given; /* the first that was given, not built in */
    size_t base;  /* the last one that extends nothing, or 0 */
};

/* A cJSON value in the arena of the layers; only the .c files of the protocol
 * look into it. */
struct smp_merged {
    void *json;
};

/*
 * Reads the files over the built-in protocol, or over its translation; false
 * where a file cannot be read. A language that there is no translation for is
 * that of the built-in protocol.
 */
bool smp_layers_read(struct smp_layers *layers, const char *lang,
                     const char *const *files, size_t count,
                     struct smp_err *err);

/* Merges them; the error names file and line. */
bool smp_layers_merge(struct smp_layers *layers, struct smp_merged *merged,
                      struct smp_err *err);

/* The line of what a pointer names in a layer, see smp_json_line. */
unsigned long smp_layer_line(struct smp_layer *layer, const char *pointer,
                             size_t *depth);

/* Where a place of the merged value comes from: the last file that has it. */
const char *smp_layers_locate(const struct smp_layers *layers,
                              const char *pointer, unsigned long *line);

void smp_layers_release(struct smp_layers *layers);

/*
 * The built-in protocol, first, and its translations: the JSON files, in pieces
 * that each end with a NUL. The last one has no name.
 */
enum { SMP_PIECE_SIZE = 4096 }; /* the longest literal of C, and its NUL */

struct smp_builtin {
    const char *lang; /* of the first: "default" */
    const char (*pieces)[SMP_PIECE_SIZE];
    size_t count;
};

extern const struct smp_builtin smp_builtins[];

/* Appends the JSON text. */
void smp_builtin_text(struct smp_buf *out, const struct smp_builtin *builtin);

/* The translation for a language tag such as fr or fr-CA, or NULL. */
const struct smp_builtin *smp_builtin_translation(const char *lang);

#endif
