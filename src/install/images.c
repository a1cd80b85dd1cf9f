#include <stdio.h>
#include <string.h>

#include "install/ready.h"
#include "protocol/image.h"
#include "protocol/layers.h"
#include "tool/message.h"

/*
 * Writes the images of the built-in protocol and its translations as C source,
 * made by the ordinary loader, or the templates of what they say. Run when the
 * library is built.
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

static void
write_image(const char *lang, const struct smp_protocol *protocol)
{
    struct smp_image_parts parts = {.words = {0}};

    smp_image_make(&parts, protocol);
    write_arrays(lang, &parts);
    smp_image_parts_release(&parts);
}

static void
gather_templates(const char *lang, const struct smp_protocol *protocol)
{
    (void)lang;
    ready_gather(protocol);
}

/* Loads each and does something with it; false where one cannot be. */
static bool
for_all(void (*work)(const char *lang, const struct smp_protocol *protocol))
{
    const struct smp_builtin *builtin;
    struct smp_err err = {0};

    for (builtin = smp_builtins; builtin->lang && !err.failed; builtin++) {
        struct smp_protocol *protocol =
            smp_protocol_load(builtin->lang, NULL, 0, NULL, &err);

        if (protocol)
            work(builtin->lang, protocol);
        smp_protocol_free(protocol);
    }
    if (err.failed)
        smp_message("images", "%s", smp_buf_text(&err.text));
    smp_err_release(&err);
    return !err.failed;
}

static bool
write_images(void)
{
    const struct smp_builtin *builtin;

    puts("#include \"protocol/image.h\"");
    if (!for_all(write_image))
        return false;
    puts("const struct smp_image smp_images[] = {");
    for (builtin = smp_builtins; builtin->lang; builtin++) {
        const char *name = c_name(builtin->lang);

        printf("{\"%s\", words_%s, sizeof words_%s, texts_%s, to_texts_%s, "
               "to_words_%s,\n"
               "sizeof to_texts_%s / 4, sizeof to_words_%s / 4},\n",
               builtin->lang, name, name, name, name, name, name, name);
    }
    puts("{0}};");
    return true;
}

static bool
write_templates(void)
{
    if (!for_all(gather_templates))
        return false;
    ready_write();
    return true;
}

/* Without an operand the images, with one the templates. */
int
main(int argc, char **argv)
{
    bool ok;

    (void)argv;
    ok = argc > 1 ? write_templates() : write_images();
    return !ok || fflush(stdout) || ferror(stdout) ? 1 : 0;
}
