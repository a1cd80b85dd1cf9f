#include <string.h>

#include "base/utf8.h"
#include "json/json.h"
#include "publish/publish.h"

const char *const smp_change_names[] = {"unchanged", "text",      "new",
                                        "moved",     "cancelled", "retired",
                                        "missing",   NULL};

static void
add_clean(struct smp_buf *out, const char *text)
{
    smp_utf8_clean(out, text, strlen(text));
}

void
smp_report_text(struct smp_buf *out, const struct smp_report *report)
{
    enum { CHANGE_WIDTH = 11 };
    const char *change = smp_change_names[report->change];

    smp_buf_puts(out, change);
    smp_buf_spaces(out, CHANGE_WIDTH - strlen(change));
    add_clean(out, report->id ? report->id : "-");
    smp_buf_puts(out, "  ");
    add_clean(out, report->file ? report->file : "-");
    smp_buf_putc(out, '\n');
}

static void
add_member(cJSON *object, const char *key, const char *text)
{
    cJSON_AddItemToObject(object, key,
                          text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void
smp_report_json(struct smp_buf *out, const struct smp_report *report)
{
    cJSON *object = smp_json_object();

    add_member(object, "id", report->id);
    add_member(object, "file", report->file);
    add_member(object, "change", smp_change_names[report->change]);
    smp_json_format(out, object);
    smp_buf_putc(out, '\n');
    cJSON_Delete(object);
}
