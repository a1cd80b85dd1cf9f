#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "helpers.h"
#include "plan_read.h"
#include "time/zone.h"
#include "plan/plan.h"
#include "series/series.h"

/*
 * The search against one that tries everything: random small studios, in
 * zones and weeks in which the clock changes. What fits is decided minute by
 * minute from the numbers that the case was made of, not from their text.
 * SMP_CASES is how many, SMP_SEED where to begin.
 */
enum {
    HOUR = 3600,
    RULES = 4,
    PIECES = 4,
    EVENTS = 12,
    MOST = 4,
    TAILS = 3,
    CANCELLED = 2
};

struct rule {
    int after, min, prefer, max; /* days, -1: not given */
    bool from_first;
};

struct slot {
    int number;
    bool was;
    int64_t at; /* local */
};

struct kase {
    const struct smp_zone *zone;
    const struct smp_zone *hours_zone; /* NULL: the same */
    int64_t length;
    bool odd_lengths;
    struct rule rules[RULES];
    int rule_count;
    struct piece {
        int days, from, until; /* a bit a weekday; minutes */
        bool replaces, off, dated;
        int32_t first, last; /* of a dated one */
    } pieces[PIECES];
    int piece_count; /* 0: always open */
    bool has_closed_days;
    struct smp_days closed_days;
    struct smp_interval closings[2];
    int closing_count;
    int64_t step, buffer;
    bool has_last_day; /* of all sessions */
    int32_t last_day;
    struct smp_interval events[EVENTS];
    int event_count; /* -1: not looked at */
    int chairs;
    struct smp_days away[2];
    int away_count; /* the first one is the plan's own */
    int64_t first;
    bool dates;
    int given; /* the number of another session that is, or 0 */
    int64_t given_at;
    bool has_cancelled; /* its number is CANCELLED */
    int64_t cancelled;
    bool has_now;
    int64_t now;
    int count, extra;
    struct slot was[MOST];
    int was_count;
    struct smp_interval own[2 * MOST]; /* what the plan itself takes */
    int own_count;
};

static uint64_t seed;

static int
below(int n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)(seed % (uint64_t)n);
}

static bool
often(int percent)
{
    return below(100) < percent;
}

/* The zones, with a day near which the clock changes. */
static const struct {
    const char *zone;
    int year, month, day;
} changes[] = {
    {"Etc/UTC", 2026, 12, 1},
    {"America/Toronto", 2026, 3, 6},
    {"America/Toronto", 2026, 10, 30},
    {"Australia/Lord_Howe", 2026, 4, 3},
    {"Australia/Lord_Howe", 2026, 10, 2},
    {"America/Havana", 2026, 3, 6},
    {"America/Havana", 2026, 10, 30},
    {"Asia/Beirut", 2026, 3, 27},
    {"Asia/Beirut", 2026, 10, 23},
    {"Pacific/Apia", 2011, 12, 28},
    {"Africa/Casablanca", 2026, 2, 13},
};

static struct smp_zones zones = {.directory = smp_zone_directory};

static void
make_rules(struct kase *k)
{
    int i;

    k->rule_count = below(4);
    for (i = 0; i < k->rule_count; i++) {
        struct rule *rule = &k->rules[i];

        rule->after = often(40) ? 0 : 1 + below(3);
        rule->min = often(70) ? below(4) : -1;
        rule->max = (rule->min > 0 ? rule->min : 0) + below(7);
        rule->prefer =
            often(40) ? (rule->min > 0 ? rule->min : 0) + below(4) : -1;
        rule->from_first = often(25);
        if (rule->from_first)
            rule->max += 4;
        if (k->count < 4 && often(2))
            rule->max = -1;
    }
    /* Without a rule the days are many: not often. */
    if (k->count > 3 || often(98))
        k->rules[k->rule_count++] =
            (struct rule){0, below(3), -1, 3 + below(6), false};
}

static void
make_hours(struct kase *k)
{
    int i;

    k->piece_count = often(20) ? 0 : 1 + below(PIECES);
    for (i = 0; i < k->piece_count; i++) {
        k->pieces[i].days = 1 + below(127);
        k->pieces[i].from = below(24 * 4) * 15;
        k->pieces[i].until = k->pieces[i].from + (1 + below(40)) * 15;
        if (often(20)) {
            k->pieces[i].from = 0;
            k->pieces[i].until = 24 * 60;
        }
        k->pieces[i].replaces = i && often(40);
        k->pieces[i].off = often(10);
        k->pieces[i].dated = often(20);
        if (!k->pieces[i].dated)
            continue;
        k->pieces[i].days = 127;
        k->pieces[i].first = smp_day_at(k->first) + below(16);
        k->pieces[i].last = k->pieces[i].first + below(3);
    }
    k->pieces[0].dated &= k->piece_count > 1;
}

static void
make_closed(struct kase *k)
{
    int i;

    k->has_closed_days = k->piece_count && often(30);
    k->closed_days.first = smp_day_at(k->first) + below(16);
    k->closed_days.last = k->closed_days.first + below(3);
    k->closing_count = often(70) ? 0 : 1 + below(2);
    for (i = 0; i < k->closing_count; i++) {
        k->closings[i].from = (i ? k->closings[0].until + HOUR : k->first) +
                              (int64_t)below(8 * 24 * 60) * 60;
        k->closings[i].until =
            k->closings[i].from + (int64_t)(1 + below(40)) * HOUR;
    }
    k->step = often(50) ? 0 : (int64_t)(5 + below(90)) * 60;
    k->buffer = often(60) ? 0 : (int64_t)below(120) * 60;
}

