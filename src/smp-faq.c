#include <string.h>
#include <unistd.h>

#include "answer/answer.h"
#include "base/file.h"
#include "base/utf8.h"
#include "protocol/words.h"
#include "tool/files.h"
#include "tool/tool.h"
#include "text/answer.h"
#include "tool/message.h"

/* The operands, joined by spaces, are one question. */
static void
join_operands(const struct smp_tool *tool, struct smp_buf *question)
{
    size_t i;

    for (i = 0; i < tool->given.operand_count; i++) {
        if (i)
            smp_buf_putc(question, ' ');
        smp_buf_puts(question, tool->given.operands[i]);
    }
}

static void
no_answer(struct smp_tool *tool)
{
    struct smp_buf caution = {0};

    smp_words_caution(&caution, tool->protocol);
    smp_message(tool->program->name, "no answer to that. %s",
                smp_buf_text(&caution));
    smp_buf_release(&caution);
    tool->said_no = true;
}

static void
answer_operands(struct smp_tool *tool, struct smp_index *index, int limit)
{
    size_t size = smp_index_size(index), n;
    size_t max = (size_t)limit < size ? (size_t)limit : size;
    struct smp_found *found =
        smp_arena_alloc(&tool->protocol->arena, (max + 1) * sizeof *found);
    struct smp_buf question = {0};

    join_operands(tool, &question);
    n = tool->given.operand_count
            ? smp_index_ask(index, smp_buf_text(&question), found, max)
            : smp_index_all(index, found, max);
    if (n)
        smp_write_answers(&tool->out, tool->protocol, found, n,
                          smp_tool_json(tool));
    else
        no_answer(tool);
    smp_buf_release(&question);
}

static void
answer_line(struct smp_tool *tool, struct smp_index *index, const char *line,
            size_t n, bool readable)
{
    struct smp_buf question = {0};
    struct smp_found found;
    bool any;

    smp_utf8_clean(&question, line, n);
    readable =
        readable && !memchr(line, '\0', n) && smp_utf8_valid(line, n) == n;
    tool->records++;
    any = readable &&
          smp_index_ask(index, smp_buf_text(&question), &found, 1) > 0;
    smp_write_batch(&tool->out, tool->protocol, smp_buf_text(&question),
                    any ? &found : NULL);
    smp_buf_release(&question);
}

static void
answer_batch(struct smp_tool *tool, struct smp_index *index)
{
    struct smp_lines lines = {.fd = STDIN_FILENO};
    struct smp_err err = {0};
    const char *line, *rest;
    size_t n, ignored;

    while (smp_lines_next(&lines, &line, &n, &err) > 0) {
        if (n && line[n - 1] == '\r')
            n--;
        answer_line(tool, index, line, n, !lines.too_long);
        while (smp_lines_rest(&lines, &rest, &ignored, &err) > 0)
            continue;
        if (!smp_tool_flush(tool))
            break;
    }
    if (err.failed)
        smp_tool_fail(tool, smp_buf_text(&err.text));
    smp_err_release(&err);
    smp_lines_release(&lines);
}

static bool
check_usage(struct smp_tool *tool, int *limit)
{
    if (smp_tool_option(tool, SMP_OPT_BATCH) && tool->given.operand_count)
        return smp_tool_usage(tool, "--batch reads questions from standard "
                                    "input and takes none as operands");
    return smp_tool_number(tool, SMP_OPT_LIMIT, 1, 9999, limit);
}

int
main(int argc, char **argv)
{
    struct smp_tool tool;
    struct smp_index *index;
    int limit;

    if (!smp_tool_begin(&tool, &smp_program_faq, argc, argv))
        return smp_tool_end(&tool);
    limit = tool.given.operand_count ? 3 : 9999;
    if (!smp_tool_load_protocol(&tool) || !check_usage(&tool, &limit))
        return smp_tool_end(&tool);
    if (smp_tool_option(&tool, SMP_OPT_BATCH) && !smp_tool_check_streams(&tool))
        return smp_tool_end(&tool);
    index = smp_index_new(tool.protocol);
    if (smp_tool_option(&tool, SMP_OPT_BATCH))
        answer_batch(&tool, index);
    else
        answer_operands(&tool, index, limit);
    smp_index_free(index);
    return smp_tool_end(&tool);
}
