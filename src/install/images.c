#include <stdio.h>
#include <string.h>

#include "protocol/image.h"
#include "protocol/layers.h"
#include "tool/message.h"

/*
 * Writes the images of the built-in protocol and its translations as C source,
 * made by the ordinary loader. Run when the library is built.
 */

const struct smp_image smp_images[] = {{.lang = NULL}}; /* not made yet */

static const char *
c_name(const char *lang)
{
    return strcmp(lang, "default") == 0 ? "en" : lang;
}

/* An array of numbers of `width` octets each. */
static void
write_numbers(const char *type, const char *name, const char *lang,
              const struct smp_buf *numbers, size_t width)
{
    size_t i;

    printf("static const %s %s_%s[] = {", type, name, c_name(lang));
    for (i = 0; i < numbers->len; i += width) {
        uint64_t eight = 0;
        uint32_t four = 0;
        unsigned char one = 0;

        memcpy(width == 8   ? (void *)&eight
               : width == 4 ? (void *)&four
                            : (void *)&one,
               numbers->data + i, width);
        printf("%s%#llx,", i / width % 12 ? "" : "\n",
               (unsigned long long)eight + four + one);
    }
    puts("\n};");
}

static void
write_arrays(const char *lang, const struct smp_image_parts *parts)
{
    write_numbers("uint64_t", "words", lang, &parts->words, sizeof(uint64_t));
    write_numbers("unsigned char", "texts", lang, &parts->texts, 1);
    write_numbers("uint32_t", "to_texts", lang, &parts->to_texts,
                  sizeof(uint32_t));
    write_numbers("uint32_t", "to_words", lang, &parts->to_words,
                  sizeof(uint32_t));
}

static bool
write_image(const char *lang)
{
    struct smp_image_parts parts = {.words = {0}};
    struct smp_err err = {0};
    struct smp_protocol *protocol =
        smp_protocol_load(lang, NULL, 0, NULL, &err);

    if (!protocol)
        smp_message("images", "%s", smp_buf_text(&err.text));
    else
        smp_image_make(&parts, protocol);
    if (protocol)
        write_arrays(lang, &parts);
    smp_image_parts_release(&parts);
    smp_protocol_free(protocol);
    smp_err_release(&err);
    return protocol != NULL;
}

int
main(void)
{
    const struct smp_builtin *builtin;

    puts("#include \"protocol/image.h\"");
    for (builtin = smp_builtins; builtin->lang; builtin++)
        if (!write_image(builtin->lang))
            return 1;
    puts("const struct smp_image smp_images[] = {");
    for (builtin = smp_builtins; builtin->lang; builtin++) {
        const char *name = c_name(builtin->lang);

        printf("{\"%s\", words_%s, sizeof words_%s, texts_%s, to_texts_%s, "
               "to_words_%s,\n"
               "sizeof to_texts_%s / 4, sizeof to_words_%s / 4},\n",
               builtin->lang, name, name, name, name, name, name, name);
    }
    puts("{0}};");
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
