#include "tool/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/base.h"
#include "tool/tool.h"
#include "tool/options.h"

static bool
is_same(const struct stat *file, const struct stat *other)
{
    return file->st_dev == other->st_dev && file->st_ino == other->st_ino;
}

static bool
is_path(const struct stat *file, const char *path)
{
    struct stat other;

    return stat(path, &other) == 0 && is_same(file, &other);
}

static bool
is_stream(const struct stat *file, int stream)
{
    struct stat other;

    return fstat(stream, &other) == 0 && is_same(file, &other);
}

static bool
is_of_studio(const char *name)
{
    const char *end = strrchr(name, '.');

    return end && (strcmp(end, ".json") == 0 || strcmp(end, ".ics") == 0);
}

/* The studios' files, whatever their names: one may be a link to the file. */
static const char *
find_member(const struct stat *file, const char *directory)
{
    DIR *members = opendir(directory);
    const struct dirent *entry;
    struct stat other;

    while (members && (entry = readdir(members)))
        if (is_of_studio(entry->d_name) &&
            fstatat(dirfd(members), entry->d_name, &other, 0) == 0 &&
            is_same(file, &other))
            break;
    if (!members)
        return NULL;
    closedir(members);
    return entry ? directory : NULL;
}

static bool
reads_operands(const struct smp_tool *tool)
{
    return tool->program == &smp_program_import ||
           tool->program == &smp_program_plan;
}

/* What is read under another name and is this very file, or NULL. */
static const char *
find_input(const struct smp_tool *tool, const struct stat *file)
{
    static const enum smp_option_id readers[] = {
        SMP_OPT_KEY,      SMP_OPT_ID_KEY, SMP_OPT_LAYOUT, SMP_OPT_CLIENTS,
        SMP_OPT_WITHDRAW, SMP_OPT_BUSY,   SMP_OPT_CLOSED};
    const struct smp_given *given = &tool->given;
    const char *studios = smp_tool_option(tool, SMP_OPT_STUDIOS);
    size_t i, j;

    for (i = 0; i < given->protocol_count; i++)
        if (is_path(file, given->protocols[i]))
            return given->protocols[i];
    for (i = 0; reads_operands(tool) && i < given->operand_count; i++)
        if (is_path(file, given->operands[i]))
            return given->operands[i];
    for (i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        const struct smp_strings *files = smp_tool_options(tool, readers[i]);

        for (j = 0; j < files->count; j++)
            if (is_path(file, files->at[j]))
                return files->at[j];
    }
    return studios ? find_member(file, studios) : NULL;
}

bool
smp_tool_take_directory(struct smp_tool *tool, const char *missing,
                        bool reads_plans)
{
    struct smp_given *given = &tool->given;

    if (given->operand_count != 1)
        return smp_tool_usage(tool, "%s", missing);
    if (reads_plans && isatty(STDIN_FILENO))
        return smp_tool_usage(tool, "give plans on standard input");
    tool->output = given->operands[0];
    given->operand_count = 0; /* what is left would be sessions */
    return true;
}

bool
smp_tool_check_streams(struct smp_tool *tool)
{
    const char *input;
    struct stat plans, output;

    input = !tool->given.operand_count && fstat(STDIN_FILENO, &plans) == 0 &&
                    S_ISFIFO(plans.st_mode)
                ? find_input(tool, &plans)
                : NULL;
    if (input)
        return smp_tool_usage(tool, "standard input is also another input: %s",
                              input);
    if (fstat(STDOUT_FILENO, &output) < 0 || !S_ISREG(output.st_mode))
        return true;
    if (!tool->given.operand_count && is_stream(&output, STDIN_FILENO))
        return smp_tool_usage(tool, "standard input is also standard output");
    input = find_input(tool, &output);
    return !input ||
           smp_tool_usage(tool, "standard output is also an input: %s", input);
}

static bool
check_rejects(struct smp_tool *tool, const char *path, const struct stat *file)
{
    const char *input;

    if (!S_ISREG(file->st_mode))
        return true;
    if (is_stream(file, STDIN_FILENO) || is_stream(file, STDOUT_FILENO))
        return smp_tool_usage(tool, "--rejects %s is also the input or output",
                              path);
    input = find_input(tool, file);
    return !input || smp_tool_usage(tool, "--rejects %s is also an input: %s",
                                    path, input);
}

bool
smp_tool_lies_in(const char *path, const char *directory)
{
    char *copy = smp_strdup(path);
    struct stat place;
    bool inside =
        stat(dirname(copy), &place) == 0 && is_path(&place, directory);

    free(copy);
    return inside;
}

/* Who is served feeds is not to be served plans, nor is a feed to be lost. */
static bool
check_place(struct smp_tool *tool, const char *path)
{
    return !tool->output || !smp_tool_lies_in(path, tool->output) ||
           smp_tool_usage(tool, "--rejects %s lies among the feeds in %s", path,
                          tool->output);
}

static bool
fail(struct smp_tool *tool, const char *path)
{
    struct smp_err err = {0};

    if (errno == ENXIO)
        smp_fail(&err, "--rejects %s: nobody reads this pipe", path);
    else
        smp_fail_errno(&err, "%s", path);
    smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return false;
}

/* A second descriptor of a file would write over what comes by the first. */
static int
share_errors(const char *path)
{
    struct stat file;
    int mode = fcntl(STDERR_FILENO, F_GETFL);

    if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY || stat(path, &file) < 0 ||
        !is_stream(&file, STDERR_FILENO))
        return -1;
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* A named pipe gets some time until somebody opens it for reading. */
static int
open_patiently(const char *path)
{
    enum { STEP = 50 };
    int fd, waited;

    for (waited = 0;; waited += STEP) {
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                  0600);
        if (fd >= 0 || errno != ENXIO || waited >= SMP_PIPE_WAIT)
            return fd;
        poll(NULL, 0, STEP);
    }
}

static bool
make_private(int fd)
{
    return ftruncate(fd, 0) == 0 && fchmod(fd, 0600) == 0;
}

static bool
open_file(struct smp_tool *tool, const char *path)
{
    struct stat file;
    int fd = open_patiently(path);

    tool->rejects = fd;
    if (fd < 0 || fstat(fd, &file) < 0 ||
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) < 0)
        return fail(tool, path);
    return check_rejects(tool, path, &file) &&
           (!S_ISREG(file.st_mode) || make_private(fd) || fail(tool, path));
}

bool
smp_tool_open_rejects(struct smp_tool *tool)
{
    const char *path = smp_tool_option(tool, SMP_OPT_REJECTS);

    if (!path || tool->rejects >= 0)
        return true;
    tool->rejects = share_errors(path);
    return tool->rejects >= 0 ||
           (check_place(tool, path) && open_file(tool, path));
}
