#include "write/write.h"

#include <string.h>

#include "base/utf8.h"
#include "text/text.h"

static void
nothing(struct smp_writer *writer)
{
    (void)writer;
}

/* The note's lines; those of a list hang behind their dash. */
static void
put_lines(struct smp_buf *out, struct smp_plan *plan)
{
    const char *at = plan->day.text;

    while (*at) {
        size_t n = strcspn(at, "\n");
        bool listed = strncmp(at, "- ", 2) == 0;

        smp_wrap(out, listed ? "  - " : "  ", listed ? 4 : 2, SMP_TEXT_WIDTH,
                 smp_arena_strndup(&plan->arena, at + (listed ? 2 : 0),
                                   n - (listed ? 2 : 0)));
        at += n + (at[n] == '\n');
    }
}

/* Clients for whom there is nothing on that day are left out. */
static void
put(struct smp_writer *writer, struct smp_plan *plan,
    const struct smp_protocol *protocol)
{
    (void)protocol;
    if (!*plan->day.text)
        return;
    if (writer->plans++)
        smp_buf_putc(&writer->out, '\n');
    smp_text_client(&writer->out, plan);
    smp_wrap(&writer->out, "", 0, SMP_TEXT_WIDTH, plan->day.title);
    put_lines(&writer->out, plan);
}

const struct smp_renderer smp_write_day = {nothing, put, nothing};