static void
make_busy(struct kase *k)
{
    int i;

    k->chairs = 1 + below(3);
    k->event_count = often(20) ? -1 : below(EVENTS + 1);
    for (i = 0; i < k->event_count; i++) {
        int64_t from = k->first + (int64_t)below(16 * 24 * 60) * 60;

        k->events[i].from = often(10) ? INT64_MIN : from;
        k->events[i].until = often(10)   ? INT64_MAX
                             : often(30) ? from + below(96) * HOUR
                                         : from + below(300) * 60;
    }
}

static void
make_was(struct kase *k)
{
    int64_t at = k->first;
    int i, n = often(50) ? 0 : 1 + below(3);

    for (i = 0; i < n; i++) {
        struct slot *slot = &k->was[k->was_count];

        at += (int64_t)(1 + below(4)) * SMP_DAY_SECONDS;
        slot->number = i + 2;
        slot->was = true;
        slot->at = often(60) ? at : at + (below(600) - 300) * 60 + below(60);
        if (slot->number != k->given &&
            !(k->has_cancelled && slot->number == CANCELLED))
            k->was_count++;
    }
}

static void
make_given(struct kase *k)
{
    k->given = !k->dates && often(40) ? 3 + below(2) : 0;
    k->given_at =
        k->first +
        (int64_t)(often(20) ? below(6) - 3 : 2 + below(16)) * SMP_DAY_SECONDS;
    k->has_cancelled = often(30);
    k->cancelled = k->first + (int64_t)below(12) * SMP_DAY_SECONDS;
    if (!k->dates && often(50))
        k->cancelled += (below(600) - 300) * 60;
    k->has_now = often(30);
    k->now =
        k->first + (int64_t)below(14 * 24 * 60) * 60 + below(60) * below(2);
}

static const struct smp_zone *
zone_of(const char *name)
{
    struct smp_err err = {0};
    const struct smp_zone *zone = smp_zones_get(&zones, name, &err);

    assert_non_null(zone);
    return zone;
}

/* Of what was proposed; the trials know one length alone. */
static int64_t
was_length(const struct kase *k)
{
    return k->odd_lengths && often(70) ? (int64_t)(1 + below(40)) * 30 * 60 : 0;
}

static void
make(struct kase *k)
{
    size_t where = (size_t)below(COUNT(changes));

    *k = (struct kase){.zone = zone_of(changes[where].zone)};
    k->first = (int64_t)(smp_day_of(changes[where].year, changes[where].month,
                                    changes[where].day) +
                         below(3) - 2) *
                   SMP_DAY_SECONDS +
               (often(50) ? 10 * HOUR : below(24 * 60) * 60) +
               (often(10) ? 1 + below(59) : 0);
    k->dates = often(10);
    if (k->dates)
        k->first -= k->first % SMP_DAY_SECONDS;
    k->length = (int64_t)(1 + below(16)) * 30 * 60;
    if (often(10))
        k->length = 24 * HOUR - below(3) * HOUR;
    k->count = 2 + below(3);
    k->extra = often(30);
    make_given(k);
    make_rules(k);
    make_hours(k);
    if (often(30))
        k->hours_zone = zone_of(changes[below(COUNT(changes))].zone);
    make_busy(k);
    make_closed(k);
    if (often(30))
        k->away_count = 1 + below(2);
    for (int i = 0; i < k->away_count; i++) {
        k->away[i].first = smp_day_at(k->first) + below(12);
        k->away[i].last = k->away[i].first + below(3);
    }
    if (!k->dates)
        make_was(k);
}

/* The case as text. */

static void
put_rules(struct smp_buf *out, const struct kase *k)
{
    int i;

    smp_buf_printf(out,
                   "{\"format\":\"smp-protocol/1\",\"id\":\"x\","
                   "\"extends\":null,\"milestones\":{\"healed\":\"2d..4d\"},"
                   "\"plan\":{\"sessions\":{\"typical\":3,"
                   "\"max\":%d},\"length\":\"%dmin\",\"gaps\":[",
                   3 + k->extra, (int)(k->length / 60));
    for (i = 0; i < k->rule_count; i++) {
        const struct rule *rule = &k->rules[i];

        smp_buf_puts(out, i ? ",{" : "{");
        if (rule->after)
            smp_buf_printf(out, "\"after\":%d", rule->after);
        else
            smp_buf_puts(out, "\"after\":\"*\"");
        if (rule->min >= 0)
            smp_buf_printf(out, ",\"min\":\"%dd\"", rule->min);
        if (rule->prefer >= 0)
            smp_buf_printf(out, ",\"prefer\":\"%dd\"", rule->prefer);
        if (rule->max >= 0)
            smp_buf_printf(out, ",\"max\":\"%dd\"", rule->max);
        smp_buf_printf(out, "%s}",
                       rule->from_first ? ",\"from\":\"first\"" : "");
    }
    smp_buf_puts(out, "]}}");
}

