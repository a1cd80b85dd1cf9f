#include <string.h>

#include "tool/tool.h"
#include "write/protocol.h"

/* What check counts while the protocol is read. */
struct checking {
    struct smp_tool *tool;
    unsigned long faults;
};

static void
show(struct smp_tool *tool)
{
    if (!smp_tool_load_protocol(tool))
        return;
    if (tool->given.format == SMP_OPT_JSON)
        smp_buf_printf(&tool->writer.out, "%s\n", tool->protocol->json);
    else
        smp_write_protocol(&tool->writer.out, tool->protocol);
}

static void
tell(void *context, const struct smp_finding *finding)
{
    struct checking *checking = context;

    checking->faults += finding->severity == SMP_FAULT;
    smp_write_finding(&checking->tool->writer.out, finding,
                      checking->tool->given.format == SMP_OPT_JSON);
}

static void
check(struct smp_tool *tool)
{
    struct checking checking = {.tool = tool};
    struct smp_findings findings = {tell, &checking};
    struct smp_err err = {0};

    tool->protocol = smp_protocol_load(
        tool->given.protocols, tool->given.protocol_count, &findings, &err);
    if (checking.faults)
        tool->said_no = true;
    else if (!tool->protocol)
        smp_tool_usage(tool, "%s", smp_buf_text(&err.text));
    smp_err_release(&err);
}

/* The operands after the command are protocol files, as if given by -p. */
static void
take_files(struct smp_tool *tool, size_t first)
{
    struct smp_given *given = &tool->given;
    size_t more = given->operand_count - first, i;

    if (!more)
        return;
    given->protocols =
        smp_realloc(given->protocols,
                    (given->protocol_count + more) * sizeof *given->protocols);
    for (i = 0; i < more; i++)
        given->protocols[given->protocol_count++] = given->operands[first + i];
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct smp_tool *tool);
    } commands[] = {{"show", show}, {"check", check}};
    void (*run)(struct smp_tool * tool) = show;
    struct smp_tool tool;
    size_t i, used = 0;

    if (!smp_tool_begin(&tool, &smp_program_protocol, argc, argv))
        return smp_tool_end(&tool);
    for (i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (tool.given.operand_count &&
            strcmp(tool.given.operands[0], commands[i].name) == 0) {
            run = commands[i].run;
            used = 1;
        }
    take_files(&tool, used);
    run(&tool);
    return smp_tool_end(&tool);
}
