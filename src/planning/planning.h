#ifndef SMP_PLANNING_PLANNING_H
#define SMP_PLANNING_PLANNING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct smp_plan;
struct smp_tool;

/*
 * Output that goes to standard output, or takes the place of a file once all
 * of it is written (-o). The file is locked meanwhile against others that do
 * the same, and keeps its permissions.
 */
struct output {
    const char *path; /* NULL: standard output */
    char *target;     /* the path without symbolic links */
    char *temporary;
    int fd, lock;
    struct smp_buf text; /* not written yet */
    bool failed;
};

/*
 * Opens it, and waits for the lock; false with an error. If standard input is
 * the same file, it is what other runs have made of it meanwhile.
 */
bool output_open(struct output *output, const char *path, struct smp_err *err);

/*
 * Writes what it has, or appends a line without its newline, or a plan. False
 * after a message, and the tool has failed.
 */
bool output_write(struct output *output, struct smp_tool *tool);
bool output_line(struct output *output, struct smp_tool *tool, const char *line,
                 size_t n);
bool output_plan(struct output *output, struct smp_tool *tool,
                 const struct smp_plan *plan);

/* Puts the file in its place if `keep` says so. */
void output_close(struct output *output, struct smp_tool *tool, bool keep);

/* Whether a path is the file that is replaced. */
bool output_is(const struct output *output, const char *path);

/* With -v, or in any case: what changed in a plan. */
void tell_changes(struct smp_tool *tool, const struct smp_plan *plan,
                  bool always);

/* The commands of smp-plan; operands are those after the command. */
void plan_merge(struct smp_tool *tool);
void plan_set(struct smp_tool *tool);
void plan_diff(struct smp_tool *tool);

#endif
