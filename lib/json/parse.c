#include "json/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
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

/* The copy that is read; then what is no fault of the grammar is told. */
static cJSON *
scan_copy(struct smp_json_scan *scan, const char *text, size_t n,
          struct smp_err *err)
{
    cJSON *value;

    scan->text = smp_arena_take(scan->arena, n + SMP_JSON_PAD);
    memcpy(scan->text, text, n);
    memset(scan->text + n, 0, SMP_JSON_PAD);
    value = smp_json_scan(scan);
    if (!value)
        fail_at(err, text, (size_t)(scan->at - scan->text), scan->wrong);
    else if (scan->fault)
        fail_at(err, text, (size_t)(scan->fault_at - scan->text), scan->fault);
    else if (scan->twice_at)
        fail_at(err, text, (size_t)(scan->twice_at - scan->text),
                "a member is given twice");
    else
        return value;
    return NULL;
}

static cJSON *
read_text(struct smp_json_scan *scan, const char *text, size_t n,
          struct smp_err *err)
{
    size_t valid = smp_utf8_valid(text, n);
    const char *nul = memchr(text, '\0', valid);

    if (nul)
        fail_at(err, text, (size_t)(nul - text), "a NUL character");
    else if (valid >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        fail_at(err, text, 0, "a byte order mark");
    else if (valid < n)
        fail_at(err, text, valid, "not UTF-8");
    else
        return scan_copy(scan, text, n, err);
    return NULL;
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
    struct smp_arena arena = {0};
    struct smp_json_scan scan = {.arena = &arena};
    cJSON *value;

    use_own_memory();
    value = cJSON_Duplicate(read_text(&scan, text, n, err), true);
    smp_arena_release(&arena);
    return value;
}

cJSON *
smp_json_object(void)
{
    use_own_memory();
    return cJSON_CreateObject();
}

/* Whether there are none of the controls that JSON allows: DEL and C1. */
static bool
has_no_controls(const char *text, size_t n)
{
    const char *end = text + n, *at = text;

    if (memchr(text, 0x7f, n))
        return false;
    while ((at = memchr(at, 0xc2, (size_t)(end - at))))
        if (at++, at < end && (unsigned char)*at < 0xa0)
            return false;
    return true;
}

const cJSON *
smp_json_read(struct smp_arena *arena, const char *text, size_t n,
              struct smp_err *err)
{
    struct smp_json_scan scan = {.arena = arena};

    if (n <= INT_MAX && has_no_controls(text, n))
        scan.source = smp_arena_strndup(arena, text, n);
    return read_text(&scan, text, n, err);
}
