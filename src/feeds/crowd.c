#include "feeds/crowd.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tool/message.h"

enum { CROWDS_MAX = 64, NAMED = 8 };

static struct crowd *
crowd_of(struct crowds *crowds, const char *what)
{
    struct crowd *crowd;
    size_t i;

    for (i = 0; i < crowds->count; i++)
        if (strcmp(crowds->at[i].what, what) == 0)
            return &crowds->at[i];
    if (crowds->count == CROWDS_MAX)
        return NULL;
    crowds->at =
        smp_grow(crowds->at, crowds->count, &crowds->room, sizeof *crowds->at);
    crowd = &crowds->at[crowds->count++];
    *crowd = (struct crowd){.what = smp_strdup(what)};
    return crowd;
}

bool
crowds_add(struct crowds *crowds, const char *id, const char *what)
{
    struct crowd *crowd = crowd_of(crowds, what);

    if (!crowd)
        return false;
    if (crowd->count++ < NAMED)
        smp_buf_printf(&crowd->ids, "%s%.*s", crowd->ids.len ? ", " : "",
                       smp_message_shown(id), id);
    return true;
}

void
crowd_text(struct smp_buf *out, const struct crowd *crowd)
{
    smp_buf_puts(out, smp_buf_text(&crowd->ids));
    if (crowd->count > NAMED)
        smp_buf_printf(out, " and %zu more", crowd->count - NAMED);
    smp_buf_printf(out, ": %s", crowd->what);
}

void
crowds_release(struct crowds *crowds)
{
    size_t i;

    for (i = 0; i < crowds->count; i++) {
        free(crowds->at[i].what);
        smp_buf_release(&crowds->at[i].ids);
    }
    free(crowds->at);
    *crowds = (struct crowds){0};
}