static void
put_hours(struct smp_buf *out, const struct kase *k)
{
    static const char *const names[] = {"Su", "Mo", "Tu", "We",
                                        "Th", "Fr", "Sa"};
    int i, day;

    for (i = 0; i < k->piece_count; i++) {
        const struct piece *piece = &k->pieces[i];
        int until = piece->until;

        if (i)
            smp_buf_puts(out, piece->replaces ? "; " : ", ");
        for (day = 0; day < 7 && !piece->dated; day++)
            if (piece->days & 1 << day)
                smp_buf_printf(out, "%s,", names[day]);
        if (piece->dated) {
            smp_when_print(out, smp_when_day(piece->first));
            smp_buf_putc(out, '/');
            smp_when_print(out, smp_when_day(piece->last));
        } else {
            out->len--;
        }
        until = until > 24 * 60 ? until - 24 * 60 : until;
        if (piece->off)
            smp_buf_puts(out, " off");
        else
            smp_buf_printf(out, " %02d:%02d-%02d:%02d", piece->from / 60,
                           piece->from % 60, until / 60, until % 60);
    }
}

static void
put_session(struct smp_buf *out, const struct kase *k, int number, int64_t at,
            const char *status, int64_t length)
{
    struct smp_when when =
        k->dates ? smp_when_day(smp_day_at(at)) : smp_when_local(at);

    smp_buf_printf(out, "%s{\"number\":%d,\"status\":\"%s\",\"start\":\"",
                   number == 1 ? "" : ",", number, status);
    smp_when_print(out, when);
    if (length)
        smp_buf_printf(out, "\",\"duration\":\"PT%dM", (int)(length / 60));
    smp_buf_puts(out, "\"}");
}

static void
put_plan(struct smp_buf *out, const struct kase *k)
{
    int i;

    smp_buf_printf(out, "{\"id\":\"a\",\"timeZone\":\"%s\"",
                   smp_zone_name(k->zone));
    if (k->away_count) {
        smp_buf_puts(out, ",\"away\":[\"");
        smp_when_print(out, smp_when_day(k->away[0].first));
        smp_buf_putc(out, '/');
        smp_when_print(out, smp_when_day(k->away[0].last));
        smp_buf_puts(out, "\"]");
    }
    smp_buf_puts(out, ",\"sessions\":[");
    put_session(out, k, 1, k->first, "booked", 0);
    if (k->given)
        put_session(out, k, k->given, k->given_at, "booked", 0);
    if (k->has_cancelled)
        put_session(out, k, CANCELLED, k->cancelled, "cancelled", 0);
    for (i = 0; i < k->was_count; i++)
        put_session(out, k, k->was[i].number, k->was[i].at,
                    often(80) ? "proposed" : "optional", was_length(k));
    smp_buf_puts(out, "]}");
}

/* What fits, the simple way. */

static int
compare_openings(const void *a, const void *b)
{
    const struct smp_opening *first = a, *second = b;

    return (first->from > second->from) - (first->from < second->from);
}

static int
days_named(const struct piece *piece)
{
    int n = 0, day;

    for (day = 0; day < 7 && !piece->dated; day++)
        n += piece->days >> day & 1;
    return n;
}

/* Whether a later ";" stands between two pieces. */
static bool
is_replaced_between(const struct kase *k, int i, int j)
{
    while (++i <= j)
        if (k->pieces[i].replaces)
            return true;
    return false;
}

/* The openings that begin on a day, as the rules say, in their order. */
static int
openings_on(const struct kase *k, int32_t day, struct smp_opening *out)
{
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    int i, n = 0, off = -1;

    for (i = 0; i < k->piece_count; i++) {
        const struct piece *piece = &k->pieces[i];

        if (!(piece->days & 1 << smp_weekday_of(day)) ||
            (piece->dated && (day < piece->first || day > piece->last)))
            continue;
        if (piece->off) {
            n = 0;
            off = i;
            continue;
        }
        if (off >= 0 && (!is_replaced_between(k, off, i) ||
                         days_named(piece) > days_named(&k->pieces[off])))
            continue;
        off = -1;
        if (piece->replaces)
            n = 0;
        out[n++] = (struct smp_opening){midnight + piece->from * 60,
                                        midnight + piece->until * 60};
    }
    return n;
}

static int
cut_closed_days(const struct kase *k, struct smp_opening *out, int n)
{
    struct smp_opening all[PIECES * 9];
    int64_t from = (int64_t)k->closed_days.first * SMP_DAY_SECONDS;
    int64_t until = ((int64_t)k->closed_days.last + 1) * SMP_DAY_SECONDS;
    int i, count = 0;

    if (!k->has_closed_days)
        return n;
    for (i = 0; i < n; i++)
        all[i] = out[i];
    for (i = 0; i < n; i++) {
        if (all[i].from < from)
            out[count++] = (struct smp_opening){
                all[i].from, all[i].until < from ? all[i].until : from};
        if (all[i].until > until)
            out[count++] = (struct smp_opening){
                all[i].from > until ? all[i].from : until, all[i].until};
    }
    return count;
}

/* The openings around a day, put together. */
static int
openings_near(const struct kase *k, int32_t day, struct smp_opening *out)
{
    int i, n = 0, last = 0;
    int32_t d;

    for (d = day - 3; d <= day + 5; d++)
        n += openings_on(k, d, out + n);
    n = cut_closed_days(k, out, n);
    if (!n)
        return 0;
    qsort(out, (size_t)n, sizeof *out, compare_openings);
    for (i = 1; i < n; i++) {
        if (out[i].from > out[last].until)
            out[++last] = out[i];
        else if (out[i].until > out[last].until)
            out[last].until = out[i].until;
    }
    return last + 1;
}

/* Of a time that is skipped, the first one after it that is not. */
static int64_t
instant_of(const struct kase *k, int64_t local)
{
    const struct smp_zone *zone = k->hours_zone ? k->hours_zone : k->zone;

    for (;; local += 60) {
        int64_t instant = smp_zone_to_instant(zone, local);

        if (smp_zone_to_local(zone, instant) == local)
            return instant;
    }
}

