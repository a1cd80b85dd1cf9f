#ifndef TESTS_HELPERS_H
#define TESTS_HELPERS_H

/*
 * What several tests need: faults gathered over a table, tables in text files,
 * and files of their own. To be included after cmocka.h.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/file.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails with what was gathered, line by line, so that one run shows it all. */
static inline void
assert_none(struct smp_buf *faults)
{
    bool any = faults->len > 0;
    char *line, *rest = NULL;

    for (line = any ? strtok_r(faults->data, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        print_message("# %s\n", line);
    smp_buf_release(faults);
    assert_false(any);
}

/* A table in a file: fields between bars; blank lines and # lines are passed
 * over. */
enum { FIELDS_MAX = 8 };

struct table {
    struct smp_buf text;
    char *at;
    unsigned long line;
    char *field[FIELDS_MAX];
    size_t fields;
};

static inline void
table_open(struct table *table, const char *path)
{
    struct smp_err err = {0};

    *table = (struct table){0};
    if (!smp_read_file(path, 1 << 20, &table->text, &err))
        fail_msg("%s", smp_buf_text(&err.text));
    table->at = table->text.data;
}

static inline char *
trimmed(char *text)
{
    char *end;

    text += strspn(text, " \t");
    end = text + strlen(text);
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    return text;
}

static inline void
table_split(struct table *table, char *line)
{
    table->fields = 0;
    for (;;) {
        size_t n = strcspn(line, "|");
        bool more = line[n] == '|';

        line[n] = '\0';
        assert_true(table->fields < FIELDS_MAX);
        table->field[table->fields++] = trimmed(line);
        if (!more)
            return;
        line += n + 1;
    }
}

static inline bool
table_next(struct table *table)
{
    while (*table->at) {
        char *line = table->at;
        size_t n = strcspn(line, "\n");

        table->at += n + (line[n] == '\n');
        line[n] = '\0';
        table->line++;
        if (line[0] == '#' || !line[strspn(line, " \t")])
            continue;
        table_split(table, line);
        return true;
    }
    smp_buf_release(&table->text);
    return false;
}

/* A file of the test's own with these octets; its name is to be dropped. */
static inline char *
file_new(const void *bytes, size_t n)
{
    const char *directory = getenv("TMPDIR");
    struct smp_buf name = {0};
    int fd;

    smp_buf_printf(&name, "%s/smp-test.XXXXXX",
                   directory && *directory ? directory : "/tmp");
    fd = mkstemp(name.data);
    assert_true(fd >= 0);
    assert_true(smp_write_all(fd, bytes, n));
    close(fd);
    return name.data;
}

static inline char *
file_of(const char *text)
{
    return file_new(text, strlen(text));
}

static inline void
file_drop(char *name)
{
    unlink(name);
    free(name);
}

#endif
