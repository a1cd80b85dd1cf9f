#include <stdlib.h>

#include "base/base.h"
#include "plan/plan.h"
#include "care/care.h"
#include "sheet/internal.h"
#include "sheet/sheet.h"

void
smp_sheet_begin(struct smp_sheet *sheet, const struct smp_plan *plan,
                const struct smp_protocol *protocol)
{
    struct smp_sheet empty = {.proposed = sheet->proposed,
                              .page = sheet->page,
                              .shared = sheet->shared,
                              .protocol = protocol,
                              .arena = sheet->arena,
                              .words = sheet->words,
                              .rivals = sheet->rivals,
                              .hours = sheet->hours};

    *sheet = empty;
    smp_arena_reset(&sheet->arena);
    if (plan && plan->name && *plan->name)
        sheet->client = plan->name;
    else if (plan && plan->record) /* not of one made from operands */
        sheet->client = plan->id;
}

const char *
smp_sheet_keep(struct smp_sheet *sheet)
{
    const char *kept = smp_arena_strndup(
        &sheet->arena, smp_buf_text(&sheet->words), sheet->words.len);

    smp_buf_cut(&sheet->words, 0);
    return kept;
}

bool
smp_sheet_draws(const struct smp_session *session)
{
    return session->status != SMP_CANCELLED && session->start.kind != SMP_NEVER;
}

bool
smp_sheet_may_move(const struct smp_session *session)
{
    return session->has_window &&
           (session->status == SMP_PROPOSED || session->status == SMP_OPTIONAL);
}

void
smp_sheet_release(struct smp_sheet *sheet)
{
    smp_arena_release(&sheet->arena);
    smp_buf_release(&sheet->words);
    smp_rivals_release(&sheet->rivals);
    free(sheet->hours);
    *sheet = (struct smp_sheet){0};
}

void
smp_medium_release(struct smp_medium *medium)
{
    smp_memo_release(&medium->memo);
}