/* *origin: the start of the opening, INT64_MIN if it is as long as a day. */
static bool
is_open(const struct kase *k, int32_t day, int64_t from, int64_t until,
        int64_t *origin)
{
    static struct smp_opening openings[PIECES * 18];
    static int32_t known = INT32_MIN;
    static int n;
    int i;

    *origin = INT64_MIN;
    if (!k->piece_count)
        return true;
    if (day != known || day < 0) {
        n = openings_near(k, day, openings);
        for (i = 0; i < n; i++) {
            openings[i].from = instant_of(k, openings[i].from);
            openings[i].until = instant_of(k, openings[i].until);
        }
    }
    known = day;
    if (!from && !until) /* forget */
        known = INT32_MIN;
    for (i = 0; i < n; i++)
        if (from >= openings[i].from && until <= openings[i].until) {
            if (openings[i].until - openings[i].from < SMP_DAY_SECONDS)
                *origin = openings[i].from;
            return true;
        }
    return false;
}

/* With the buffer after it. */
static int64_t
event_end(const struct kase *k, const struct smp_interval *event)
{
    return event->until == INT64_MAX ? INT64_MAX : event->until + k->buffer;
}

static int
taken_at(const struct kase *k, int64_t instant)
{
    int i, n = 0;

    for (i = 0; i < k->event_count; i++)
        n += k->events[i].from <= instant &&
             instant < event_end(k, &k->events[i]);
    return n;
}

static bool
has_chair(const struct kase *k, int64_t from, int64_t until)
{
    int i;

    if (k->event_count < 0)
        return true;
    if (taken_at(k, from) >= k->chairs)
        return false;
    for (i = 0; i < k->event_count; i++)
        if (k->events[i].from > from && k->events[i].from < until &&
            taken_at(k, k->events[i].from) >= k->chairs)
            return false;
    return true;
}

static bool
is_away(const struct kase *k, int32_t first, int32_t last)
{
    int i;

    for (i = 0; i < k->away_count; i++)
        if (k->away[i].first <= last && first <= k->away[i].last)
            return true;
    return false;
}

/* Instants that are not to be touched, of choices. */
struct avoid {
    struct smp_interval at[8];
    int count;
};

/* At any time of the day, or (stepped) at one of the studio's steps. */
static bool
fits(const struct kase *k, int64_t local, bool stepped,
     const struct avoid *avoid, int *tail)
{
    int64_t from = smp_zone_to_instant(k->zone, local), origin;
    int64_t until = from + k->length;
    int32_t day = smp_day_at(local), last;
    int i;

    if (!is_open(k, day, from, until, &origin) ||
        (k->has_now && from < k->now) ||
        smp_zone_to_local(k->zone, from) != local)
        return false;
    if (stepped && k->step &&
        (origin == INT64_MIN ? local - (int64_t)day * SMP_DAY_SECONDS
                             : from - origin) %
            k->step)
        return false;
    for (i = 0; i < k->closing_count; i++)
        if (k->closings[i].from < until && from < k->closings[i].until)
            return false;
    for (i = 0; i < k->own_count; i++)
        if (k->own[i].from < until && from < k->own[i].until)
            return false;
    last = smp_day_at(smp_zone_to_local(k->zone, until - 1));
    *tail = last > day ? last - day : 0;
    for (i = 0; avoid && i < avoid->count; i++)
        if (avoid->at[i].from < until && from < avoid->at[i].until)
            return false;
    return !is_away(k, day, last) && has_chair(k, from, until + k->buffer);
}

/* A session of the plan is stayed clear of: of its time, or its day. */
static void
add_own(struct kase *k, int64_t local)
{
    int64_t midnight = local - local % SMP_DAY_SECONDS;
    int64_t tomorrow = midnight + SMP_DAY_SECONDS;
    struct smp_interval *own = &k->own[k->own_count++];

    own->from = smp_zone_to_instant(k->zone, local);
    own->until = own->from + k->length;
    if (!k->dates && k->piece_count)
        return;
    own->from = smp_zone_to_instant(k->zone, midnight);
    if (smp_zone_to_instant(k->zone, tomorrow) > own->until)
        own->until = smp_zone_to_instant(k->zone, tomorrow);
}

/* Everything that can be tried. */

struct cost {
    int64_t part[4];
};

static int
compare_costs(const struct cost *a, const struct cost *b)
{
    int i;

    for (i = 0; i < 4; i++)
        if (a->part[i] != b->part[i])
            return a->part[i] < b->part[i] ? -1 : 1;
    return 0;
}

struct answer {
    struct cost cost;
    int64_t at[MOST];
    bool there;
};

struct trial {
    const struct kase *k;
    const struct avoid *avoid; /* of the first slot */
    const struct slot *slots;
    int count;
    int before; /* the treatment of the session before */
    int64_t previous;
    int64_t own; /* the session that weekday and time are of */
    bool has_next, next_is_late, only_own;
    int64_t next;
    int64_t at[MOST];
    struct answer best;
};

static const struct rule *
rule_after(const struct kase *k, int treatment)
{
    const struct rule *each = NULL;
    int i;

    for (i = 0; i < k->rule_count; i++) {
        if (k->rules[i].after == treatment)
            return &k->rules[i];
        if (!k->rules[i].after && !each)
            each = &k->rules[i];
    }
    return each;
}

struct days {
    int32_t first, last, best;
};

