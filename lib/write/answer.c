#include "write/answer.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "base/wrap.h"
#include "json/json.h"
#include "write/text.h"

static void
write_text(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_found *found)
{
    struct smp_buf text = {0};

    smp_found_text(&text, protocol, found);
    smp_buf_printf(&text, " (%s)", found->id);
    smp_wrap(out, "", 0, SMP_TEXT_WIDTH, found->question);
    smp_wrap(out, "  ", 2, SMP_TEXT_WIDTH, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
add_text(cJSON *object, const char *key, const struct smp_protocol *protocol,
         const struct smp_found *found)
{
    struct smp_buf text = {0};

    smp_found_text(&text, protocol, found);
    cJSON_AddStringToObject(object, key, smp_buf_text(&text));
    smp_buf_release(&text);
}

static void
print(struct smp_buf *out, cJSON *object)
{
    smp_json_print(out, object);
    smp_buf_putc(out, '\n');
    cJSON_Delete(object);
}

void
smp_write_answer(struct smp_buf *out, const struct smp_protocol *protocol,
                 const struct smp_found *found, bool json)
{
    cJSON *object;

    if (!json) {
        write_text(out, protocol, found);
        return;
    }
    object = smp_json_object();
    cJSON_AddStringToObject(object, "id", found->id);
    cJSON_AddStringToObject(object, "question", found->question);
    add_text(object, "answer", protocol, found);
    cJSON_AddNumberToObject(object, "score", round(found->score * 100) / 100);
    print(out, object);
}

void
smp_write_batch(struct smp_buf *out, const struct smp_protocol *protocol,
                const char *question, const struct smp_found *found)
{
    cJSON *object = smp_json_object();

    cJSON_AddStringToObject(object, "question", question);
    if (found) {
        cJSON_AddStringToObject(object, "id", found->id);
        add_text(object, "answer", protocol, found);
    } else {
        cJSON_AddNullToObject(object, "id");
        cJSON_AddNullToObject(object, "answer");
    }
    print(out, object);
}
