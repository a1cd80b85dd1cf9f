#include <regex.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "import/import.h"
#include "schedule/schedule.h"
#include "tool/files.h"
#include "tool/tool.h"
#include "tool/message.h"

enum { FORMAT_MAX = 1 << 20 };

struct importing {
    struct smp_tool *tool;
    struct smp_import import;
    struct smp_formats *formats;
    regex_t match, client;
    bool has_match, has_client, header_kept;
    const char *name; /* of the file that is read */
    unsigned char key[SMP_IMPORT_KEY_MAX];
};

static void
say(void *context, enum smp_import_said kind, unsigned long line,
    const char *what)
{
    struct importing *importing = context;
    struct smp_tool *tool = importing->tool;

    if (kind == SMP_SAID_DETAIL && !smp_tool_option(tool, SMP_OPT_VERBOSE))
        return;
    if (line)
        smp_message(tool->program->name, "%s:%lu: %s", importing->name, line,
                    what);
    else
        smp_message(tool->program->name, "%s: %s", importing->name, what);
    tool->usage = tool->usage || kind == SMP_SAID_REFUSED;
}

static bool
keep(void *context, const char *bytes, size_t n)
{
    struct importing *importing = context;
    struct smp_tool *tool = importing->tool;
    struct smp_err err = {0};

    if (tool->rejects < 0 || smp_write_all(tool->rejects, bytes, n))
        return true;
    smp_fail_errno(&err, "cannot keep a rejected row");
    smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    return false;
}

/* A format of the table, else a file. */
static bool
add_format(struct importing *importing, const char *name)
{
    struct smp_err err = {0};
    struct smp_buf text = {0};
    const char *own = NULL;

    if (smp_formats_choose(importing->formats, name))
        return true;
    if (smp_read_file(name, FORMAT_MAX, &text, &err)) {
        if (smp_formats_add(importing->formats, smp_buf_text(&text), text.len,
                            &own, &err) &&
            own)
            smp_formats_choose(importing->formats, own);
        smp_err_prefix(&err, "%s", name);
    } else if (!err.system && !strpbrk(name, "./")) {
        smp_err_clear(&err);
        smp_fail(&err,
                 "--format: no format is called \"%.40s\", nor is a "
                 "file; --format list names those there are",
                 name);
    }
    smp_buf_release(&text);
    return smp_tool_given(importing->tool, &err);
}

static void
list_formats(struct importing *importing)
{
    struct smp_buf *out = &importing->tool->out;
    const char *name, *source;
    size_t i;

    for (i = 0; smp_formats_get(importing->formats, i, &name, &source); i++)
        smp_buf_printf(out, "%-12s %s\n", name, source);
}

static bool
read_formats(struct importing *importing, bool *listed)
{
    struct smp_tool *tool = importing->tool;
    const struct smp_strings *given = smp_tool_options(tool, SMP_OPT_LAYOUT);
    const struct smp_strings *words = smp_tool_options(tool, SMP_OPT_STATUS);
    struct smp_err err = {0};
    const char *own;
    size_t i;

    importing->formats = smp_formats_new();
    smp_formats_add(importing->formats, smp_formats_builtin,
                    smp_formats_builtin_size, &own, &err);
    if (!smp_tool_given(tool, &err))
        return false;
    for (i = 0; i < given->count; i++)
        if (strcmp(given->at[i], "list") == 0)
            *listed = true;
        else if (!add_format(importing, given->at[i]))
            return false;
    for (i = 0; i < words->count; i++)
        if (!smp_formats_add_status(importing->formats, words->at[i]))
            return smp_tool_usage(tool,
                                  "--status requires WORD=booked, done, "
                                  "cancelled, noShow or ignore, not "
                                  "\"%.40s\"",
                                  words->at[i]);
    importing->import.formats = importing->formats;
    if (*listed)
        list_formats(importing);
    return true;
}

static bool
read_key(struct importing *importing)
{
    const char *file = smp_tool_option(importing->tool, SMP_OPT_ID_KEY);
    struct smp_buf text = {0};
    struct smp_err err = {0};

    if (!file)
        return true;
    if (smp_read_file(file, SMP_IMPORT_KEY_MAX, &text, &err)) {
        while (text.len && strchr("\r\n", text.data[text.len - 1]))
            smp_buf_cut(&text, text.len - 1);
        if (text.len < 16)
            smp_fail(&err, "the key must have at least 16 octets");
        memcpy(importing->key, smp_buf_text(&text), text.len);
        importing->import.key = importing->key;
        importing->import.key_size = text.len;
    }
    smp_buf_release(&text);
    return smp_tool_given(importing->tool, &err);
}

