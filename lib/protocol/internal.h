#ifndef SMP_PROTOCOL_INTERNAL_H
#define SMP_PROTOCOL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/protocol.h"

/*
 * How protocol files become a protocol; for the .c files of this room and the
 * program that writes the built-in ones.
 *
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

/* The translation for a language tag such as fr or fr-CA, or NULL. */
const struct smp_builtin *smp_builtin_translation(const char *lang);

struct smp_place;

struct loader {
    struct smp_protocol *protocol;
    const struct smp_json_reader *json;
    const struct smp_layers *layers;
    const struct smp_findings *findings;
    struct smp_err *err;
    struct smp_activity_graph *graph; /* while it is checked */
    int suggestions;                  /* that were looked for */
};

/* Tells a finding about a place; a fault becomes the error too. */
void smp_loader_tell(struct loader *loader, enum smp_severity severity,
                     const struct smp_place *place, const char *what);
/* Lets the listener examine the protocol, if it has no fault. */
void smp_loader_examine(struct loader *loader);
/* The same as a json reader's listener: context is the loader. */
void smp_loader_fault(void *context, const struct smp_place *place,
                      const char *what);
/*
 * Tells of members of the object that are not in the list: a fault if one there
 * is nearly called so, because it was meant, else a remark.
 */
void smp_loader_tell_unknown(struct loader *loader,
                             const struct smp_place *object,
                             const char *const *known);

/* The text without control characters, in the protocol's arena. */
const char *smp_loader_clean(struct loader *loader, const char *text);

/* Members of an object, cleaned; what is missing stays as it is. */
void smp_loader_text(struct loader *loader, const struct smp_place *object,
                     const char *key, const char **out);
/* The same of one that is to be short. */
void smp_loader_short(struct loader *loader, const struct smp_place *object,
                      const char *key, const char **out);
void smp_loader_set(struct loader *loader, const struct smp_place *object,
                    const char *key, struct smp_strings *out);
void smp_loader_strings(struct loader *loader, const struct smp_place *object,
                        const char *key, struct smp_strings *out);
int smp_loader_name(struct loader *loader, const struct smp_place *object,
                    const char *key, const char *const *names, int absent);
bool smp_loader_span(struct loader *loader, const struct smp_place *object,
                     const char *key, struct smp_span *span);
bool smp_loader_length(struct loader *loader, const struct smp_place *object,
                       const char *key, struct smp_length *length);

/* The most rules, activities, answers or milestones of a protocol; labels. */
enum { SMP_LOADER_MEMBERS = 300, SMP_LOADER_LABELS = 1000 };

/*
 * Octets of a label, or of what stands in the texts of others: a title, what is
 * filled in. They are written again and again.
 */
enum { SMP_LOADER_SHORT = 1000 };

/* Room for as many elements as the member has, and the member as a place. */
void *smp_loader_room(struct loader *loader, const struct smp_place *root,
                      const char *key, size_t size, struct smp_place *place);

/* A rule from its place; then, when all are read, what they left out. */
void smp_loader_rule(struct loader *loader, const struct smp_place *place,
                     struct smp_rule *rule);
void smp_loader_complete_rules(struct smp_protocol *protocol);

/* Activities that rules speak of without their being declared, by their ids. */
void smp_loader_imply_activities(struct smp_protocol *protocol);

/* Remarks on what can be read but looks wrong. */
void smp_loader_check(struct loader *loader);

/*
 * A built-in protocol as the loader makes it, written as C by the build so that
 * no program has to read JSON. Numbers and places of texts (from 1; 0: NULL)
 * stand in the order of smp_protocol_walk(); they are offsets, not pointers, so
 * that a start has nothing to relocate. Texts are read where they are.
 */
struct smp_table {
    const char *lang; /* as in smp_builtins; NULL ends the list */
    const char (*texts)[SMP_PIECE_SIZE];
    const uint32_t *numbers;
    const uint16_t *label_slots;
    size_t label_slot_count;
};

extern const struct smp_table smp_tables[];

struct smp_protocol *smp_table_read(const struct smp_table *table);

/*
 * Goes through all members of a protocol but its arena, json and label_slots.
 * A number or list becomes what the function returns for it; `list` sets *count
 * too, and `texts` the texts.
 */
struct smp_walk {
    int32_t (*number)(struct smp_walk *walk, int32_t number);
    void (*texts)(struct smp_walk *walk, const char **texts, size_t count);
    void *(*list)(struct smp_walk *walk, void *list, size_t *count,
                  size_t size);
};

void smp_protocol_walk(struct smp_walk *walk, struct smp_protocol *protocol);

/* The name in such a list that is most like another word, or NULL. */
const char *smp_nearest_name(const char *const *names, const char *name);

/*
 * The phase of a rule that does not say it: pre-care if the window begins
 * before the session or ends with it.
 */
enum smp_phase smp_phase_of_window(const struct smp_window *window);

/*
 * The text is kept, not copied. False if it begins like a number or a list of
 * clocks and is neither; any other text is words.
 */
bool smp_every_parse(const char *text, struct smp_every *every);

#endif
