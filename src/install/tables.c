#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/internal.h"
#include "protocol/internal.h"
#include "answer/answer.h"
#include "tool/message.h"

/*
 * Writes the built-in protocols as tables of C, or the indices of their
 * answers. Run when the library is built. What it writes does not depend on the
 * machine on which it runs.
 */

const struct smp_table smp_tables[] = {{NULL}}; /* not made yet */
const struct smp_index_table smp_index_tables[] = {{NULL}};

/* Texts, each once, in pieces that each are a literal of C. */
struct texts {
    struct smp_buf source;
    const char **known;
    uint32_t *at;
    size_t count, known_room, at_room;
    size_t piece, used; /* octets in this piece, NULs and all */
};

/* A text and its NUL, on a line that the literal goes on after. */
static void
put_text(struct smp_buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\"\\?", *text))
            smp_buf_putc(out, '\\');
        smp_buf_putc(out, *text);
    }
    smp_buf_puts(out, "\\000\\\n");
}

/* Where the text is among all octets, from 0. */
static uint32_t
place_of(struct texts *texts, const char *text)
{
    size_t i, size = strlen(text) + 1;

    for (i = 0; i < texts->count; i++)
        if (strcmp(texts->known[i], text) == 0)
            return texts->at[i];
    if (size >= SMP_PIECE_SIZE)
        abort();
    if (texts->used + size >= SMP_PIECE_SIZE) {
        smp_buf_puts(&texts->source, "\",\n\"");
        texts->piece++;
        texts->used = 0;
    }
    put_text(&texts->source, text);
    texts->known =
        smp_grow(texts->known, i, &texts->known_room, sizeof *texts->known);
    texts->at = smp_grow(texts->at, i, &texts->at_room, sizeof *texts->at);
    texts->known[i] = text;
    texts->at[i] = (uint32_t)(texts->piece * SMP_PIECE_SIZE + texts->used);
    texts->used += size;
    texts->count++;
    return texts->at[i];
}

static void
write_texts(struct texts *texts, const char *lang)
{
    printf("static const char texts_%s[][SMP_PIECE_SIZE] = {\n\"%s\"};\n", lang,
           smp_buf_text(&texts->source));
    smp_buf_release(&texts->source);
    free(texts->known);
    free(texts->at);
}

static void
put_number(struct smp_buf *out, uint32_t number)
{
    size_t line = out->len;

    while (line && out->data[line - 1] != '\n')
        line--;
    smp_buf_printf(out, "%s%u,", out->len - line > 70 ? "\n" : "", number);
}

struct table_writer {
    struct smp_walk walk;
    struct texts texts;
    struct smp_buf numbers;
};

static int32_t
write_number(struct smp_walk *walk, int32_t number)
{
    put_number(&((struct table_writer *)walk)->numbers, (uint32_t)number);
    return number;
}

static void
write_member_texts(struct smp_walk *walk, const char **texts, size_t count)
{
    struct table_writer *writer = (struct table_writer *)walk;
    size_t i;

    for (i = 0; i < count; i++)
        put_number(&writer->numbers,
                   texts[i] ? place_of(&writer->texts, texts[i]) + 1 : 0);
}

static void *
write_list(struct smp_walk *walk, void *list, size_t *count, size_t size)
{
    (void)size;
    put_number(&((struct table_writer *)walk)->numbers, (uint32_t)*count);
    return list;
}

static void
write_protocol(const char *lang, struct smp_protocol *protocol)
{
    struct table_writer writer = {
        .walk = {write_number, write_member_texts, write_list}};
    struct smp_buf slots = {0};
    size_t i;

    smp_protocol_walk(&writer.walk, protocol);
    for (i = 0; i < protocol->label_slot_count; i++)
        put_number(&slots, protocol->label_slots[i]);
    write_texts(&writer.texts, lang);
    printf("static const uint32_t numbers_%s[] = {\n%s};\n"
           "static const uint16_t slots_%s[] = {\n%s};\n",
           lang, smp_buf_text(&writer.numbers), lang, smp_buf_text(&slots));
    smp_buf_release(&writer.numbers);
    smp_buf_release(&slots);
}

static void
write_protocol_row(const char *lang, struct smp_protocol *protocol)
{
    printf("{\"%s\", texts_%s, numbers_%s, slots_%s, %zu},\n", lang, lang, lang,
           lang, protocol->label_slot_count);
}

static void
write_words(const char *name, const char *lang, const struct smp_wordset *set,
            struct texts *texts)
{
    size_t i;

    printf("static const struct smp_known_word %s_%s[] = {\n", name, lang);
    for (i = 0; i < set->count; i++)
        printf("{%u,%u,%u},%s", place_of(texts, set->texts + set->words[i].at),
               set->words[i].length, set->words[i].uses, i % 5 ? "" : "\n");
    puts("};");
}

static void
write_numbers(const char *name, const char *lang, const uint32_t *numbers,
              size_t count)
{
    struct smp_buf out = {0};
    size_t i;

    for (i = 0; i < count; i++)
        put_number(&out, numbers[i]);
    printf("static const uint32_t %s_%s[] = {\n%s};\n", name, lang,
           smp_buf_text(&out));
    smp_buf_release(&out);
}

