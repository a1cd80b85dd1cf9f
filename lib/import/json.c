#include <stdlib.h>
#include <string.h>

#include "import/internal.h"
#include "json/json.h"

/*
 * Interfaces give appointments as objects: in an array, in an array that is a
 * member of one object ("bookings", "data"), or one a line. Each object is read
 * for itself, so that a broken one costs itself alone. Members within members
 * are columns too: attendees[0].name is "attendees 0 name".
 */
enum {
    TEXT_MAX = 1 << 30,
    COLUMNS_MAX = 2000,
    LEVELS_MAX = 8,
    PATH_MAX_OCTETS = 200
};

struct element {
    size_t at, n;
    unsigned long line;
};

struct objects {
    struct smp_import *import;
    const char *text;
    size_t n;
    struct element *elements;
    size_t count, room;
    bool cut;  /* the text ends within an object, or its array */
    bool rest; /* there is more, which is not read */

    struct smp_arena arena; /* of the object that is read */
    const char **names;     /* of columns */
    size_t column_count, column_room;
    struct imp_cell *cells;
    struct smp_buf path;
    size_t next; /* the column that the next member mostly is */
};

static size_t
skip_blanks(const struct objects *objects, size_t at)
{
    while (at < objects->n && strchr(" \t\r\n", objects->text[at]) &&
           objects->text[at])
        at++;
    return at;
}

/* Behind the value at a place, by its brackets and strings alone. */
static size_t
skip_value(const struct objects *objects, size_t at)
{
    size_t depth = 0;
    bool string = false;

    for (; at < objects->n; at++) {
        char c = objects->text[at];

        if (string) {
            if (c == '\\')
                at++;
            else if (c == '"' && !depth)
                return at + 1;
            else if (c == '"')
                string = false;
        } else if (c == '"') {
            string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (!depth)
                return at;
            if (!--depth)
                return at + 1;
        } else if (!depth && (c == ',' || c == '\n')) {
            return at;
        }
    }
    return objects->n;
}

static void
add_element(struct objects *objects, size_t at, size_t end, unsigned long line)
{
    objects->elements = smp_grow(objects->elements, objects->count,
                                 &objects->room, sizeof *objects->elements);
    objects->elements[objects->count++] = (struct element){at, end - at, line};
}

/* The values from a place on, up to the bracket that closes them. An array of
 * its own can be followed by others: pages, one after the other. */
static void
split(struct objects *objects, size_t at, bool in_array, bool pages)
{
    unsigned long line = 1;
    size_t counted = 0;

    objects->count = 0;
    objects->cut = in_array;
    for (;;) {
        size_t end;

        at = skip_blanks(objects, at);
        while (at < objects->n && objects->text[at] == ',')
            at = skip_blanks(objects, at + 1);
        if (at < objects->n && in_array && objects->text[at] == ']') {
            objects->cut = false;
            if (!pages)
                return;
            at = skip_blanks(objects, at + 1);
            objects->rest = at < objects->n && objects->text[at] != '[';
            if (at >= objects->n || objects->rest)
                return;
            objects->cut = true;
            at++;
            continue;
        }
        if (at >= objects->n)
            return;
        for (; counted < at; counted++)
            line += objects->text[counted] == '\n';
        end = skip_value(objects, at);
        if (end == at)
            end++;
        if (end >= objects->n && objects->text[objects->n - 1] != '}' &&
            objects->text[objects->n - 1] != '\n')
            objects->cut = true;
        add_element(objects, at, end, line);
        at = end;
    }
}

/* The column of the path, made if `grow` says so; else the count of all. */
static size_t
column_of(struct objects *objects, bool grow)
{
    const char *path = smp_buf_text(&objects->path);
    size_t i, at;

    for (i = 0; i < objects->column_count; i++) {
        at = (objects->next + i) % objects->column_count;
        if (strcmp(objects->names[at], path) == 0) {
            objects->next = at + 1;
            return at;
        }
    }
    if (!grow || objects->column_count == COLUMNS_MAX)
        return objects->column_count;
    objects->names = smp_grow(objects->names, objects->column_count,
                              &objects->column_room, sizeof *objects->names);
    objects->names[objects->column_count] = smp_strdup(path);
    objects->next = objects->column_count + 1;
    return objects->column_count++;
}

