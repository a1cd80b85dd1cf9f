#include <stdlib.h>
#include <string.h>

#include "care/proof.h"
#include "tool/tool.h"
#include "tool/zone.h"
#include "text/protocol.h"

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
    if (smp_tool_json(tool)) {
        smp_protocol_print(&tool->out, tool->protocol);
        smp_buf_putc(&tool->out, '\n');
    } else
        smp_write_protocol(&tool->out, tool->protocol);
}

static void
tell(void *context, const struct smp_finding *finding)
{
    struct checking *checking = context;

    checking->faults += finding->severity == SMP_FAULT;
    smp_write_finding(&checking->tool->out, finding,
                      smp_tool_json(checking->tool));
}

static void
examine(void *context, const struct smp_protocol *protocol,
        struct smp_finding_adder *adder)
{
    (void)context;
    smp_proof_examine(protocol, adder);
}

/* What --never says, one sentence after the other. */
static void
prove_sentences(struct smp_tool *tool)
{
    const struct smp_strings *sentences = smp_tool_options(tool, SMP_OPT_NEVER);
    struct smp_buf shown = {0};
    struct smp_arena arena = {0};
    struct smp_err err = {0};
    size_t i;

    for (i = 0; i < sentences->count; i++) {
        struct smp_never never;
        enum smp_proof proof;

        if (!smp_never_parse(tool->protocol, sentences->at[i], &arena, &never,
                             &err)) {
            smp_tool_usage(tool, "--never \"%.200s\": %s", sentences->at[i],
                           smp_buf_text(&err.text));
            break;
        }
        smp_buf_cut(&shown, 0);
        proof = smp_proof_never(tool->protocol, &never, &shown);
        smp_write_proof(&tool->out, never.text, proof, smp_buf_text(&shown),
                        smp_tool_json(tool));
        tool->said_no = tool->said_no || proof != SMP_PROOF_HOLDS;
    }
    smp_err_release(&err);
    smp_buf_release(&shown);
    smp_arena_release(&arena);
}

static void
check(struct smp_tool *tool)
{
    struct checking checking = {.tool = tool};
    struct smp_findings findings = {tell, &checking, smp_system_zones(),
                                    examine};
    struct smp_err err = {0};

    tool->protocol = smp_protocol_load(
        smp_tool_option(tool, SMP_OPT_LANG), tool->given.protocols,
        tool->given.protocol_count, &findings, &err);
    if (checking.faults && !err.system)
        tool->said_no = true;
    else
        smp_tool_given(tool, &err);
    if (tool->protocol)
        prove_sentences(tool);
    smp_err_release(&err);
}

/* The protocol as one more file makes it, over those of -p. */
static struct smp_protocol *
load_with(struct smp_tool *tool, const char *file)
{
    const struct smp_given *given = &tool->given;
    const char **files = smp_calloc(given->protocol_count + 1, sizeof *files);
    struct smp_protocol *protocol;
    struct smp_err err = {0};
    size_t n = given->protocol_count;

    if (n)
        memcpy(files, given->protocols, n * sizeof *files);
    if (file)
        files[n++] = file;
    protocol = smp_protocol_load(smp_tool_option(tool, SMP_OPT_LANG), files, n,
                                 NULL, &err);
    smp_tool_given(tool, &err);
    free(files);
    return protocol;
}

/* Two files, or one against what is without it. */
static void
diff(struct smp_tool *tool)
{
    size_t count = tool->given.operand_count - 1;
    char **files = tool->given.operands + 1;
    struct smp_protocol *before, *after;

    if (count < 1 || count > 2) {
        smp_tool_usage(tool, "diff wants one FILE or two");
        return;
    }
    before = load_with(tool, count == 2 ? files[0] : NULL);
    after = load_with(tool, files[count - 1]);
    if (before && after &&
        smp_write_diff(&tool->out, before, after, smp_tool_json(tool)))
        tool->said_no = true;
    smp_protocol_free(before);
    smp_protocol_free(after);
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
        bool layers; /* its files lie over each other, as those of -p */
    } commands[] = {
        {"show", show, true}, {"check", check, true}, {"diff", diff, false}};
    void (*run)(struct smp_tool * tool) = show;
    struct smp_tool tool;
    size_t i, used = 0;

    if (!smp_tool_begin(&tool, &smp_program_protocol, argc, argv))
        return smp_tool_end(&tool);
    for (i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (tool.given.operand_count &&
            strcmp(tool.given.operands[0], commands[i].name) == 0) {
            run = commands[i].run;
            used = commands[i].layers ? 1 : tool.given.operand_count;
        }
    take_files(&tool, used);
    run(&tool);
    return smp_tool_end(&tool);
}
