#ifndef SMP_JSON_JSON_H
#define SMP_JSON_JSON_H

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smp_arena;
struct smp_buf;
struct smp_err;
struct smp_strings;

/*
 * JSON (RFC 8259) as cJSON values, read strictly and written as it came. Only
 * the rooms that read or write JSON include this header, and none of their
 * own headers do.
 */

/*
 * Parses one whole text into values in the arena, which go with it: none is
 * ever given to cJSON_Delete or duplicated. The text need not outlive the call.
 * Rejected are, beyond what cJSON rejects: text that is not UTF-8, a NUL
 * (escaped too), lone surrogates, loose numbers, a number that a double does
 * not hold (an integer: not exactly), a member given twice, more than
 * SMP_JSON_DEPTH_MAX levels. Numbers that cJSON would print otherwise become
 * cJSON_Raw values of the same text. NULL with an error "line L, column C:
 * WHAT".
 */
enum { SMP_JSON_DEPTH_MAX = 64 };

cJSON *smp_json_parse(struct smp_arena *arena, const char *text, size_t n,
                      struct smp_err *err);

/*
 * As smp_json_parse(), but if the text is an object, only the members before
 * the one called `name`: what follows is not looked at. NULL if that is not
 * JSON. UTF-8 is not checked.
 */
const cJSON *smp_json_parse_until(struct smp_arena *arena, const char *text,
                                  size_t n, const char *name);

/* Returns true if the value is there and of a type such as cJSON_String. */
static inline bool
smp_json_is(const cJSON *value, int type)
{
    return value && (value->type & 0xff) == type;
}

/* The member of that name, or NULL: of no object, too. */
cJSON *smp_json_find(const cJSON *object, const char *name);

/*
 * Changes objects in an arena. Appends a member, which has its name; takes one
 * out.
 */
void smp_json_append(cJSON *object, cJSON *member);
void smp_json_detach(cJSON *object, cJSON *member);

/*
 * JSON Merge Patch (RFC 7396): returns the target changed by the patch. Both
 * are in arenas, and both are used up: what is returned is made of their
 * values. The target may be NULL.
 */
cJSON *smp_json_merge(cJSON *target, cJSON *patch);

/*
 * As cJSON_CreateObject(), for a value of cJSON's own memory, but out of memory
 * ends the program, here and in all that is added: from here on cJSON takes its
 * memory from base/base.h. So other rooms begin every such value here.
 */
cJSON *smp_json_object(void);

/* Appends the value as one line without a newline; no control characters. */
void smp_json_format(struct smp_buf *out, const cJSON *value);

/*
 * As smp_json_format(), of a value that smp_json_parse has made and nobody has
 * changed: what is in this form already is copied from the text.
 */
void smp_json_pass_on(struct smp_buf *out, const cJSON *value);

/* Appends a string in quotes. */
void smp_json_put_string(struct smp_buf *out, const char *text);

/*
 * Appends an object as it was parsed, except for some members. A field replaces
 * the old member with its key, or comes at the end. `put` appends the value, or
 * keeps the old one if there is one, or drops it; then `put` is called again
 * for the end, with `old` NULL. `old` can be NULL or another type. At most
 * SMP_JSON_FIELDS_MAX fields.
 */
enum smp_json_change { SMP_JSON_PUT, SMP_JSON_KEEP, SMP_JSON_DROP };

struct smp_json_field {
    char key[16];
    unsigned char length; /* of the key */
    enum smp_json_change (*put)(struct smp_buf *out, const void *thing,
                                const cJSON *old);
};

/* A row of a table of fields. The key is a literal of at most 15 octets. */
#define SMP_JSON_FIELD(key, put)                                               \
    {                                                                          \
        key, sizeof(key) - 1, put                                              \
    }

enum { SMP_JSON_FIELDS_MAX = 32 };

void smp_json_patch(struct smp_buf *out, const cJSON *old,
                    const struct smp_json_field *fields, size_t count,
                    const void *thing);

/* Appends fields alone. The first member of their object is at `start`. */
void smp_json_put_fields(struct smp_buf *out, size_t start,
                         const struct smp_json_field *fields, size_t count,
                         const void *thing);

/*
 * The line, from 1, of the value that a JSON Pointer (RFC 6901) names inside a
 * parsed value that nobody has changed, or of the nearest value around it that
 * is there. *depth: how many names of the pointer were found.
 */
unsigned long smp_json_line(const cJSON *value, const char *pointer,
                            size_t *depth);

/*
 * A place in a value, to report what is wrong there. Places live on the stack
 * of the function that descends; `up` is the place around it.
 */
struct smp_place {
    const struct smp_place *up;
    const char *key; /* NULL for an element of an array */
    size_t index;
    const cJSON *value; /* NULL if missing */
};

struct smp_place smp_place_root(const cJSON *value);
struct smp_place smp_place_member(const struct smp_place *up, const char *key);

/* Finds several members at once: quickest if they come in this order. */
void smp_place_members(const struct smp_place *up, const char *const *names,
                       size_t count, struct smp_place *members);
struct smp_place smp_place_child(const struct smp_place *up, const cJSON *child,
                                 size_t index);

/* Writes /rules/post.touch/ask/0 or sessions[0].start. */
void smp_place_pointer(struct smp_buf *out, const struct smp_place *place);
void smp_place_path(struct smp_buf *out, const struct smp_place *place);

/*
 * Typed getters. A missing member leaves *out as it is and is no error. A wrong
 * type is reported to the listener, and the getter returns false.
 */
struct smp_json_reader {
    struct smp_arena *arena; /* of the strings */
    void (*wrong)(void *context, const struct smp_place *place,
                  const char *what);
    void *context;
    bool lasting; /* values live as long as the arena: nothing is copied */
};

void smp_json_wrong(const struct smp_json_reader *reader,
                    const struct smp_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool smp_json_string(const struct smp_json_reader *reader,
                     const struct smp_place *up, const char *key,
                     const char **out);
bool smp_json_int(const struct smp_json_reader *reader,
                  const struct smp_place *up, const char *key, int min, int max,
                  int *out);
bool smp_json_bool(const struct smp_json_reader *reader,
                   const struct smp_place *up, const char *key, bool *out);

/* An array of strings, or one string. */
bool smp_json_strings(const struct smp_json_reader *reader,
                      const struct smp_place *up, const char *key,
                      struct smp_strings *out);

/* The same getters for a place. */
bool smp_json_string_at(const struct smp_json_reader *reader,
                        const struct smp_place *place, const char **out);
bool smp_json_int_at(const struct smp_json_reader *reader,
                     const struct smp_place *place, int min, int max, int *out);
bool smp_json_bool_at(const struct smp_json_reader *reader,
                      const struct smp_place *place, bool *out);
bool smp_json_strings_at(const struct smp_json_reader *reader,
                         const struct smp_place *place,
                         struct smp_strings *out);

/* Return true if the value is an object or array; any other value is wrong. */
bool smp_json_is_object(const struct smp_json_reader *reader,
                        const struct smp_place *place);
bool smp_json_is_array(const struct smp_json_reader *reader,
                       const struct smp_place *place);

#endif
