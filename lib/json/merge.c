#include "json/json.h"

cJSON *
smp_json_merge(cJSON *target, const cJSON *patch)
{
    bool fresh = !cJSON_IsObject(target); /* nothing to be found in it */
    const cJSON *change;

    if (!cJSON_IsObject(patch)) {
        cJSON_Delete(target);
        return cJSON_Duplicate(patch, true);
    }
    if (fresh) {
        cJSON_Delete(target);
        target = smp_json_object();
    }
    cJSON_ArrayForEach (change, patch) {
        const char *key = change->string;
        cJSON *old =
            fresh ? NULL : cJSON_GetObjectItemCaseSensitive(target, key);

        if (cJSON_IsNull(change) && !old)
            continue;
        if (cJSON_IsNull(change))
            cJSON_DeleteItemFromObjectCaseSensitive(target, key);
        else if (!old)
            cJSON_AddItemToObject(target, key, smp_json_merge(NULL, change));
        else if (cJSON_IsObject(old) && cJSON_IsObject(change))
            smp_json_merge(old, change);
        else
            cJSON_ReplaceItemInObjectCaseSensitive(
                target, key, smp_json_merge(NULL, change));
    }
    return target;
}
