#include "protocol/shape.h"

#include "protocol/protocol.h"
#include "protocol/shape_tables.h"
#include "protocol/words.h"

#define SPAN(type, member)                                                     \
    VALUE(type, member.thousandths), VALUE(type, member.unit)
#define LENGTH(type, member) SPAN(type, member.min), SPAN(type, member.max)
#define POINT(type, member)                                                    \
    VALUE(type, member.anchor), TEXT(type, member.milestone),                  \
        VALUE(type, member.has_offset), SPAN(type, member.from),               \
        SPAN(type, member.to), VALUE(type, member.clock),                      \
        VALUE(type, member.minutes)
#define HOUR(i)                                                                \
    VALUE(smp_rule, every.at[i].clock), VALUE(smp_rule, every.at[i].minutes)

static const struct smp_shape_member text_members[] = {
    ALONE(SMP_SHAPE_TEXT, const char *),
};
SHAPE(text, const char *);

static const struct smp_shape_member rule_members[] = {
    TEXT(smp_rule, id),
    VALUE(smp_rule, phase),
    VALUE(smp_rule, verb),
    VALUE(smp_rule, scope),
    VALUE(smp_rule, met_by_session),
    STRINGS(smp_rule, what),
    TEXT(smp_rule, during),
    POINT(smp_rule, window.start),
    POINT(smp_rule, window.end),
    TEXT(smp_rule, every_text),
    VALUE(smp_rule, every.kind),
    VALUE(smp_rule, every.min),
    VALUE(smp_rule, every.max),
    VALUE(smp_rule, every.unit),
    VALUE(smp_rule, every.count),
    HOUR(0),
    HOUR(1),
    HOUR(2),
    HOUR(3),
    HOUR(4),
    HOUR(5),
    HOUR(6),
    HOUR(7),
    HOUR(8),
    HOUR(9),
    HOUR(10),
    HOUR(11),
    HOUR(12),
    HOUR(13),
    HOUR(14),
    HOUR(15),
    HOUR(16),
    HOUR(17),
    HOUR(18),
    HOUR(19),
    HOUR(20),
    HOUR(21),
    HOUR(22),
    HOUR(23),
    TEXT(smp_rule, every.text),
    STRINGS(smp_rule, when),
    STRINGS(smp_rule, unless),
    TEXT(smp_rule, then),
    TEXT(smp_rule, how),
    TEXT(smp_rule, with),
    TEXT(smp_rule, limit),
    TEXT(smp_rule, except),
    TEXT(smp_rule, title),
    TEXT(smp_rule, text),
    TEXT(smp_rule, full_title),
    TEXT(smp_rule, full_text),
    TEXT(smp_rule, why),
    TEXT(smp_rule, note),
    STRINGS(smp_rule, ask),
};
SHAPE(rule, struct smp_rule);

static const struct smp_shape_member activity_members[] = {
    TEXT(smp_activity, id),
    TEXT(smp_activity, title),
    STRINGS(smp_activity, names),
    STRINGS(smp_activity, is),
};
SHAPE(activity, struct smp_activity);

static const struct smp_shape_member answer_members[] = {
    TEXT(smp_answer, id),     TEXT(smp_answer, question),
    TEXT(smp_answer, answer), TEXT(smp_answer, note),
    STRINGS(smp_answer, ask),
};
SHAPE(answer, struct smp_answer);

static const struct smp_shape_member milestone_members[] = {
    TEXT(smp_milestone, name),
    VALUE(smp_milestone, has_range),
    LENGTH(smp_milestone, range),
};
SHAPE(milestone, struct smp_milestone);

static const struct smp_shape_member gap_members[] = {
    VALUE(smp_gap, after),      VALUE(smp_gap, has_min),
    VALUE(smp_gap, has_prefer), VALUE(smp_gap, has_max),
    VALUE(smp_gap, from_first), SPAN(smp_gap, min),
    SPAN(smp_gap, prefer),      SPAN(smp_gap, max),
    TEXT(smp_gap, if_words),    TEXT(smp_gap, hold_if),
};
SHAPE(gap, struct smp_gap);

static const struct smp_shape_member form_members[] = {
    TEXT(smp_label_form, when),
    TEXT(smp_label_form, text),
};
SHAPE(form, struct smp_label_form);

static const struct smp_shape_member label_members[] = {
    TEXT(smp_label, key),
    TEXT(smp_label, text),
    LIST(smp_label, forms, form_count, form_shape),
};
SHAPE(label, struct smp_label);

static const struct smp_shape_member slot_members[] = {
    ALONE(SMP_SHAPE_UNSIGNED, uint16_t),
};
SHAPE(slot, uint16_t);

static const struct smp_shape_member protocol_members[] = {
    TEXT(smp_protocol, id),
    TEXT(smp_protocol, lang),
    TEXT(smp_protocol, title),
    TEXT(smp_protocol, hash),
    TEXT(smp_protocol, json),
    LIST(smp_protocol, rules, rule_count, rule_shape),
    LIST(smp_protocol, activities, activity_count, activity_shape),
    LIST(smp_protocol, answers, answer_count, answer_shape),
    LIST(smp_protocol, milestones, milestone_count, milestone_shape),
    VALUE(smp_protocol, clocks[0]),
    VALUE(smp_protocol, clocks[1]),
    VALUE(smp_protocol, clocks[2]),
    VALUE(smp_protocol, clocks[3]),
    VALUE(smp_protocol, clocks[4]),
    VALUE(smp_protocol, quiet_from),
    VALUE(smp_protocol, quiet_until),
    VALUE(smp_protocol, course.has_sessions),
    VALUE(smp_protocol, course.min),
    VALUE(smp_protocol, course.typical),
    VALUE(smp_protocol, course.max),
    LENGTH(smp_protocol, course.length),
    LIST(smp_protocol, course.gaps, course.gap_count, gap_shape),
    TEXT(smp_protocol, course.maintenance),
    TEXT(smp_protocol, studio.name),
    TEXT(smp_protocol, studio.time_zone),
    TEXT(smp_protocol, studio.opening_hours),
    TEXT(smp_protocol, studio.email),
    TEXT(smp_protocol, studio.contact),
    VALUE(smp_protocol, studio.chairs),
    STRINGS(smp_protocol, never),
    LIST(smp_protocol, labels, label_count, label_shape),
    LIST(smp_protocol, label_slots, label_slot_count, slot_shape),
};

const struct smp_shape smp_protocol_shape =
    SHAPE_OF(protocol, struct smp_protocol);