/* Sessions are in the order of time, whatever their numbers. */
static bool
given_is_first(const struct kase *k)
{
    return k->given && k->given_at < k->first;
}

static struct days
days_after(const struct kase *k, int treatment, int64_t previous)
{
    const struct rule *rule = rule_after(k, treatment);
    int64_t first = given_is_first(k) ? k->given_at : k->first;
    int32_t day = smp_day_at(previous);
    int32_t from = rule && rule->from_first ? smp_day_at(first) : day;
    struct days days;

    days.first = from + (rule && rule->min >= 0 ? rule->min : 1);
    days.best = rule && rule->prefer >= 0 ? from + rule->prefer : days.first;
    if (rule && rule->min < 0 && rule->prefer >= 0)
        days.first = days.best;
    days.last = rule && rule->max >= 0 ? from + rule->max : days.best + 366;
    if (k->has_last_day && days.last > k->last_day)
        days.last = k->last_day;
    if (days.best > days.last)
        days.best = days.last > days.first ? days.last : days.first;
    return days;
}

static int32_t
last_day(const struct kase *k, int64_t local)
{
    int64_t end = smp_zone_to_instant(k->zone, local) + k->length - 1;
    int32_t last = smp_day_at(smp_zone_to_local(k->zone, end));

    return last > smp_day_at(local) ? last : smp_day_at(local);
}

static bool
next_is_late(const struct trial *t, int treatment, int64_t previous)
{
    const struct rule *rule = rule_after(t->k, treatment);

    return rule && rule->max >= 0 &&
           smp_day_at(t->next) > days_after(t->k, treatment, previous).last;
}

/* Whether what is given next keeps its gap after a session. */
static bool
next_keeps_gap(const struct trial *t, int treatment, int64_t previous)
{
    int32_t day = smp_day_at(t->next);

    return day >= days_after(t->k, treatment, previous).first &&
           day > last_day(t->k, previous) &&
           (t->next_is_late || !next_is_late(t, treatment, previous));
}

static bool
reaches_next(const struct trial *t)
{
    int last = t->count - 1;

    return !t->has_next || next_keeps_gap(t, t->before + t->count, t->at[last]);
}

static void try_slot(struct trial *t, int i, struct cost so_far);

static int64_t
time_of(int64_t local)
{
    return local - (int64_t)smp_day_at(local) * SMP_DAY_SECONDS;
}

static void
try_at(struct trial *t, int i, struct cost cost, int64_t local, int32_t best)
{
    int32_t day = smp_day_at(local);

    cost.part[0] += t->slots[i].was && t->slots[i].at != local;
    cost.part[1] += smp_weekday_of(day) != smp_weekday_of(smp_day_at(t->own));
    cost.part[2] += abs(day - best);
    cost.part[3] += llabs(time_of(local) - time_of(t->own));
    t->at[i] = local;
    try_slot(t, i + 1, cost);
}

/*
 * Of the times of a day that reach equally far none but the nearest to the
 * client's own can be part of the best series, and that where it was.
 */
struct found {
    bool known, any[TAILS];
    int64_t at[TAILS];
};

static struct found
find_times(const struct trial *t, int32_t day, const struct avoid *avoid)
{
    int64_t midnight = (int64_t)day * SMP_DAY_SECONDS;
    int64_t own = midnight + time_of(t->own);
    struct found found = {.known = true};
    int minute, tail;

    for (minute = t->only_own ? 1440 : 0; minute <= 1440; minute++) {
        int64_t local = minute < 1440 ? midnight + minute * 60 : own;

        if (!fits(t->k, local, minute < 1440, avoid, &tail) || tail >= TAILS)
            continue;
        if (!found.any[tail] ||
            llabs(local - own) < llabs(found.at[tail] - own))
            found.at[tail] = local;
        found.any[tail] = true;
    }
    return found;
}

static struct found memory[3 * 400];

static struct found
times_of(const struct trial *t, int i, int32_t day)
{
    size_t index = (size_t)(day - smp_day_at(t->k->first));

    if (index >= COUNT(memory) || (!i && t->avoid && t->avoid->count))
        return find_times(t, day, i ? NULL : t->avoid);
    if (!memory[index].known)
        memory[index] = find_times(t, day, NULL);
    return memory[index];
}

static void
try_day(struct trial *t, int i, struct cost cost, int32_t day, int32_t best)
{
    const struct avoid *avoid = i ? NULL : t->avoid;
    struct found found = times_of(t, i, day);
    int tail;

    for (tail = 0; tail < TAILS; tail++)
        if (found.any[tail])
            try_at(t, i, cost, found.at[tail], best);
    if (t->slots[i].was && smp_day_at(t->slots[i].at) == day &&
        fits(t->k, t->slots[i].at, false, avoid, &tail) && tail < TAILS)
        try_at(t, i, cost, t->slots[i].at, best);
}

static void
keep_best(struct trial *t, const struct cost *cost)
{
    int order = compare_costs(cost, &t->best.cost), i;

    for (i = 0; !order && i < t->count; i++)
        order = (t->at[i] > t->best.at[i]) - (t->at[i] < t->best.at[i]);
    if (t->best.there && order >= 0)
        return;
    t->best.there = true;
    t->best.cost = *cost;
    for (i = 0; i < t->count; i++)
        t->best.at[i] = t->at[i];
}

