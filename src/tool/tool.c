#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "time/zone.h"
#include "tool/protocols.h"
#include "tool/zone.h"
#include "tool/message.h"

/*
 * A closed standard stream gets a descriptor that fails as it would, so that
 * no file opened later is taken for it.
 */
static void
guard_streams(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is a write that fails */
    signal(SIGPIPE, SIG_DFL); /* a closed pipe ends a filter quietly */
}

/* A failure that errno tells. */
static bool
fail_errno(struct smp_tool *tool, const char *what)
{
    struct smp_err err = {0};

    smp_fail_errno(&err, "%s", what);
    smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return false;
}

/* Without printf, which takes longer than all else here. */
static void
put_version(struct smp_buf *out, const char *name)
{
    smp_buf_puts(out, name);
    smp_buf_puts(out, " (smp-care) " SMP_VERSION "\n");
}

bool
smp_tool_begin(struct smp_tool *tool, const struct smp_program *program,
               int argc, char **argv)
{
    *tool = (struct smp_tool){
        .program = program, .input = STDIN_FILENO, .rejects = -1};
    guard_streams();
    if (!smp_options_parse(program, argc, argv, &tool->given)) {
        tool->usage = true;
        return false;
    }
    if (smp_tool_option(tool, SMP_OPT_HELP))
        smp_options_help(program, &tool->out);
    else if (smp_tool_option(tool, SMP_OPT_VERSION))
        put_version(&tool->out, program->name);
    else
        return true;
    return false;
}

static bool
load_zone(struct smp_tool *tool)
{
    const char *name = smp_tool_option(tool, SMP_OPT_TIME_ZONE);
    struct smp_err err = {0};

    tool->zones.directory = smp_system_zones();
    tool->defaults.zones = &tool->zones;
    if (!name && smp_tool_option(tool, SMP_OPT_STUDIOS))
        smp_tool_ask_studios_for_zones(tool);
    if (!name)
        name = tool->protocol->studio.time_zone;
    if (!name)
        name = smp_system_zone(&tool->system_zone, &err);
    if (err.failed)
        return smp_tool_given(tool, &err);
    tool->defaults.time_zone = name;
    tool->defaults.assumed = tool->system_zone.len > 0;
    tool->zone = smp_zones_get(&tool->zones, name, &err);
    if (!tool->zone && !err.system && tool->system_zone.len)
        smp_buf_puts(&err.text, " (this machine's; name another with -z)");
    return smp_tool_given(tool, &err);
}

/* The present time: --now, else the clock. */
static bool
load_clock(struct smp_tool *tool)
{
    const char *text = smp_tool_option(tool, SMP_OPT_NOW);
    struct smp_when when = {SMP_INSTANT, 0};
    struct smp_err err = {0};

    if (!text)
        when.seconds = time(NULL);
    else if (!smp_when_parse(text, &when, &err))
        smp_tool_usage(tool, "--now: %s", smp_buf_text(&err.text));
    smp_err_release(&err);
    tool->now = when.kind == SMP_INSTANT
                    ? when.seconds
                    : smp_zone_to_instant(tool->zone, when.seconds);
    return !tool->usage;
}

/* What stamps are made from: SOURCE_DATE_EPOCH, else the present time. */
static bool
load_stamp(struct smp_tool *tool)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    long long seconds;

    tool->stamp = tool->now;
    if (!epoch || !*epoch)
        return true;
    errno = 0;
    seconds = strtoll(epoch, &end, 10);
    if (errno || *end || seconds < 0 || seconds > 4133980799)
        return smp_tool_usage(tool, "SOURCE_DATE_EPOCH: not a time: \"%.40s\"",
                              epoch);
    tool->stamp = seconds;
    return true;
}

bool
smp_tool_load(struct smp_tool *tool)
{
    return smp_tool_load_protocol(tool) && load_zone(tool) &&
           load_clock(tool) && load_stamp(tool);
}

bool
smp_tool_flush(struct smp_tool *tool)
{
    struct smp_buf *out = &tool->out;

    if (out->len && !tool->output_failed &&
        !smp_write_all(STDOUT_FILENO, out->data, out->len)) {
        tool->output_failed = tool->failed = true;
        if (errno != EPIPE) /* a closed pipe ends a program quietly */
            fail_errno(tool, "cannot write");
    }
    tool->flushed += out->len;
    smp_buf_cut(out, 0);
    return !tool->output_failed;
}

static void
sum_up(struct smp_tool *tool)
{
    if (smp_tool_option(tool, SMP_OPT_VERBOSE))
        smp_message(tool->program->name, "%lu read, %lu rejected%s",
                    tool->records, tool->rejected,
                    smp_buf_text(&tool->summary));
}

static int
exit_status(const struct smp_tool *tool)
{
    if (tool->usage)
        return SMP_EXIT_USAGE;
    if (tool->failed)
        return SMP_EXIT_FAILURE;
    if (tool->rejected || tool->dropped)
        return SMP_EXIT_REJECTED;
    return tool->said_no ? SMP_EXIT_NO : (int)tool->answer;
}

int
smp_tool_end(struct smp_tool *tool)
{
    if (smp_tool_flush(tool) && close(STDOUT_FILENO) < 0 && errno != EBADF)
        smp_tool_fail(tool, "cannot write");
    if (tool->rejects >= 0 && close(tool->rejects) < 0)
        smp_tool_fail(tool, "cannot keep rejected lines");
    sum_up(tool);
    if (tool->format)
        tool->format->release(tool);
    smp_buf_release(&tool->out);
    smp_tool_free_protocols(tool);
    smp_zones_release(&tool->zones);
    smp_buf_release(&tool->system_zone);
    smp_buf_release(&tool->summary);
    smp_buf_release(&tool->last_id);
    smp_ids_release(&tool->ids);
    smp_ids_release(&tool->uids);
    smp_given_release(&tool->given);
    return exit_status(tool);
}
