#include "json/json.h"

void
smp_json_append(cJSON *object, cJSON *member)
{
    cJSON *first = object->child;

    member->next = NULL;
    member->prev = first ? first->prev : member;
    if (first)
        first->prev->next = member;
    else
        object->child = first = member;
    first->prev = member;
}

void
smp_json_detach(cJSON *object, cJSON *member)
{
    cJSON *first = object->child;

    if (member == first)
        object->child = member->next;
    else
        member->prev->next = member->next;
    if (member->next)
        member->next->prev = member->prev;
    else if (member != first)
        first->prev = member->prev;
}

static void
replace(cJSON *object, cJSON *old, cJSON *member)
{
    bool is_first = old == object->child, is_last = !old->next;

    member->next = old->next;
    member->prev = is_first && is_last ? member : old->prev;
    if (is_first)
        object->child = member;
    else
        old->prev->next = member;
    if (is_last)
        object->child->prev = member;
    else
        old->next->prev = member;
}

/* One change, of the patch's members; `old`: what it changes, or NULL. */
static void
apply(cJSON *target, cJSON *old, cJSON *change)
{
    if (smp_json_is(change, cJSON_NULL)) {
        if (old)
            smp_json_detach(target, old);
    } else if (old && smp_json_is(old, cJSON_Object) &&
               smp_json_is(change, cJSON_Object)) {
        smp_json_merge(old, change);
    } else {
        change = smp_json_merge(NULL, change);
        if (old)
            replace(target, old, change);
        else
            smp_json_append(target, change);
    }
}

cJSON *
smp_json_merge(cJSON *target, cJSON *patch)
{
    bool anew =
        !smp_json_is(target, cJSON_Object); /* nothing can be found in it */
    cJSON *change = patch->child, *next;

    if (!smp_json_is(patch, cJSON_Object))
        return patch;
    if (anew) {
        target = patch;
        target->child = NULL;
    }
    for (; change; change = next) {
        next = change->next;
        apply(target, anew ? NULL : smp_json_find(target, change->string),
              change);
    }
    return target;
}