static void
try_slot(struct trial *t, int i, struct cost so_far)
{
    int64_t previous = i ? t->at[i - 1] : t->previous;
    struct days days;
    int32_t day;

    if (t->best.there && compare_costs(&so_far, &t->best.cost) > 0)
        return;
    if (i == t->count) {
        if (reaches_next(t))
            keep_best(t, &so_far);
        return;
    }
    days = days_after(t->k, t->before + i, previous);
    for (day = days.first; day <= days.last; day++)
        if (day > last_day(t->k, previous))
            try_day(t, i, so_far, day, days.best);
}

static struct answer
try_all(struct trial *t)
{
    struct cost none = {{0}};
    int64_t origin;

    t->best = (struct answer){.there = false};
    memset(memory, 0, sizeof memory);
    try_slot(t, 0, none);
    is_open(t->k, -1, 0, 0, &origin);
    return t->best;
}

/* The search's own words. */

static struct smp_protocol *
load(const struct kase *k)
{
    struct smp_buf text = {0};
    struct smp_err err = {0};
    struct smp_protocol *protocol;
    const char *name;
    char *file;

    put_rules(&text, k);
    name = file = file_of(smp_buf_text(&text));
    protocol = smp_protocol_load(NULL, &name, 1, NULL, &err);
    if (!protocol)
        fail_msg("%s: %s", smp_buf_text(&text), smp_buf_text(&err.text));
    file_drop(file);
    smp_buf_release(&text);
    return protocol;
}

static void
read_plan(struct smp_plan *plan, const char *json)
{
    plan_read(plan, json, &zones, "Etc/UTC");
}

static struct smp_busy *
busy_of(const struct kase *k)
{
    struct smp_busy *busy = smp_busy_new();
    int i;

    for (i = 0; i < k->event_count; i++)
        assert_true(
            smp_busy_add(busy, k->events[i].from, event_end(k, &k->events[i])));
    return busy;
}

struct run {
    struct kase k;
    struct smp_protocol *protocol;
    struct smp_plan plan;
    struct smp_hours hours;
    struct smp_series_wanted wanted;
    struct smp_buf hours_text, input, output;
    struct smp_busy *busy;
    struct smp_intervals closed;
    bool complete;
};

static void
close_days(struct run *r)
{
    struct smp_buf text = {0};
    struct smp_err err = {0};

    smp_when_print(&text, smp_when_day(r->k.closed_days.first));
    smp_buf_putc(&text, '/');
    smp_when_print(&text, smp_when_day(r->k.closed_days.last));
    if (!smp_hours_close(&r->hours, smp_buf_text(&text), &err))
        fail_msg("%s: %s", smp_buf_text(&text), smp_buf_text(&err.text));
    smp_buf_release(&text);
}

static void
begin(struct run *r, bool odd_lengths)
{
    struct smp_err err = {0};
    struct kase *k = &r->k;

    *r = (struct run){0};
    make(k);
    k->odd_lengths = odd_lengths;
    r->protocol = load(k);
    put_plan(&r->input, k);
    read_plan(&r->plan, smp_buf_text(&r->input));
    put_hours(&r->hours_text, k);
    r->busy = busy_of(k);
    if (k->piece_count &&
        !smp_hours_parse(smp_buf_text(&r->hours_text), &r->hours, NULL, &err))
        fail_msg("%s: %s", smp_buf_text(&r->hours_text),
                 smp_buf_text(&err.text));
    if (k->has_closed_days)
        close_days(r);
    r->closed =
        (struct smp_intervals){k->closings, (size_t)k->closing_count, 0};
    r->wanted = (struct smp_series_wanted){
        .count = k->count,
        .hours = k->piece_count ? &r->hours : NULL,
        .hours_zone = k->hours_zone,
        .closed = k->closing_count ? &r->closed : NULL,
        .step = k->step,
        .buffer = k->buffer,
        .busy = k->event_count >= 0 ? r->busy : NULL,
        .chairs = k->chairs,
        .away = &k->away[1],
        .away_count = k->away_count > 1,
        .choices = 3,
        .not_before = {k->has_now ? SMP_INSTANT : SMP_NEVER, k->now},
    };
    r->complete = smp_series_complete(&r->plan, r->protocol, &r->wanted);
    smp_plan_format(&r->output, &r->plan);
}

static void
end(struct run *r)
{
    smp_protocol_free(r->protocol);
    smp_plan_release(&r->plan);
    smp_busy_free(r->busy);
    smp_buf_release(&r->hours_text);
    smp_buf_release(&r->input);
    smp_buf_release(&r->output);
}

static void
say(struct run *r, const char *what)
{
    struct smp_buf protocol = {0};
    int i;

    put_rules(&protocol, &r->k);
    print_message("# %s\n# %s\n# length %d, hours %s %s, chairs %d, "
                  "events %d\n",
                  what, smp_buf_text(&protocol), (int)r->k.length,
                  smp_buf_text(&r->hours_text),
                  r->k.hours_zone ? smp_zone_name(r->k.hours_zone) : "",
                  r->k.chairs, r->k.event_count);
    for (i = 0; i < r->k.event_count; i++)
        print_message("#   %lld %lld\n", (long long)r->k.events[i].from,
                      (long long)r->k.events[i].until);
    print_message("# closed %d %d-%d, closings %d, step %d, buffer %d\n",
                  r->k.has_closed_days, (int)r->k.closed_days.first,
                  (int)r->k.closed_days.last, r->k.closing_count,
                  (int)r->k.step, (int)r->k.buffer);
    print_message("# in  %s\n# out %s", smp_buf_text(&r->input),
                  smp_buf_text(&r->output));
    fail_msg("%s", what);
}

