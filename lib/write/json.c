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

static void
begin_calendar(struct smp_writer *writer)
{
    writer->calendar.out = &writer->out;
    smp_calendar_begin(&writer->calendar);
}

static void
put_calendar(struct smp_writer *writer, struct smp_plan *plan,
             const struct smp_protocol *protocol)
{
    smp_calendar_put(&writer->calendar, plan, protocol);
}

static void
end_calendar(struct smp_writer *writer)
{
    smp_calendar_end(&writer->calendar);
}

const struct smp_renderer smp_write_calendar = {begin_calendar, put_calendar,
                                                end_calendar};

static void
begin_invitations(struct smp_writer *writer)
{
    writer->calendar.out = &writer->out;
}

static void
put_invitations(struct smp_writer *writer, struct smp_plan *plan,
                const struct smp_protocol *protocol)
{
    smp_invitations_put(&writer->calendar, plan, protocol);
}

const struct smp_renderer smp_write_invitations = {begin_invitations,
                                                   put_invitations, nothing};

void
smp_writer_release(struct smp_writer *writer)
{
    smp_buf_release(&writer->out);
    smp_calendar_release(&writer->calendar);
    smp_memo_release(&writer->memo);
    smp_rivals_release(&writer->rivals);
}
