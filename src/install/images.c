#include <stdio.h>
#include <string.h>

#include "answer/index.h"
#include "install/image.h"
#include "protocol/layers.h"
#include "tool/message.h"

/*
 * Writes the images of the built-in protocol and its translations as C source,
 * and of the indices of their answers, made by the ordinary loader. Run when
 * the library is built.
 */

const struct smp_image smp_images[] = {{.name = NULL}}; /* not made yet */
const struct smp_image smp_index_images[] = {{.name = NULL}};

static const char *
c_name(const char *lang)
{
    return strcmp(lang, "default") == 0 ? "en" : lang;
}

static void
write_protocol(const char *lang, const struct smp_protocol *protocol)
{
    image_write("protocol", c_name(lang), protocol, &smp_protocol_shape);
}

static void
write_index(const char *lang, const struct smp_protocol *protocol)
{
    struct smp_index *index = smp_index_make(protocol);

    image_write("index", c_name(lang), index, &smp_index_shape);
    smp_index_free(index);
}

static void
write_protocol_element(const char *lang, const struct smp_protocol *protocol)
{
    (void)protocol;
    image_write_element(lang, "protocol", c_name(lang));
}

static void
write_index_element(const char *lang, const struct smp_protocol *protocol)
{
    image_write_element(protocol->hash, "index", c_name(lang));
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
write_list(const char *name, const char *header, work *image, work *element)
{
    printf("#include \"%s\"\n#include \"protocol/image.h\"\n", header);
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
    return write_list("smp_images", "protocol/words.h", write_protocol,
                      write_protocol_element);
}

static bool
write_indices(void)
{
    return write_list("smp_index_images", "answer/index.h", write_index,
                      write_index_element);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*write)(void);
    } all[] = {{"protocols", write_protocols}, {"indices", write_indices}};
    size_t i;

    for (i = 0; argc == 2 && i < sizeof all / sizeof *all; i++)
        if (strcmp(argv[1], all[i].name) == 0)
            return all[i].write() && !fflush(stdout) && !ferror(stdout) ? 0 : 1;
    return 2;
}