static struct answer
longest(struct trial *t, int wanted)
{
    struct answer answer = {.there = false};

    for (t->count = wanted; t->count > 0 && !answer.there;) {
        answer = try_all(t);
        if (!answer.there)
            t->count--;
    }
    return answer;
}

/* Holds what was found for some slots against all that can be tried. */
static int
hold(struct run *r, struct trial *t, int wanted, enum smp_status status)
{
    struct answer answer;
    int i;

    t->k = &r->k;
    answer = longest(t, wanted);
    if (!answer.there && t->has_next &&
        next_is_late(t, t->before, t->previous)) {
        t->next_is_late = true;
        answer = longest(t, wanted);
    }
    for (i = 0; i < wanted; i++) {
        const struct smp_session *session =
            smp_plan_session(&r->plan, t->slots[i].number);

        if (!session != (i >= t->count))
            say(r, session ? "a session too many" : "a session is missing");
        if (!session)
            continue;
        if (session->status != status)
            say(r, "a wrong status");
        if (smp_session_start(session) != answer.at[i])
            say(r, smp_session_start(session) < answer.at[i] ? "too early"
                                                             : "too late");
        t->at[i] = answer.at[i];
    }
    return t->count;
}

static void
hold_choices(struct run *r, const struct trial *found)
{
    struct avoid avoid = {.count = 0};
    struct slot slots[MOST];
    struct trial t = *found;
    size_t i;

    for (i = 0; i < (size_t)t.count; i++)
        slots[i] = (struct slot){.number = t.slots[i].number};
    t.slots = slots;
    for (i = 0; i < 3; i++) {
        struct answer answer;
        int64_t start;

        t.avoid = &avoid;
        answer = try_all(&t);
        if (!i)
            answer.at[0] = found->at[0];
        if (answer.there != (i < r->plan.choice_count))
            say(r, "too many or too few choices");
        if (!answer.there)
            break;
        start = r->plan.choices[i].seconds +
                (r->plan.choices[i].kind == SMP_DAY ? 10 * HOUR : 0);
        if (start != answer.at[0])
            say(r, "another choice");
        start = smp_zone_to_instant(r->k.zone, start);
        avoid.at[avoid.count++] =
            (struct smp_interval){start, start + r->k.length};
    }
}

/* The slots before the session that is given, by number and by time. */
static int
slots_before(const struct kase *k, struct slot *slots)
{
    int n = 0;

    for (; n < k->was_count && k->was[n].number < k->given &&
           k->was[n].at <= k->given_at && !given_is_first(k);
         n++)
        slots[n] = k->was[n];
    return n;
}

/* Numbers that were proposed, then the next ones. */
static void
slots_after(const struct kase *k, struct slot *slots, int wanted)
{
    int i, n = 0, highest = k->given ? k->given : 1;
    int before = slots_before(k, slots);

    for (i = 0; i < k->was_count; i++) {
        if (i >= before && n < wanted)
            slots[n++] = k->was[i];
        if (k->was[i].number > highest)
            highest = k->was[i].number;
    }
    if (k->has_cancelled && highest < CANCELLED)
        highest = CANCELLED;
    while (n < wanted)
        slots[n++] = (struct slot){.number = ++highest};
}

static int
most(int a, int b)
{
    return a > b ? a : b;
}

static int
hold_before(struct run *r, const struct trial *first)
{
    struct slot slots[MOST];
    struct trial t = *first;
    int i, n = slots_before(&r->k, slots), placed;

    t.slots = slots;
    t.has_next = true;
    t.next = r->k.given_at;
    placed = hold(r, &t, n, SMP_PROPOSED);
    if (placed)
        hold_choices(r, &t);
    for (i = 0; i < placed; i++)
        add_own(&r->k, t.at[i]);
    return placed;
}

/* Of the slots after what is given the first so many are required. */
static int
hold_after(struct run *r, struct trial *t, int required, int wanted,
           bool choices)
{
    struct slot slots[MOST];
    int placed;

    slots_after(&r->k, slots, wanted);
    t->slots = slots;
    placed = hold(r, t, required, SMP_PROPOSED);
    if (placed && choices)
        hold_choices(r, t);
    if (r->complete != (placed == required))
        say(r, "a wrong result");
    if (placed < required)
        return placed;
    if (placed) {
        t->before += placed;
        t->previous = t->at[placed - 1];
    }
    t->slots = slots + placed;
    return placed + hold(r, t, wanted - required, SMP_OPTIONAL);
}

static void
hold_case(struct run *r)
{
    struct kase *k = &r->k;
    int64_t first = k->first + (k->dates ? 10 * HOUR : 0);
    int missing = k->count - 1 - !!k->given, before = 0, after, required;
    struct trial t = {.k = k,
                      .before = 1 + given_is_first(k),
                      .previous = first,
                      .own = first,
                      .only_own =
                          k->dates && !k->piece_count && k->event_count < 0};

    add_own(k, first);
    if (k->given)
        add_own(k, k->given_at);
    if (k->has_cancelled)
        add_own(k, k->cancelled + (k->dates ? 10 * HOUR : 0));
    if (k->given && !given_is_first(k)) {
        before = hold_before(r, &t);
        t.before = 2 + before;
        t.previous = k->given_at;
        t.own = before ? first : k->given_at;
    }
    required = most(missing - before, 0);
    after = hold_after(r, &t, required, most(missing + k->extra - before, 0),
                       !before);
    if ((int)r->plan.session_count !=
        1 + !!k->given + k->has_cancelled + before + after)
        say(r, "sessions too many");
}

