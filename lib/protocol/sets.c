#include "protocol/sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/json.h"

/* An element of a list, and where it stands there. */
struct element {
    const char *text;
    size_t at;
};

static int
compare_elements(const void *a, const void *b)
{
    const struct element *first = a, *second = b;
    int order = strcmp(first->text, second->text);

    return order ? order : (first->at > second->at) - (first->at < second->at);
}

static bool
is_of_strings(const cJSON *list)
{
    const cJSON *element;

    cJSON_ArrayForEach (element, list)
        if (!cJSON_IsString(element))
            return false;
    return true;
}

/* By place: whether the same text stands before it. */
static bool *
find_repeated(const cJSON *list)
{
    size_t count = (size_t)cJSON_GetArraySize(list), i = 0;
    struct element *elements = smp_calloc(count, sizeof *elements);
    bool *repeated = smp_calloc(count, sizeof *repeated);
    const cJSON *element;

    cJSON_ArrayForEach (element, list) {
        elements[i] = (struct element){element->valuestring, i};
        i++;
    }
    qsort(elements, count, sizeof *elements, compare_elements);
    for (i = 1; i < count; i++)
        if (strcmp(elements[i - 1].text, elements[i].text) == 0)
            repeated[elements[i].at] = true;
    free(elements);
    return repeated;
}

/* ["a", "b"] becomes {"a": true, "b": true}; what is no list stays. */
static void
list_to_set(cJSON *owner, const char *key)
{
    cJSON *list = smp_json_find(owner, key), *element, *next;
    bool *repeated;
    size_t i = 0;

    if (!cJSON_IsArray(list) || !is_of_strings(list))
        return;
    repeated = find_repeated(list);
    list->type = cJSON_Object;
    for (element = list->child; element; element = next) {
        next = element->next;
        element->string = element->valuestring;
        element->valuestring = NULL;
        element->type = cJSON_True;
        if (repeated[i++])
            smp_json_detach(list, element);
    }
    free(repeated);
    smp_json_detach(owner, list);
    smp_json_append(owner, list);
}

void
smp_lists_to_sets(const struct smp_merged *protocol)
{
    static const char *const owners[][2] = {
        {"faq", "ask"}, {"rules", "ask"}, {"activities", "names"}};
    size_t i;

    list_to_set(protocol->json, "never");
    for (i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        cJSON *owner;

        cJSON_ArrayForEach (owner, smp_json_find(protocol->json, owners[i][0]))
            list_to_set(owner, owners[i][1]);
    }
}
