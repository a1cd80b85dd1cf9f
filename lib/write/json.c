#include "write/write.h"

static void
nothing(struct smp_writer *writer)
{
    (void)writer;
}

static void
put(struct smp_writer *writer, struct smp_plan *plan,
    const struct smp_protocol *protocol)
{
    (void)protocol;
    smp_plan_format(&writer->out, plan);
}

const struct smp_renderer smp_write_json = {nothing, put, nothing};

void
smp_writer_release(struct smp_writer *writer)
{
    smp_buf_release(&writer->out);
    smp_buf_release(&writer->held);
    smp_buf_release(&writer->held_named);
    smp_buf_release(&writer->zones);
    smp_templates_release(&writer->templates);
    smp_memo_release(&writer->memo);
    smp_rivals_release(&writer->rivals);
}
