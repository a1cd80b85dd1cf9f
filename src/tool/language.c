#include "tool/language.h"

#include <stdlib.h>
#include <string.h>

bool
smp_tool_load_protocol(struct smp_tool *tool)
{
    const struct smp_given *given = &tool->given;
    const char *lang = smp_tool_option(tool, SMP_OPT_LANG);
    struct smp_err err = {0};

    tool->protocol = smp_protocol_load(lang, given->protocols,
                                       given->protocol_count, NULL, &err);
    if (!tool->protocol)
        smp_tool_usage(tool, "%s", smp_buf_text(&err.text));
    else if (lang && !smp_protocol_is_in(tool->protocol, lang))
        smp_tool_usage(tool, "--lang %s: the protocol is in \"%s\" only", lang,
                       tool->protocol->lang);
    smp_err_release(&err);
    tool->writer.protocol = tool->protocol;
    return !tool->usage;
}

static struct smp_translation *
translation_for(struct smp_tool *tool, const char *lang)
{
    size_t i;

    for (i = 0; i < tool->translation_count; i++)
        if (strcmp(tool->translations[i].lang, lang) == 0)
            return &tool->translations[i];
    tool->translations =
        smp_realloc(tool->translations,
                    (tool->translation_count + 1) * sizeof *tool->translations);
    tool->translations[tool->translation_count] =
        (struct smp_translation){.lang = lang};
    return &tool->translations[tool->translation_count++];
}

static void
load_translation(struct smp_tool *tool, struct smp_translation *translation)
{
    const struct smp_given *given = &tool->given;
    struct smp_err err = {0};

    translation->tried = true;
    translation->protocol = smp_protocol_load(
        translation->lang, given->protocols, given->protocol_count, NULL, &err);
    if (translation->protocol &&
        !smp_protocol_is_in(translation->protocol, translation->lang)) {
        smp_protocol_free(translation->protocol);
        translation->protocol = NULL;
    }
    if (!translation->protocol)
        smp_message(tool->program->name, "no protocol in %s: \"%s\" is used",
                    translation->lang, tool->protocol->lang);
    smp_err_release(&err);
}

const struct smp_protocol *
smp_tool_protocol_for(struct smp_tool *tool, const struct smp_plan *plan)
{
    static const char other[] = "the language of a plan";
    struct smp_translation *translation;
    const char *lang;

    if (!plan->lang || smp_protocol_is_in(tool->protocol, plan->lang))
        return tool->protocol;
    lang = smp_protocol_translation(plan->lang);
    translation = translation_for(tool, lang ? lang : other);
    if (!translation->tried)
        load_translation(tool, translation);
    return translation->protocol ? translation->protocol : tool->protocol;
}

void
smp_tool_free_protocols(struct smp_tool *tool)
{
    size_t i;

    for (i = 0; i < tool->translation_count; i++)
        smp_protocol_free(tool->translations[i].protocol);
    free(tool->translations);
    smp_protocol_free(tool->protocol);
}
