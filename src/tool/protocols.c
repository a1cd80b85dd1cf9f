#include "tool/protocols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "protocol/protocol.h"
#include "tool/tool.h"
#include "tool/options.h"
#include "tool/message.h"

/*
 * A protocol as plans ask for it: of a studio or none (""), translated or not
 * (""). Those that cannot be had are kept too, with the reason.
 */
struct smp_variant {
    char *studio, *lang;
    struct smp_protocol *protocol;
    struct smp_err err;
    bool reported; /* that it is not in that language */
    unsigned long used;
};

static bool
has_studios(struct smp_tool *tool)
{
    const char *directory = smp_tool_option(tool, SMP_OPT_STUDIOS);
    struct smp_err err = {0};
    struct stat status = {0};

    if (directory && stat(directory, &status) < 0 && smp_errno_is_system(errno))
        smp_fail_errno(&err, "--studios %s", directory);
    else if (directory && !S_ISDIR(status.st_mode))
        smp_fail(&err, "--studios %s: not a directory", directory);
    return smp_tool_given(tool, &err);
}

bool
smp_tool_load_protocol(struct smp_tool *tool)
{
    const struct smp_given *given = &tool->given;
    const char *lang = smp_tool_option(tool, SMP_OPT_LANG);
    struct smp_err err = {0};

    tool->protocol = smp_protocol_load(lang, given->protocols,
                                       given->protocol_count, NULL, &err);
    if (tool->protocol && lang && !smp_protocol_is_in(tool->protocol, lang))
        smp_fail(&err,
                 "--lang %s: no translation (en, fr and es are built in); the "
                 "protocol is in \"%s\"",
                 lang, tool->protocol->lang);
    return smp_tool_given(tool, &err) && has_studios(tool);
}

static void
load(struct smp_tool *tool, struct smp_variant *variant)
{
    const struct smp_given *given = &tool->given;
    const char *directory = smp_tool_option(tool, SMP_OPT_STUDIOS);
    const char *lang =
        *variant->lang ? variant->lang : smp_tool_option(tool, SMP_OPT_LANG);
    const char **files = smp_calloc(given->protocol_count + 1, sizeof *files);
    struct smp_buf file = {0};
    size_t count = given->protocol_count;

    if (count)
        memcpy(files, given->protocols, count * sizeof *files);
    if (*variant->studio) {
        smp_buf_printf(&file, "%s/%s.json", directory, variant->studio);
        files[count++] = smp_buf_text(&file);
    }
    variant->protocol =
        smp_protocol_load(lang, files, count, NULL, &variant->err);
    if (!variant->protocol)
        smp_err_prefix(&variant->err, "studio");
    smp_buf_release(&file);
    free(files);
}

static void
release(struct smp_variant *variant)
{
    free(variant->studio);
    free(variant->lang);
    smp_protocol_free(variant->protocol);
    smp_err_release(&variant->err);
}

/* Room for one more, if need be that of the least recently used. */
static struct smp_variant *
new_variant(struct smp_tool *tool)
{
    struct smp_variant *oldest = tool->variants;
    size_t i;

    if (!tool->variants)
        tool->variants = smp_calloc(SMP_PROTOCOLS_KEPT, sizeof *oldest);
    if (tool->variant_count < SMP_PROTOCOLS_KEPT)
        return &tool->variants[tool->variant_count++];
    for (i = 1; i < SMP_PROTOCOLS_KEPT; i++)
        if (tool->variants[i].used < oldest->used)
            oldest = &tool->variants[i];
    release(oldest);
    *oldest = (struct smp_variant){0};
    return oldest;
}

static struct smp_variant *
variant_of(struct smp_tool *tool, const char *studio, const char *lang)
{
    struct smp_variant *variant;
    size_t i;

    for (i = 0; i < tool->variant_count; i++) {
        variant = &tool->variants[i];
        if (strcmp(variant->studio, studio) == 0 &&
            strcmp(variant->lang, lang) == 0) {
            variant->used = ++tool->variant_uses;
            return variant;
        }
    }
    variant = new_variant(tool);
    variant->studio = smp_strdup(studio);
    variant->lang = smp_strdup(lang);
    variant->used = ++tool->variant_uses;
    load(tool, variant);
    return variant;
}

