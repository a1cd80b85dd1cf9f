#include "json/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/build.h"
#include "json/scan.h"

static bool
fail_at(struct smp_err *err, const char *text, size_t at, const char *what)
{
    unsigned long line = 1, column = 1;
    size_t i;

    for (i = 0; i < at; i++) {
        column++;
        if (text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return smp_fail(err, "line %lu, column %lu: %s", line, column, what);
}

/* What a scan that found nothing wrong has built, faults aside. */
static bool
check(const struct smp_json_builder *b, struct smp_err *err)
{
    if (b->fault)
        return fail_at(err, b->source, b->fault_at, b->fault);
    if (b->twice)
        return fail_at(err, b->source, b->twice_at, "a member is given twice");
    return true;
}

static bool
build(struct smp_json_builder *b, struct smp_err *err)
{
    struct smp_json_scan scan = {.text = b->text, .builder = b};
    bool ok = smp_json_scan(&scan)
                  ? check(b, err)
                  : fail_at(err, b->source, scan.at, scan.wrong);

    free(b->names);
    return ok;
}

static bool
read_text(struct smp_json_builder *b, size_t n, struct smp_err *err)
{
    const char *text = b->source;
    size_t valid = smp_utf8_valid(text, n), length = strlen(text);

    if (length < valid)
        return fail_at(err, text, length, "a NUL character");
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        return fail_at(err, text, 0, "a byte order mark");
    if (valid < n)
        return fail_at(err, text, valid, "not UTF-8");
    return build(b, err);
}

/* cJSON's memory is ours: out of memory ends the program in one place. */
static void
use_own_memory(void)
{
    static bool done;
    cJSON_Hooks hooks = {smp_alloc, free};

    if (!done)
        cJSON_InitHooks(&hooks);
    done = true;
}

cJSON *
smp_json_parse(const char *text, size_t n, struct smp_err *err)
{
    struct smp_json_builder b = {.source = text, .text = text};

    use_own_memory();
    if (read_text(&b, n, err))
        return b.root;
    cJSON_Delete(b.root);
    return NULL;
}

const cJSON *
smp_json_read(struct smp_arena *arena, const char *text, size_t n,
              struct smp_err *err)
{
    char *copy = smp_arena_strndup(arena, text, n);
    struct smp_json_builder b = {
        .source = text, .text = copy, .own = copy, .arena = arena};

    return read_text(&b, n, err) ? b.root : NULL;
}
