#include "protocol/internal.h"

#include "protocol/words.h"

/*
 * The members of a protocol, one after the other. The same walk writes them
 * when the library is built and reads them when a program starts, so the two
 * cannot differ.
 */
#define NUMBER(member) ((member) = walk->number(walk, (int32_t)(member)))
#define ENUM(type, member)                                                     \
    ((member) = (enum type)walk->number(walk, (int32_t)(member)))
#define COUNT(member) ((member) = (size_t)walk->number(walk, (int32_t)(member)))
#define TEXT(member) walk->texts(walk, &(member), 1)
#define LIST(member, count)                                                    \
    ((member) = walk->list(walk, member, &(count), sizeof *(member)))

static void
strings(struct smp_walk *walk, struct smp_strings *list)
{
    LIST(list->at, list->count);
    walk->texts(walk, list->at, list->count);
}

static void
span(struct smp_walk *walk, struct smp_span *span)
{
    NUMBER(span->thousandths);
    ENUM(smp_unit, span->unit);
}

static void
length(struct smp_walk *walk, struct smp_length *length)
{
    span(walk, &length->min);
    span(walk, &length->max);
}

static void
point(struct smp_walk *walk, struct smp_point *point)
{
    ENUM(smp_anchor, point->anchor);
    TEXT(point->milestone);
    NUMBER(point->has_offset);
    span(walk, &point->from);
    span(walk, &point->to);
    ENUM(smp_clock, point->clock);
    NUMBER(point->minutes);
}

static void
every(struct smp_walk *walk, struct smp_every *every)
{
    size_t i;

    ENUM(smp_every_kind, every->kind);
    NUMBER(every->min);
    NUMBER(every->max);
    ENUM(smp_unit, every->unit);
    COUNT(every->count);
    for (i = 0; i < every->count; i++) {
        ENUM(smp_clock, every->at[i].clock);
        NUMBER(every->at[i].minutes);
    }
    TEXT(every->text);
}

static void
rule(struct smp_walk *walk, struct smp_rule *rule)
{
    TEXT(rule->id);
    ENUM(smp_phase, rule->phase);
    ENUM(smp_verb, rule->verb);
    ENUM(smp_scope, rule->scope);
    NUMBER(rule->met_by_session);
    strings(walk, &rule->what);
    TEXT(rule->during);
    point(walk, &rule->window.start);
    point(walk, &rule->window.end);
    TEXT(rule->every_text);
    every(walk, &rule->every);
    strings(walk, &rule->when);
    strings(walk, &rule->unless);
    TEXT(rule->then);
    TEXT(rule->with);
    TEXT(rule->how);
    TEXT(rule->limit);
    TEXT(rule->except);
    TEXT(rule->title);
    TEXT(rule->text);
    TEXT(rule->why);
    TEXT(rule->note);
    TEXT(rule->full_title);
    TEXT(rule->full_text);
    strings(walk, &rule->ask);
}

static void
activity(struct smp_walk *walk, struct smp_activity *activity)
{
    TEXT(activity->id);
    TEXT(activity->title);
    strings(walk, &activity->names);
    strings(walk, &activity->is);
}

static void
answer(struct smp_walk *walk, struct smp_answer *answer)
{
    TEXT(answer->id);
    TEXT(answer->question);
    TEXT(answer->answer);
    TEXT(answer->note);
    strings(walk, &answer->ask);
}

static void
milestone(struct smp_walk *walk, struct smp_milestone *milestone)
{
    TEXT(milestone->name);
    NUMBER(milestone->has_range);
    length(walk, &milestone->range);
}

static void
gap(struct smp_walk *walk, struct smp_gap *gap)
{
    NUMBER(gap->after);
    NUMBER(gap->has_min);
    NUMBER(gap->has_prefer);
    NUMBER(gap->has_max);
    NUMBER(gap->from_first);
    span(walk, &gap->min);
    span(walk, &gap->prefer);
    span(walk, &gap->max);
    TEXT(gap->if_words);
    TEXT(gap->hold_if);
}