static bool
read_since(struct importing *importing)
{
    struct smp_tool *tool = importing->tool;
    const char *since = smp_tool_option(tool, SMP_OPT_SINCE);
    struct smp_err err = {0};
    int32_t day = 0;

    if (since && !smp_tool_day(tool, tool->zone, since, &day, &err))
        smp_tool_usage(tool, "--since: %s", smp_buf_text(&err.text));
    smp_err_release(&err);
    importing->import.has_since = since != NULL;
    importing->import.since =
        smp_zone_to_instant(tool->zone, (int64_t)day * SMP_DAY_SECONDS);
    return !tool->usage;
}

static bool
read_options(struct importing *importing)
{
    static const char *const orders[] = {"", "us", "eu", NULL};
    struct smp_tool *tool = importing->tool;
    struct smp_import *import = &importing->import;
    const char *dates = smp_tool_option(tool, SMP_OPT_DATES);
    int order = dates ? smp_name_index(orders, dates) : 0;

    importing->has_match =
        smp_tool_regex(tool, SMP_OPT_MATCH, &importing->match);
    importing->has_client =
        smp_tool_regex(tool, SMP_OPT_CLIENT, &importing->client);
    import->match = importing->has_match ? &importing->match : NULL;
    import->client = importing->has_client ? &importing->client : NULL;
    if (order < 0 || (dates && !*dates))
        return smp_tool_usage(tool, "--dates requires us or eu");
    import->dates = (enum smp_import_dates)order;
    import->studio = smp_tool_option(tool, SMP_OPT_STUDIO);
    if (import->studio && !*import->studio)
        return smp_tool_usage(tool, "--studio is empty");
    import->defaults = tool->defaults;
    import->zone = tool->zone;
    import->say = say;
    import->keep = keep;
    import->context = importing;
    return !tool->usage && read_key(importing) && read_since(importing);
}

static void
read_file(struct importing *importing, const char *file)
{
    struct spool spool = {.fd = -1};
    struct smp_err err = {0};
    bool standard = strcmp(file, "-") == 0;
    bool ok = standard ? spool_take(&spool, STDIN_FILENO, &err)
                       : spool_open(&spool, file, &err);

    importing->name = standard ? "<stdin>" : file;
    if (!ok && standard)
        smp_err_prefix(&err, "<stdin>");
    if (!ok) {
        smp_tool_given(importing->tool, &err);
        return;
    }
    if (!smp_import_read(&importing->import, spool.fd, &err))
        smp_err_prefix(&err, "%s", importing->name);
    if (err.failed)
        smp_tool_fail(importing->tool, smp_buf_text(&err.text));
    spool_release(&spool);
    smp_err_release(&err);
}

static void
write_plan(struct importing *importing, size_t client, struct smp_plan *plan)
{
    struct smp_tool *tool = importing->tool;
    struct smp_err err = {0};
    unsigned long line;

    smp_plan_reset(plan);
    if (smp_import_plan(&importing->import, client, plan, &line, &err)) {
        smp_plan_format(&tool->out, plan);
    } else {
        say(importing, SMP_SAID_REJECTED, line, smp_buf_text(&err.text));
        importing->import.rejected++;
    }
    smp_err_release(&err);
    if (tool->out.len > 1 << 16)
        smp_tool_flush(tool);
}

static void
write_plans(struct importing *importing)
{
    struct smp_tool *tool = importing->tool;
    size_t i, clients = smp_import_clients(&importing->import);
    struct smp_plan plan = {0};

    for (i = 0; i < clients && !tool->failed; i++)
        write_plan(importing, i, &plan);
    if (!clients && !importing->import.rejected) {
        smp_message(tool->program->name, "%s: no appointment%s",
                    importing->name,
                    importing->import.match ? " matches --match" : "");
        tool->said_no = true;
    }
    smp_plan_release(&plan);
}

static void
run(struct importing *importing)
{
    static char standard_input[] = "-";
    struct smp_tool *tool = importing->tool;
    char *const none[] = {standard_input};
    char *const *files = tool->given.operands;
    size_t i, count = tool->given.operand_count;

    if (!count) {
        files = none;
        count = 1;
    }
    if (!smp_tool_open_rejects(tool))
        return;
    for (i = 0; i < count && !tool->usage && !tool->failed; i++)
        read_file(importing, files[i]);
    if (!tool->usage && !tool->failed)
        write_plans(importing);
    tool->records = importing->import.rows;
    tool->rejected = importing->import.rejected;
}

int
main(int argc, char **argv)
{
    struct importing importing = {.name = ""};
    struct smp_tool tool;
    bool listed = false;

    if (!smp_tool_begin(&tool, &smp_program_import, argc, argv))
        return smp_tool_end(&tool);
    importing.tool = &tool;
    if (smp_tool_load(&tool) && read_formats(&importing, &listed) && !listed &&
        read_options(&importing))
        run(&importing);
    if (importing.has_match)
        regfree(&importing.match);
    if (importing.has_client)
        regfree(&importing.client);
    smp_import_release(&importing.import);
    smp_formats_free(importing.formats);
    return smp_tool_end(&tool);
}