static void
write_weights(const char *lang, const struct smp_index *index, size_t terms)
{
    size_t i;

    printf("static const struct smp_weighed_term weighed_%s[] = {\n", lang);
    for (i = 0; i <= terms; i++)
        printf("{(float)%.9g,%u,%u},\n", (double)index->weighed[i].weight,
               index->weighed[i].first_share, index->weighed[i].first_phrase);
    printf("};\nstatic const struct smp_share shares_%s[] = {\n", lang);
    for (i = 0; i < index->share_count; i++)
        printf("{%u,(float)%.9g},\n", index->shares[i].topic,
               (double)index->shares[i].share);
    printf("};\nstatic const double phrases_of_%s[] = {", lang);
    for (i = 0; i < index->topics; i++)
        printf("%g,%s", index->phrases_of[i], i % 20 ? "" : "\n");
    puts("};");
}

static void
write_phrases(const char *lang, const struct smp_index *index)
{
    size_t i, terms = 0;

    printf("static const struct smp_phrase phrases_%s[] = {\n", lang);
    for (i = 0; i < index->phrase_count; i++) {
        const struct smp_phrase *phrase = &index->phrases[i];

        terms = phrase->first + phrase->count;
        printf("{%u,%u,%u,(float)%.9g,%d},\n", phrase->first, phrase->count,
               phrase->topic, (double)phrase->weight, phrase->body);
    }
    puts("};");
    write_numbers("phrase_terms", lang, index->phrase_terms, terms);
}

static void
write_cues(const char *lang, const struct smp_index *index)
{
    size_t i, terms = 0;

    printf("static const struct smp_cue cues_%s[] = {\n", lang);
    for (i = 0; i < index->cue_count; i++) {
        const struct smp_cue *cue = &index->cues[i];

        terms = cue->first + cue->count;
        printf("{%u,%u,%u,%d},%s", cue->first, cue->count, cue->kind,
               (int)cue->value, i % 5 ? "" : "\n");
    }
    puts("};");
    write_numbers("cue_terms", lang, index->cue_terms, terms);
}

static void
write_index(const char *lang, struct smp_protocol *protocol)
{
    struct smp_index *index = smp_index_make(protocol);
    const struct smp_wordset *words = &index->terms.words;
    const struct smp_wordset *stems = &index->terms.stems;
    struct texts texts = {.count = 0};

    write_words("words", lang, words, &texts);
    write_words("stems", lang, stems, &texts);
    write_texts(&texts, lang);
    write_numbers("word_slots", lang, words->slots, words->slot_count);
    write_numbers("stem_slots", lang, stems->slots, stems->slot_count);
    write_numbers("term_of", lang, index->terms.term_of, words->count);
    write_phrases(lang, index);
    write_cues(lang, index);
    write_weights(lang, index, stems->count);
    write_numbers("holders", lang, index->holders, index->holder_count);
    smp_index_free(index);
}

static void
write_index_row(const char *lang, struct smp_protocol *protocol)
{
    struct smp_index *index = smp_index_make(protocol);
    const struct smp_terms *terms = &index->terms;

    printf("{\"%s\",\n{.terms = {.words = {*texts_%s, words_%s, word_slots_%s, "
           "%zu, %zu, %zu},\n.stems = {*texts_%s, stems_%s, stem_slots_%s, "
           "%zu, %zu},\n.term_of = term_of_%s},\n",
           protocol->hash, lang, lang, lang, terms->words.count,
           terms->words.slot_count, terms->words.matter, lang, lang, lang,
           terms->stems.count, terms->stems.slot_count, lang);
    printf(".count = %zu, .topics = %zu, .others = %zu,\n", index->count,
           index->topics, index->others);
    printf(".phrases = phrases_%s, .phrase_terms = phrase_terms_%s,\n"
           ".cues = cues_%s, .cue_terms = cue_terms_%s,\n"
           ".weighed = weighed_%s, .shares = shares_%s, .holders = holders_%s,"
           "\n.phrases_of = phrases_of_%s,\n",
           lang, lang, lang, lang, lang, lang, lang, lang);
    printf(".phrase_count = %zu, .cue_count = %zu, .share_count = %zu, "
           ".holder_count = %zu}},\n",
           index->phrase_count, index->cue_count, index->share_count,
           index->holder_count);
    smp_index_free(index);
}

typedef void work(const char *lang, struct smp_protocol *protocol);

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
        smp_message("tables", "%s", smp_buf_text(&err.text));
    smp_err_release(&err);
    return !err.failed;
}

static bool
write_protocols(void)
{
    puts("#include \"protocol/internal.h\"");
    if (!for_all(write_protocol))
        return false;
    puts("const struct smp_table smp_tables[] = {");
    if (!for_all(write_protocol_row))
        return false;
    puts("{0}};");
    return true;
}

static bool
write_indices(void)
{
    puts("#include \"answer/internal.h\"\n#include \"protocol/internal.h\"");
    if (!for_all(write_index))
        return false;
    puts("const struct smp_index_table smp_index_tables[] = {");
    if (!for_all(write_index_row))
        return false;
    puts("{0}};");
    return true;
}

int
main(int argc, char **argv)
{
    bool done;

    if (argc != 2)
        return 2;
    done =
        strcmp(argv[1], "indices") == 0 ? write_indices() : write_protocols();
    return done && !fflush(stdout) && !ferror(stdout) ? 0 : 1;
}