/* What went through once stays; only the names of changes go. */
static void
hold_again(struct run *r)
{
    struct smp_buf again = {0};

    r->plan.changes.count = 0;
    smp_buf_cut(&r->output, 0);
    smp_plan_format(&r->output, &r->plan);
    read_plan(&r->plan, smp_buf_text(&r->output));
    if (smp_series_complete(&r->plan, r->protocol, &r->wanted) != r->complete)
        say(r, "another result the second time");
    smp_plan_format(&again, &r->plan);
    if (strcmp(smp_buf_text(&again), smp_buf_text(&r->output)) != 0) {
        print_message("# again %s", smp_buf_text(&again));
        say(r, "another plan the second time");
    }
    smp_buf_release(&again);
}

/* Whether a first session at this time begins a whole series. */
static bool
try_first(struct run *r, int64_t local, struct answer *answer)
{
    struct kase *k = &r->k;
    struct slot slots[MOST];
    struct trial t = {.k = k,
                      .slots = slots,
                      .count = k->count - 1,
                      .before = 1,
                      .previous = local,
                      .own = local};
    int i, tail;

    k->own_count = 0;
    k->first = local;
    if (!fits(k, local, true, NULL, &tail) || tail >= TAILS)
        return false;
    add_own(k, local);
    for (i = 0; i < t.count; i++)
        slots[i] = (struct slot){.number = i + 2};
    *answer = try_all(&t);
    return answer->there;
}

/* The latest first session that can be, against all that can be tried. */
static void
hold_ready(struct run *r, bool complete)
{
    struct kase *k = &r->k;
    struct answer answer = {.there = false};
    int32_t earliest = smp_day_at(smp_zone_to_local(k->zone, k->now));
    int32_t day;
    int64_t first = 0;
    int minute = 0, i;

    for (day = k->last_day; day >= earliest && !answer.there; day--)
        for (minute = 1439; minute >= 0 && !answer.there; minute--) {
            first = (int64_t)day * SMP_DAY_SECONDS + minute * 60;
            try_first(r, first, &answer);
        }
    if (answer.there != complete)
        say(r, complete ? "ready without a series" : "not ready");
    if (!complete)
        return;
    if (smp_session_start(&r->plan.sessions[0]) != first)
        say(r, "another first session");
    for (i = 0; i < k->count - 1; i++)
        if (smp_session_start(&r->plan.sessions[i + 1]) != answer.at[i])
            say(r, "another session after it");
}

static void
ready_case(void)
{
    struct run r;
    struct kase *k = &r.k;

    begin(&r, false);
    smp_plan_reset(&r.plan);
    k->given = k->was_count = 0;
    k->has_cancelled = k->dates = false;
    k->has_now = true;
    k->now = smp_zone_to_instant(k->zone, k->first) + below(3 * 24 * 60) * 60;
    k->has_last_day = true;
    k->last_day = smp_day_at(k->first) + below(14);
    smp_buf_cut(&r.input, 0);
    smp_buf_printf(&r.input,
                   "{\"id\":\"a\",\"timeZone\":\"%s\",\"sessions\":[]}",
                   smp_zone_name(k->zone));
    read_plan(&r.plan, smp_buf_text(&r.input));
    k->away[0] = k->away[1];
    k->away_count = k->away_count > 1;
    if (k->piece_count) {
        r.wanted.not_before = (struct smp_when){SMP_INSTANT, k->now};
        r.wanted.has_ready = true;
        r.wanted.ready = k->last_day + 4;
        r.wanted.choices = 0;
        r.complete = smp_series_complete(&r.plan, r.protocol, &r.wanted);
        smp_buf_cut(&r.output, 0);
        smp_plan_format(&r.output, &r.plan);
        hold_ready(&r, r.complete);
    }
    end(&r);
}

static void
ready(void **state)
{
    const char *cases = getenv("SMP_CASES"), *first = getenv("SMP_SEED");
    const char *sample = getenv("SMP_SAMPLE");
    long n = cases ? atol(cases) : sample ? 100 / atol(sample) : 100, i;
    uint64_t start = first ? strtoull(first, NULL, 10) : 1;

    (void)state;
    for (i = 0; i < n; i++) {
        seed = (start + (uint64_t)i) * 0x9e3779b97f4a7c15U | 1;
        below(2);
        ready_case();
    }
    smp_zones_release(&zones);
}

static void
run_cases(bool odd_lengths)
{
    const char *cases = getenv("SMP_CASES"), *first = getenv("SMP_SEED");
    const char *sample = getenv("SMP_SAMPLE");
    long n = cases ? atol(cases) : sample ? 500 / atol(sample) : 500;
    uint64_t start = first ? strtoull(first, NULL, 10) : 1;
    long i;

    for (i = 0; i < n; i++) {
        struct run run;

        seed = (start + (uint64_t)i) * 0x9e3779b97f4a7c15U | 1;
        below(2);
        begin(&run, odd_lengths);
        if (!odd_lengths)
            hold_case(&run);
        hold_again(&run);
        end(&run);
    }
    smp_zones_release(&zones);
}

static void
best_of_all(void **state)
{
    (void)state;
    run_cases(false);
}

/* Whatever length had to change, it does so once. */
static void
lengths_again(void **state)
{
    (void)state;
    run_cases(true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(best_of_all),
                                       cmocka_unit_test(lengths_again),
                                       cmocka_unit_test(ready)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("series against all", tests, NULL, NULL);
}
