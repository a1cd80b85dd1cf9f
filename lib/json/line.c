#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "json/json.h"

/*
 * A value of the text inside another one, by its name there, as it is written,
 * or by its place in a list (name NULL, n: the place). Numbers of values count
 * from 1; 0 is the whole.
 */
struct node {
    const char *name;
    size_t n;
    uint32_t up;
    uint32_t next; /* the next of the same slot, or 0 */
    unsigned long line;
};

struct smp_json_lines {
    struct node *nodes;
    size_t count, room;
    uint32_t *slots;
    size_t slot_count; /* a power of two */
};

/* Where a walk over a text is that is known to be JSON. */
struct walk {
    struct smp_json_lines *lines;
    const char *at;
    unsigned long line;
};

static void
skip_space(struct walk *w)
{
    for (; *w->at && strchr(" \t\r\n", *w->at); w->at++)
        w->line += *w->at == '\n';
}

static void
skip_string(struct walk *w)
{
    for (w->at++; *w->at && *w->at != '"'; w->at++)
        if (*w->at == '\\' && w->at[1])
            w->at++;
    w->at += *w->at == '"';
}

static uint32_t
add_node(struct walk *w, struct node node)
{
    struct smp_json_lines *lines = w->lines;

    lines->nodes = smp_grow(lines->nodes, lines->count, &lines->room,
                            sizeof *lines->nodes);
    node.line = w->line;
    lines->nodes[lines->count] = node;
    return (uint32_t)lines->count++;
}

static void walk_value(struct walk *w, uint32_t number);

static void
walk_object(struct walk *w, uint32_t up)
{
    w->at++;
    skip_space(w);
    while (*w->at == '"') {
        struct node node = {.name = w->at + 1, .up = up};

        skip_string(w);
        node.n = (size_t)(w->at - node.name) - 1;
        skip_space(w);
        w->at += *w->at == ':';
        skip_space(w);
        walk_value(w, add_node(w, node));
        w->at += *w->at == ',';
        skip_space(w);
    }
    w->at += *w->at == '}';
}

static void
walk_array(struct walk *w, uint32_t up)
{
    size_t i;

    w->at++;
    skip_space(w);
    for (i = 0; *w->at && *w->at != ']'; i++) {
        walk_value(w, add_node(w, (struct node){.n = i, .up = up}));
        w->at += *w->at == ',';
        skip_space(w);
    }
    w->at += *w->at == ']';
}

/* Behind the value and the blanks after it. */
static void
walk_value(struct walk *w, uint32_t number)
{
    if (*w->at == '{')
        walk_object(w, number);
    else if (*w->at == '[')
        walk_array(w, number);
    else if (*w->at == '"')
        skip_string(w);
    else
        w->at += strcspn(w->at, "{}[],: \t\r\n");
    skip_space(w);
}

static uint32_t *
slot_of(const struct smp_json_lines *lines, const struct node *node)
{
    uint64_t hash = node->name ? smp_hash(node->name, node->n, node->up)
                               : smp_hash(&node->n, sizeof node->n, node->up);

    return &lines->slots[hash & (lines->slot_count - 1)];
}

static void
fill_slots(struct smp_json_lines *lines)
{
    size_t i;

    lines->slot_count = 1;
    while (lines->slot_count < lines->count)
        lines->slot_count *= 2;
    lines->slots = smp_calloc(lines->slot_count, sizeof *lines->slots);
    for (i = 1; i < lines->count; i++) {
        uint32_t *slot = slot_of(lines, &lines->nodes[i]);

        lines->nodes[i].next = *slot;
        *slot = (uint32_t)i;
    }
}

struct smp_json_lines *
smp_json_lines_new(const char *text)
{
    struct smp_json_lines *lines = smp_calloc(1, sizeof *lines);
    struct walk w = {lines, text, 1};

    skip_space(&w);
    walk_value(&w, add_node(&w, (struct node){.name = ""}));
    fill_slots(lines);
    return lines;
}

void
smp_json_lines_free(struct smp_json_lines *lines)
{
    if (!lines)
        return;
    free(lines->nodes);
    free(lines->slots);
    free(lines);
}

static bool
are_same(const struct node *a, const struct node *b)
{
    if (a->up != b->up || a->n != b->n || !a->name != !b->name)
        return false;
    return !a->name || memcmp(a->name, b->name, a->n) == 0;
}

/* The number of the value that is there, or 0. */
static uint32_t
find(const struct smp_json_lines *lines, const struct node *wanted)
{
    uint32_t number = *slot_of(lines, wanted);

    while (number && !are_same(&lines->nodes[number], wanted))
        number = lines->nodes[number].next;
    return number;
}

/* The first name of a pointer, its escapes taken out; returns what follows. */
static const char *
first_name(struct smp_buf *name, const char *pointer)
{
    smp_buf_cut(name, 0);
    for (pointer++; *pointer && *pointer != '/'; pointer++)
        if (*pointer == '~' && (pointer[1] == '0' || pointer[1] == '1'))
            smp_buf_putc(name, *++pointer == '0' ? '~' : '/');
        else
            smp_buf_putc(name, *pointer);
    return pointer;
}

/* What a name means inside a value: a member, else an element. */
static uint32_t
child(const struct smp_json_lines *lines, uint32_t up, const char *name)
{
    struct node wanted = {.name = name, .n = strlen(name), .up = up};
    uint32_t number = find(lines, &wanted);
    char *end;

    if (number || *name < '0' || *name > '9')
        return number;
    wanted = (struct node){.n = strtoul(name, &end, 10), .up = up};
    return *end ? 0 : find(lines, &wanted);
}

unsigned long
smp_json_lines_find(const struct smp_json_lines *lines, const char *pointer,
                    size_t *depth)
{
    struct smp_buf name = {0};
    uint32_t found = 0, next;

    for (*depth = 0; *pointer == '/'; ++*depth) {
        pointer = first_name(&name, pointer);
        next = child(lines, found, smp_buf_text(&name));
        if (!next)
            break;
        found = next;
    }
    smp_buf_release(&name);
    return lines->nodes[found].line;
}
