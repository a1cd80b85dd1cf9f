/*
 * cJSON comes as a shared library alone, which costs a start a tenth of it.
 * Reading records takes no more of it than what its type says, which is here;
 * all else is forwarded to it.
 */
#include <cjson/cJSON.h>

#include "link/forward.h"

#define IS(name, types)                                                        \
    cJSON_bool name(const cJSON *const value)                                  \
    {                                                                          \
        return value && value->type & 0xff & (types);                          \
    }

IS(cJSON_IsArray, cJSON_Array)
IS(cJSON_IsBool, cJSON_True | cJSON_False)
IS(cJSON_IsFalse, cJSON_False)
IS(cJSON_IsNull, cJSON_NULL)
IS(cJSON_IsNumber, cJSON_Number)
IS(cJSON_IsObject, cJSON_Object)
IS(cJSON_IsRaw, cJSON_Raw)
IS(cJSON_IsString, cJSON_String)
IS(cJSON_IsTrue, cJSON_True)

int
cJSON_GetArraySize(const cJSON *array)
{
    const cJSON *child;
    int count = 0;

    cJSON_ArrayForEach (child, array)
        count++;
    return count;
}

void
cJSON_Delete(cJSON *value)
{
    static void (*there)(cJSON *);

    if (!value) /* nothing need be loaded */
        return;
    if (!there)
        smp_forward_find(&there, LIBRARY, "cJSON_Delete");
    there(value);
}

SMP_FORWARD(void, , cJSON_InitHooks, (cJSON_Hooks * hooks), (hooks))
SMP_FORWARD(void, , cJSON_free, (void *memory), (memory))
SMP_FORWARD(char *, return, cJSON_PrintUnformatted, (const cJSON *value),
            (value))
SMP_FORWARD(cJSON *, return, cJSON_Duplicate,
            (const cJSON *value, cJSON_bool deep), (value, deep))
SMP_FORWARD(cJSON *, return, cJSON_CreateObject, (void), ())
SMP_FORWARD(cJSON *, return, cJSON_CreateNull, (void), ())
SMP_FORWARD(cJSON *, return, cJSON_CreateString, (const char *text), (text))
SMP_FORWARD(cJSON *, return, cJSON_GetObjectItemCaseSensitive,
            (const cJSON *const object, const char *const name), (object, name))
SMP_FORWARD(cJSON_bool, return, cJSON_AddItemToObject,
            (cJSON * object, const char *name, cJSON *value),
            (object, name, value))
SMP_FORWARD(cJSON *, return, cJSON_AddNullToObject,
            (cJSON *const object, const char *const name), (object, name))
SMP_FORWARD(cJSON *, return, cJSON_AddTrueToObject,
            (cJSON *const object, const char *const name), (object, name))
SMP_FORWARD(cJSON *, return, cJSON_AddNumberToObject,
            (cJSON *const object, const char *const name, const double number),
            (object, name, number))
SMP_FORWARD(cJSON *, return, cJSON_AddStringToObject,
            (cJSON *const object, const char *const name,
             const char *const text),
            (object, name, text))
SMP_FORWARD(void, , cJSON_DeleteItemFromObjectCaseSensitive,
            (cJSON * object, const char *name), (object, name))
SMP_FORWARD(cJSON *, return, cJSON_DetachItemFromObjectCaseSensitive,
            (cJSON * object, const char *name), (object, name))
SMP_FORWARD(cJSON_bool, return, cJSON_ReplaceItemInObjectCaseSensitive,
            (cJSON * object, const char *name, cJSON *value),
            (object, name, value))
