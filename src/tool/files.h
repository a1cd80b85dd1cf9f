#ifndef SMP_TOOL_FILES_H
#define SMP_TOOL_FILES_H

#include <stdbool.h>

struct smp_tool;

/* Whether a file lies in a directory, not in one below. */
bool smp_tool_lies_in(const char *path, const char *directory);

/*
 * Takes the only operand as the directory that files are written to. False
 * after a message (wrong usage): `missing` without exactly one operand, or if
 * `reads_plans` and these would come from a terminal.
 */
bool smp_tool_take_directory(struct smp_tool *tool, const char *missing,
                             bool reads_plans);

/*
 * False after a message (wrong usage) if standard output is a file that is
 * read too, which would lose what is in it or grow for ever, or if a pipe as
 * standard input is read as another input too, which leaves no plans in it.
 */
bool smp_tool_check_streams(struct smp_tool *tool);

/*
 * Opens the file of --rejects, once, when nothing else can be wrong with the
 * command line: an old file becomes an empty one that nobody else may read.
 * False after a message if it is also read, is the output, or lies in the
 * directory that feeds are written to; then it stays as it is.
 */
bool smp_tool_open_rejects(struct smp_tool *tool);

#endif
