#include "care/part.h"

static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool
smp_rule_is_conditional(const struct smp_rule *rule)
{
    return rule->when.count + rule->unless.count > 0;
}

int64_t
smp_part_time(struct smp_when when)
{
    return when.kind == SMP_NEVER ? SMP_PART_NEVER : when.seconds;
}

/* An aftercare task or permission begins at the session's end (4). */
static int64_t
not_in_session(const struct smp_sessions *s, size_t session, int64_t time)
{
    if (time == SMP_PART_NEVER ||
        smp_day_at(time) != smp_session_day(s->at[session]))
        return time;
    return greater(time, smp_sessions_end(s, session));
}

static bool
grants(const struct smp_part *part)
{
    return part->kind == SMP_TASK || part->kind == SMP_PERMISSION;
}

/* Bans and alerts go on after the next session, unless it meets them. */
static bool
ends_with_next(const struct smp_part *part)
{
    return part->rule->phase == SMP_POST &&
           (grants(part) || !smp_verbs[part->rule->verb].goes_on ||
            part->rule->met_by_session);
}

void
smp_part_settle(struct smp_part *part, const struct smp_sessions *s)
{
    part->holds_until = ends_with_next(part)
                            ? smp_sessions_next_start(s, part->session)
                            : SMP_PART_NEVER;
    if (part->rule->phase == SMP_POST && grants(part)) {
        part->start = not_in_session(s, part->session, part->start);
        part->start_latest =
            not_in_session(s, part->session, part->start_latest);
    }
}

bool
smp_part_of_rule(struct smp_part *part, const struct smp_sessions *s, size_t i,
                 size_t number)
{
    const struct smp_rule *rule = &s->protocol->rules[number];
    struct smp_extent extent = smp_resolve(s, i, rule);

    *part = (struct smp_part){
        .rule = rule,
        .number = number,
        .session = i,
        .kind = smp_verbs[rule->verb].kind,
        .start = smp_part_time(extent.start.low),
        .start_latest = smp_part_time(extent.start.high),
        .end_earliest = smp_part_time(extent.end.low),
        .end = smp_part_time(extent.end.high),
    };
    smp_part_settle(part, s);
    return extent.applies;
}

/* A `wait` permits from its end on, before a session only until its start. */
struct smp_part
smp_part_waited(const struct smp_sessions *s, struct smp_part ban)
{
    struct smp_part part = ban;

    part.kind = SMP_PERMISSION;
    part.waited = true;
    part.start = ban.end_earliest;
    part.start_latest = ban.end;
    part.end_earliest = part.end = ban.rule->phase == SMP_PRE
                                       ? smp_sessions_start(s, ban.session)
                                       : SMP_PART_NEVER;
    smp_part_settle(&part, s);
    return part;
}

/* Whether [start, end) has a moment in common with the time asked. */
static bool
meets(int64_t start, int64_t end, const struct smp_question *q)
{
    return greater(start, q->from) < lesser(end, q->until);
}

static enum smp_force
touches(const struct smp_part *part, const struct smp_question *q)
{
    if (!meets(part->start, part->end, q))
        return SMP_FORCE_NO;
    return meets(part->start_latest, part->end_earliest, q) ? SMP_FORCE_SURE
                                                            : SMP_FORCE_PERHAPS;
}

/* At every moment; on the day a session ends, from its end on (5). */
static enum smp_force
covers(const struct smp_part *part, const struct smp_sessions *s,
       const struct smp_question *q)
{
    int64_t from = q->from;

    if (q->is_day && part->rule->phase == SMP_POST) {
        int64_t end = smp_sessions_end(s, part->session);

        if (end > from && end < q->until)
            from = end;
    }
    if (part->start > from || part->end < q->until)
        return SMP_FORCE_NO;
    return part->start_latest <= from && part->end_earliest >= q->until
               ? SMP_FORCE_SURE
               : SMP_FORCE_PERHAPS;
}

enum smp_force
smp_part_force(const struct smp_part *part, const struct smp_sessions *s,
               const struct smp_question *q)
{
    if (q->until > part->holds_until)
        return SMP_FORCE_NO;
    return part->kind == SMP_PERMISSION ? covers(part, s, q) : touches(part, q);
}

bool
smp_part_may_lift(const struct smp_part *part, const struct smp_question *q)
{
    return grants(part) && q->until <= part->holds_until &&
           meets(part->start_latest, part->end_earliest, q);
}

bool
smp_rule_fits(const struct smp_rule *lifter, const struct smp_rule *ban,
              enum smp_kin kin)
{
    return kin == SMP_KIN_NARROWER ||
           (kin == SMP_KIN_SAME && smp_rule_is_conditional(lifter) &&
            !smp_rule_is_conditional(ban));
}

/* Care before a session goes before bans that begin on its day. */
static bool
precedes_ban(const struct smp_part *lifter, const struct smp_part *ban,
             const struct smp_sessions *s)
{
    return lifter->session == ban->session && lifter->rule->phase == SMP_PRE &&
           ban->rule->phase == SMP_POST &&
           smp_day_at(ban->start) == smp_session_day(s->at[ban->session]);
}

bool
smp_part_lifts(const struct smp_part *lifter, const struct smp_part *ban,
               const struct smp_sessions *s, enum smp_kin kin,
               const struct smp_question *q)
{
    int64_t from = greater(ban->start, q->from);
    int64_t until = lesser(ban->end, q->until);

    if (kin == SMP_KIN_NONE || !smp_part_may_lift(lifter, q))
        return false;
    if (q->is_day && lifter->session == ban->session &&
        lifter->rule->phase == SMP_POST && ban->rule->phase == SMP_POST)
        from = greater(from, smp_sessions_end(s, ban->session));
    if (from < until &&
        (lifter->start_latest > from || lifter->end_earliest < until))
        return false;
    return smp_rule_fits(lifter->rule, ban->rule, kin) ||
           (precedes_ban(lifter, ban, s) &&
            until <= smp_sessions_start(s, ban->session));
}
