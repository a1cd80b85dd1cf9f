#include "protocol/shape_tables.h"

#include "answer/index.h"

static const struct smp_shape_member number_members[] = {
    ALONE(SMP_SHAPE_UNSIGNED, uint32_t),
};
SHAPE(number, uint32_t);

static const struct smp_shape_member real_members[] = {
    ALONE(SMP_SHAPE_REAL, double),
};
SHAPE(real, double);

static const struct smp_shape_member word_members[] = {
    TEXT(smp_word, text),
    VALUE(smp_word, length),
    VALUE(smp_word, uses),
};
SHAPE(word, struct smp_word);

static const struct smp_shape_member phrase_members[] = {
    VALUE(smp_phrase, topic),
    LIST(smp_phrase, terms, count, number_shape),
    VALUE(smp_phrase, body),
    VALUE(smp_phrase, weight),
};
SHAPE(phrase, struct smp_phrase);

static const struct smp_shape_member cue_members[] = {
    VALUE(smp_cue, kind),
    VALUE(smp_cue, value),
    LIST(smp_cue, terms, count, number_shape),
};
SHAPE(cue, struct smp_cue);

static const struct smp_shape_member weighed_members[] = {
    VALUE(smp_weighed_term, weight),
    VALUE(smp_weighed_term, first_share),
    VALUE(smp_weighed_term, first_phrase),
};
SHAPE(weighed, struct smp_weighed_term);

static const struct smp_shape_member share_members[] = {
    VALUE(smp_share, topic),
    VALUE(smp_share, share),
};
SHAPE(share, struct smp_share);

static const struct smp_shape_member index_members[] = {
    LIST(smp_index, terms.words.words, terms.words.count, word_shape),
    LIST(smp_index, terms.words.slots, terms.words.slot_count, number_shape),
    LIST(smp_index, terms.stems.words, terms.stems.count, word_shape),
    LIST(smp_index, terms.stems.slots, terms.stems.slot_count, number_shape),
    LIST(smp_index, terms.term_of, terms.words.count, number_shape),
    VALUE(smp_index, count),
    VALUE(smp_index, others),
    VALUE(smp_index, terms.words.matter),
    LIST(smp_index, phrases, phrase_count, phrase_shape),
    LIST(smp_index, cues.at, cues.count, cue_shape),
    LIST(smp_index, weighed, weighed_count, weighed_shape),
    LIST(smp_index, shares, share_count, share_shape),
    LIST(smp_index, holders, holder_count, number_shape),
    LIST(smp_index, phrases_of, topics, real_shape),
};

const struct smp_shape smp_index_shape = SHAPE_OF(index, struct smp_index);
