#include <stdio.h>
#include <string.h>

#include "answer/index.h"
#include "install/ready.h"
#include "protocol/layers.h"
#include "tool/message.h"

/*
 * Writes the images of the built-in protocol and its translations as C source,
 * and of the indices of their answers, made by the ordinary loader, or the
 * templates of what they say. Run when the library is built.
 */

const struct smp_image smp_images[] = {{.name = NULL}}; /* not made yet */
const struct smp_image smp_index_images[] = {{.name = NULL}};

static const char *
c_name(const char *lang)
{
    return strcmp(lang, "default") == 0 ? "en" : lang;
}

/* An array of numbers of `width` octets each. */
static void
write_numbers(const char *type, const char *kind, const char *name,
              const char *lang, const struct smp_buf *numbers, size_t width)
{
    size_t i;

    printf("static const %s %s_%s_%s[] = {", type, kind, name, c_name(lang));
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
write_image(const char *kind, const char *lang, const void *thing,
            const struct smp_shape *shape)
{
    struct smp_image_parts parts = {.words = {0}};

    smp_image_make(&parts, thing, shape);
    write_numbers("uint64_t", kind, "words", lang, &parts.words,
                  sizeof(uint64_t));
    write_numbers("unsigned char", kind, "texts", lang, &parts.texts, 1);
    write_numbers("uint32_t", kind, "to_texts", lang, &parts.to_texts,
                  sizeof(uint32_t));
    write_numbers("uint32_t", kind, "to_words", lang, &parts.to_words,
                  sizeof(uint32_t));
    smp_image_parts_release(&parts);
}

static void
write_protocol(const char *lang, const struct smp_protocol *protocol)
{
    write_image("protocol", lang, protocol, &smp_protocol_shape);
}

static void
write_index(const char *lang, const struct smp_protocol *protocol)
{
    struct smp_index *index = smp_index_make(protocol);

    write_image("index", lang, index, &smp_index_shape);
    smp_index_free(index);
}

/* An element of a list of images. */
static void
write_element(const char *name, const char *kind, const char *lang)
{
    printf("{\"%s\", ", name);
    printf("%s_words_%s, sizeof %s_words_%s, ", kind, lang, kind, lang);
    printf("%s_texts_%s, ", kind, lang);
    printf("%s_to_texts_%s, %s_to_words_%s,\n", kind, lang, kind, lang);
    printf("sizeof %s_to_texts_%s / 4, sizeof %s_to_words_%s / 4},\n", kind,
           lang, kind, lang);
}

static void
write_protocol_element(const char *lang, const struct smp_protocol *protocol)
{
    (void)protocol;
    write_element(lang, "protocol", c_name(lang));
}

static void
write_index_element(const char *lang, const struct smp_protocol *protocol)
{
    write_element(protocol->hash, "index", c_name(lang));
}

static void
gather_templates(const char *lang, const struct smp_protocol *protocol)
{
    (void)lang;
    ready_gather(protocol);
}

typedef void work(const char *lang, const struct smp_protocol *protocol);

/* Loads each and does something with it; false where one cannot be. */
static bool
for_all(work *does)
{
    const struct smp_builtin *builtin;
    struct smp_err err = {0};

    for (builtin = smp_builtins; builtin->lang && !err.failed; builtin++) {
        struct smp_protocol *protocol =
            smp_protocol_load(builtin->lang, NULL, 0, NULL, &err);

        if (protocol)
            does(builtin->lang, protocol);
        smp_protocol_free(protocol);
    }
    if (err.failed)
        smp_message("images", "%s", smp_buf_text(&err.text));
    smp_err_release(&err);
    return !err.failed;
}

/* The images, then the list of them. */
static bool
write_list(const char *name, work *image, work *element)
{
    puts("#include \"protocol/image.h\"");
    if (!for_all(image))
        return false;
    printf("extern const struct smp_image %s[];\n", name);
    printf("const struct smp_image %s[] = {\n", name);
    if (!for_all(element))
        return false;
    puts("{0}};");
    return true;
}

static bool
write_protocols(void)
{
    return write_list("smp_images", write_protocol, write_protocol_element);
}

static bool
write_indices(void)
{
    return write_list("smp_index_images", write_index, write_index_element);
}

static bool
write_templates(void)
{
    if (!for_all(gather_templates))
        return false;
    ready_write();
    return true;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*write)(void);
    } all[] = {{"protocols", write_protocols},
               {"indices", write_indices},
               {"templates", write_templates}};
    size_t i;

    for (i = 0; argc == 2 && i < sizeof all / sizeof *all; i++)
        if (strcmp(argv[1], all[i].name) == 0)
            return all[i].write() && !fflush(stdout) && !ferror(stdout) ? 0 : 1;
    return 2;
}
