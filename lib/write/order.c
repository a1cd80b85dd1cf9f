#include "write/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * The entries of an item come in the order of time, so that much is sorted
 * already: two halves in order need no merging. qsort would look at it all.
 */
static bool
in_order(const struct smp_entry_place *a, const struct smp_entry_place *b)
{
    if (a->start != b->start)
        return a->start < b->start;
    return strcmp(a->entry->uid, b->entry->uid) <= 0;
}

/* Two sorted halves become one, the first of them by way of the spare. */
static void
merge(struct smp_entry_place *at, size_t half, size_t n,
      struct smp_entry_place *spare)
{
    size_t left = 0, right = half, to = 0;

    memcpy(spare, at, half * sizeof *at);
    while (left < half && right < n)
        at[to++] =
            in_order(&spare[left], &at[right]) ? spare[left++] : at[right++];
    memcpy(at + to, spare + left, (half - left) * sizeof *at);
}

static void
sort(struct smp_entry_place *at, size_t n, struct smp_entry_place *spare)
{
    size_t half = n / 2;

    if (n < 2)
        return;
    sort(at, half, spare);
    sort(at + half, n - half, spare);
    if (!in_order(&at[half - 1], &at[half]))
        merge(at, half, n, spare);
}

void
smp_entry_list_sort(struct smp_entry_list *list)
{
    size_t i;

    if (list->order_room < list->count) {
        list->order_room = list->room;
        list->order =
            smp_realloc(list->order, list->order_room * sizeof *list->order);
        list->spare =
            smp_realloc(list->spare, list->order_room * sizeof *list->spare);
    }
    for (i = 0; i < list->count; i++)
        list->order[i] = (struct smp_entry_place){
            list->entries[i].start.seconds, &list->entries[i]};
    sort(list->order, list->count, list->spare);
}

void
smp_entry_list_release(struct smp_entry_list *list)
{
    free(list->entries);
    free(list->order);
    free(list->spare);
    *list = (struct smp_entry_list){0};
}