/* The name of the plan's studio where studios are looked at, else "". */
static bool
studio_of(const struct smp_tool *tool, const char *name, const char **studio,
          struct smp_err *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789._-";

    *studio = "";
    if (!name || !smp_tool_option(tool, SMP_OPT_STUDIOS))
        return true;
    if (!*name || name[strspn(name, allowed)] || strlen(name) > 100)
        return smp_fail(err, "studio: letters, digits, . _ and - are wanted");
    *studio = name;
    return true;
}

static const struct smp_protocol *
untranslated(struct smp_tool *tool, const char *studio, struct smp_err *err)
{
    const struct smp_variant *variant;

    if (!*studio)
        return tool->protocol;
    variant = variant_of(tool, studio, "");
    if (!variant->protocol)
        smp_fail_as(err, &variant->err);
    return variant->protocol;
}

static void
report_untranslated(struct smp_tool *tool, struct smp_variant *variant,
                    const struct smp_protocol *protocol)
{
    bool *reported =
        variant ? &variant->reported : &tool->reported_untranslated;

    if (!*reported)
        smp_message(tool->program->name, "no protocol in %s; using \"%s\"",
                    variant ? variant->lang : "the language of a plan",
                    protocol->lang);
    *reported = true;
}

/*
 * In the plan's language if there is a translation: *translated. Else
 * *variant is the one that was looked at, or NULL.
 */
static const struct smp_protocol *
find(struct smp_tool *tool, const struct smp_plan *plan, bool *translated,
     struct smp_variant **variant, struct smp_err *err)
{
    const struct smp_protocol *protocol;
    const char *studio, *lang;

    *translated = true;
    if (!studio_of(tool, plan->studio, &studio, err))
        return NULL;
    protocol = untranslated(tool, studio, err);
    if (!protocol || !plan->lang || smp_protocol_is_in(protocol, plan->lang))
        return protocol;
    lang = smp_protocol_translation(plan->lang);
    *variant = lang ? variant_of(tool, studio, lang) : NULL;
    if (*variant && (*variant)->err.system) {
        smp_fail_as(err, &(*variant)->err);
        return NULL;
    }
    if (*variant && (*variant)->protocol &&
        smp_protocol_is_in((*variant)->protocol, lang))
        return (*variant)->protocol;
    *translated = false;
    return untranslated(tool, studio, err);
}

const struct smp_protocol *
smp_tool_protocol_for(struct smp_tool *tool, const struct smp_plan *plan,
                      struct smp_err *err)
{
    struct smp_variant *variant = NULL;
    bool translated;
    const struct smp_protocol *protocol =
        find(tool, plan, &translated, &variant, err);

    if (protocol && !translated)
        report_untranslated(tool, variant, protocol);
    return protocol;
}

const struct smp_protocol *
smp_tool_protocol_quiet(struct smp_tool *tool, const struct smp_plan *plan)
{
    struct smp_variant *variant = NULL;
    struct smp_err err = {0};
    bool translated;
    const struct smp_protocol *protocol =
        find(tool, plan, &translated, &variant, &err);

    smp_err_release(&err);
    return translated ? protocol : NULL;
}

static const char *
zone_of_studio(void *context, const char *name, struct smp_err *err)
{
    struct smp_tool *tool = context;
    const struct smp_protocol *protocol;
    const char *studio;

    if (!studio_of(tool, name, &studio, err))
        return NULL;
    protocol = untranslated(tool, studio, err);
    if (!protocol)
        return NULL;
    return protocol->studio.time_zone ? protocol->studio.time_zone
                                      : tool->defaults.time_zone;
}

void
smp_tool_ask_studios_for_zones(struct smp_tool *tool)
{
    tool->defaults.zone_of_studio = zone_of_studio;
    tool->defaults.context = tool;
}

void
smp_tool_free_protocols(struct smp_tool *tool)
{
    size_t i;

    for (i = 0; i < tool->variant_count; i++)
        release(&tool->variants[i]);
    free(tool->variants);
    smp_protocol_free(tool->protocol);
}