static const char *
text_of(struct objects *objects, const cJSON *value)
{
    struct smp_buf text = {0};
    const char *kept;

    if (cJSON_IsString(value))
        return value->valuestring;
    if (cJSON_IsNull(value))
        return "";
    smp_json_format(&text, value);
    kept = smp_arena_strdup(&objects->arena, smp_buf_text(&text));
    smp_buf_release(&text);
    return kept;
}

static void
flatten(struct objects *objects, const cJSON *value, int level, bool grow)
{
    size_t before = objects->path.len, index = 0, column;
    const cJSON *member;

    if (!cJSON_IsObject(value) && !cJSON_IsArray(value)) {
        const char *text = text_of(objects, value);

        column = column_of(objects, grow);
        if (!grow && column < objects->column_count)
            objects->cells[column] = smp_imp_trim(text, strlen(text));
        return;
    }
    if (level == LEVELS_MAX)
        return;
    cJSON_ArrayForEach (member, value) {
        if (before)
            smp_buf_putc(&objects->path, ' ');
        if (cJSON_IsObject(value))
            smp_buf_puts(&objects->path, member->string);
        else
            smp_buf_printf(&objects->path, "%zu", index++);
        if (objects->path.len <= PATH_MAX_OCTETS)
            flatten(objects, member, level + 1, grow);
        smp_buf_cut(&objects->path, before);
    }
}

static const cJSON *
read_element(struct objects *objects, const struct element *element)
{
    struct smp_err ignored = {0};
    struct smp_buf copy = {0};
    const cJSON *json;

    smp_arena_reset(&objects->arena);
    smp_buf_add(&copy, objects->text + element->at, element->n);
    json = smp_json_parse(&objects->arena, smp_buf_text(&copy), copy.len,
                          &ignored);
    smp_buf_release(&copy);
    smp_err_release(&ignored);
    return cJSON_IsObject(json) ? json : NULL;
}

static bool
find_columns(struct objects *objects, struct imp_columns *columns,
             struct smp_buf *why)
{
    size_t i;

    free(objects->cells);
    objects->cells =
        smp_calloc(objects->column_count + 1, sizeof *objects->cells);
    for (i = 0; i < objects->column_count; i++)
        objects->cells[i] =
            (struct imp_cell){objects->names[i], strlen(objects->names[i])};
    return smp_imp_find_columns(objects->import->formats, objects->cells,
                                objects->column_count, columns, why);
}

static void
forget_columns(struct objects *objects)
{
    while (objects->column_count)
        free((char *)objects->names[--objects->column_count]);
    objects->next = 0;
}

static bool
gather_columns(struct objects *objects, struct imp_columns *columns,
               struct smp_buf *why)
{
    size_t i;

    forget_columns(objects);
    for (i = 0; i < objects->count; i++) {
        const cJSON *json = read_element(objects, &objects->elements[i]);

        if (json)
            flatten(objects, json, 0, true);
    }
    return find_columns(objects, columns, why);
}

/* The elements of an array in an object around them: of the longest one that
 * has appointments. */
static bool
find_array(struct objects *objects, struct imp_columns *columns)
{
    const struct element whole = objects->elements[0];
    size_t at = whole.at + 1, end = whole.at + whole.n;
    size_t longest = 0, found = 0, count = 0;

    while (at < end) {
        size_t stop = skip_value(objects, at);

        if (objects->text[at] == '[') {
            split(objects, at + 1, true, false);
            if (gather_columns(objects, columns, NULL)) {
                count++;
                found = stop - at > longest ? at + 1 : found;
                longest = stop - at > longest ? stop - at : longest;
            }
        }
        at = stop > at ? stop : at + 1;
        while (at < end && strchr(" \t\r\n,:", objects->text[at]))
            at++;
    }
    objects->rest = count > 1;
    if (count)
        split(objects, found, true, false);
    return count && gather_columns(objects, columns, NULL);
}

