#include "ical/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FEW = 8 };

/* By the first octet that differs: it is an early one, as UIDs are random. */
static inline bool
uids_in_order(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a <= (unsigned char)*b;
}

static inline bool
in_order(const struct smp_entry_place *a, const struct smp_entry_place *b)
{
    if (a->start != b->start)
        return a->start < b->start;
    return uids_in_order(a->entry->uid, b->entry->uid);
}

/*
 * The entries of an item come in the order of time, so that much is sorted
 * already: what is in order is not moved.
 */
static void
sort_few(struct smp_entry_place *at, size_t n)
{
    size_t i, to;

    for (i = 1; i < n; i++) {
        struct smp_entry_place place = at[i];

        for (to = i; to && !in_order(&at[to - 1], &place); to--)
            at[to] = at[to - 1];
        at[to] = place;
    }
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

    if (n <= FEW) {
        sort_few(at, n);
        return;
    }
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
    smp_buf_release(&list->text);
    smp_buf_release(&list->title);
    smp_buf_release(&list->summary);
    smp_rivals_release(&list->rivals);
    *list = (struct smp_entry_list){0};
}