static void
course(struct smp_walk *walk, struct smp_course *course)
{
    size_t i;

    NUMBER(course->has_sessions);
    NUMBER(course->min);
    NUMBER(course->typical);
    NUMBER(course->max);
    length(walk, &course->length);
    LIST(course->gaps, course->gap_count);
    for (i = 0; i < course->gap_count; i++)
        gap(walk, &course->gaps[i]);
    TEXT(course->maintenance);
}

static void
studio(struct smp_walk *walk, struct smp_studio *studio)
{
    TEXT(studio->name);
    TEXT(studio->address);
    TEXT(studio->phone);
    TEXT(studio->url);
    TEXT(studio->time_zone);
    TEXT(studio->opening_hours);
    TEXT(studio->contact);
    TEXT(studio->email);
    TEXT(studio->sign);
    strings(walk, &studio->closed);
    NUMBER(studio->chairs);
    NUMBER(studio->send);
    NUMBER(studio->replies);
    span(walk, &studio->step);
    span(walk, &studio->buffer);
    span(walk, &studio->notice);
}

static void
label(struct smp_walk *walk, struct smp_label *label)
{
    size_t i;

    TEXT(label->key);
    TEXT(label->text);
    LIST(label->forms, label->form_count);
    for (i = 0; i < label->form_count; i++) {
        TEXT(label->forms[i].when);
        TEXT(label->forms[i].text);
    }
}

void
smp_protocol_walk(struct smp_walk *walk, struct smp_protocol *p)
{
    size_t i;

    TEXT(p->id);
    TEXT(p->lang);
    TEXT(p->title);
    TEXT(p->hash);
    LIST(p->rules, p->rule_count);
    for (i = 0; i < p->rule_count; i++)
        rule(walk, &p->rules[i]);
    LIST(p->activities, p->activity_count);
    for (i = 0; i < p->activity_count; i++)
        activity(walk, &p->activities[i]);
    LIST(p->answers, p->answer_count);
    for (i = 0; i < p->answer_count; i++)
        answer(walk, &p->answers[i]);
    LIST(p->milestones, p->milestone_count);
    for (i = 0; i < p->milestone_count; i++)
        milestone(walk, &p->milestones[i]);
    for (i = 0; i <= SMP_CLOCKS; i++)
        NUMBER(p->clocks[i]);
    NUMBER(p->quiet_from);
    NUMBER(p->quiet_until);
    course(walk, &p->course);
    studio(walk, &p->studio);
    strings(walk, &p->never);
    LIST(p->labels, p->label_count);
    for (i = 0; i < p->label_count; i++)
        label(walk, &p->labels[i]);
}

/* Reads what the build wrote. */
struct table_reader {
    struct smp_walk walk;
    const char *texts;
    const uint32_t *next;
    struct smp_arena *arena;
};

static int32_t
read_number(struct smp_walk *walk, int32_t ignored)
{
    (void)ignored;
    return (int32_t) * ((struct table_reader *)walk)->next++;
}

static void
read_texts(struct smp_walk *walk, const char **texts, size_t count)
{
    struct table_reader *reader = (struct table_reader *)walk;
    size_t i;

    for (i = 0; i < count; i++)
        texts[i] = reader->next[i] ? reader->texts + reader->next[i] - 1 : NULL;
    reader->next += count;
}

static void *
read_list(struct smp_walk *walk, void *ignored, size_t *count, size_t size)
{
    struct table_reader *reader = (struct table_reader *)walk;

    (void)ignored;
    *count = *reader->next++;
    return *count ? smp_arena_alloc(reader->arena, *count * size) : NULL;
}

struct smp_protocol *
smp_table_read(const struct smp_table *table)
{
    struct smp_protocol *protocol = smp_calloc(1, sizeof *protocol);
    struct table_reader reader = {.walk = {read_number, read_texts, read_list},
                                  .texts = table->texts[0],
                                  .next = table->numbers,
                                  .arena = &protocol->arena};

    smp_protocol_walk(&reader.walk, protocol);
    protocol->label_slots = table->label_slots;
    protocol->label_slot_count = table->label_slot_count;
    return protocol;
}