static void
reject(struct objects *objects, const struct element *element, const char *what)
{
    struct smp_import *import = objects->import;

    import->rows++;
    import->rejected++;
    import->gathered->unread = true;
    smp_imp_say(import, SMP_SAID_REJECTED, element->line, "%s", what);
}

static void
keep(struct objects *objects, const struct element *element)
{
    struct smp_import *import = objects->import;

    if (import->keep &&
        import->keep(import->context, objects->text + element->at, element->n))
        import->keep(import->context, "\n", 1);
}

static void
take_objects(struct objects *objects)
{
    struct smp_import *import = objects->import;
    size_t i;

    for (i = 0; i < objects->count; i++) {
        const struct element *element = &objects->elements[i];
        const cJSON *json = read_element(objects, element);
        bool ok = json != NULL;

        memset(objects->cells, 0,
               (objects->column_count + 1) * sizeof *objects->cells);
        if (json) {
            flatten(objects, json, 0, false);
            ok = smp_imp_take_row(import, objects->cells, objects->column_count,
                                  element->line);
        } else {
            reject(objects, element, "not a JSON object");
        }
        if (!ok)
            keep(objects, element);
    }
    if (objects->rest) {
        import->gathered->unread = true;
        smp_imp_say(import, SMP_SAID_REJECTED, 0,
                    "there are appointments outside of the first array, or of "
                    "the longest one: they are not read");
        import->rejected++;
    }
    if (objects->cut) {
        import->gathered->unread = true;
        smp_imp_say(import, SMP_SAID_REJECTED, 0, "the JSON text is cut off");
        import->rejected++;
    }
}

/* No object has a member: some may be none. */
static void
reject_all(struct objects *objects)
{
    size_t i;

    for (i = 0; i < objects->count; i++)
        if (!read_element(objects, &objects->elements[i]))
            reject(objects, &objects->elements[i], "not a JSON object");
}

static bool
take_text(struct objects *objects)
{
    struct smp_import *import = objects->import;
    size_t at = skip_blanks(objects, 0);
    struct imp_columns columns;
    struct smp_buf why = {0};
    bool array = objects->text[at] == '[', whole;

    split(objects, at + array, array, true);
    whole = objects->count == 1 && objects->text[at] == '{' &&
            find_array(objects, &columns);
    if (!whole) {
        split(objects, at + array, array, true);
        whole = gather_columns(objects, &columns, &why);
    }
    if (whole)
        smp_imp_begin_table(import, &columns, objects->cells,
                            objects->column_count);
    else if (objects->column_count)
        smp_imp_say(import, SMP_SAID_REFUSED, 0,
                    "the members are not understood: %s", smp_buf_text(&why));
    else
        reject_all(objects);
    smp_buf_release(&why);
    if (whole && !import->refused) {
        import->gathered->no_titles = true;
        take_objects(objects);
        smp_imp_end_table(import);
    }
    return whole || !objects->column_count;
}

bool
smp_imp_read_json(struct smp_import *import, struct imp_rows *rows,
                  struct smp_err *err)
{
    struct objects objects = {.import = import};
    bool ok = smp_imp_rows_peek(rows, TEXT_MAX, err);

    if (ok && rows->text.len >= TEXT_MAX)
        ok = smp_fail(err, "more than 1 GiB of JSON");
    objects.text = smp_buf_text(&rows->text);
    objects.n = rows->text.len;
    ok = ok && (take_text(&objects) || import->refused);
    forget_columns(&objects);
    free(objects.names);
    free(objects.cells);
    free(objects.elements);
    smp_arena_release(&objects.arena);
    smp_buf_release(&objects.path);
    return ok;
}
