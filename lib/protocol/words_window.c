#include "protocol/words.h"

#include <string.h>

#include "base/fill.h"
#include "base/base.h"
#include "time/window.h"
#include "protocol/protocol.h"

/* "completely healed" of a milestone, else its own name. */
static const char *
milestone_words(const struct smp_protocol *protocol, const char *name)
{
    const char *label = smp_label_of(protocol, "milestone.", name);

    return label ? label : name;
}

static const char *
anchor_words(const struct smp_protocol *protocol, const struct smp_point *point)
{
    static const char *const keys[] = {
        [SMP_AT_THIS] = "anchor.this",
        [SMP_AT_FIRST] = "anchor.first",
        [SMP_AT_LAST] = "anchor.last",
        [SMP_AT_NEXT] = "anchor.next",
    };

    if (point->anchor == SMP_AT_MILESTONE)
        return milestone_words(protocol, point->milestone);
    if (point->anchor == SMP_AT_ITSELF)
        return smp_label(protocol, "anchor.this");
    return smp_label(protocol, keys[point->anchor]);
}

static void
offset_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_point *point)
{
    const char *anchor = anchor_words(protocol, point);
    struct smp_buf span = {0};
    bool before = point->from.thousandths < 0;

    if (!point->from.thousandths && !point->to.thousandths) {
        smp_words(out, protocol,
                  smp_span_is_elapsed(point->to) ? "point.itself" : "point.day",
                  SMP_VALUES({"anchor", anchor}));
        return;
    }
    smp_words_range(&span, protocol, point->from, point->to);
    smp_words(out, protocol, before ? "point.before" : "point.after",
              SMP_VALUES({"span", smp_buf_text(&span)}, {"anchor", anchor}));
    smp_buf_release(&span);
}

static void
point_words(struct smp_buf *out, const struct smp_protocol *protocol,
            const struct smp_point *point)
{
    struct smp_buf place = {0}, clock = {0};

    if (point->has_offset)
        offset_words(&place, protocol, point);
    else
        smp_buf_puts(&place, anchor_words(protocol, point));
    if (point->clock == SMP_CLOCK_NONE) {
        smp_buf_puts(out, smp_buf_text(&place));
    } else {
        int minutes =
            smp_protocol_clock(protocol, point->clock, point->minutes);

        smp_words_time(&clock, (int64_t)60 * minutes);
        smp_words(out, protocol, "point.clock",
                  SMP_VALUES({"point", smp_buf_text(&place)},
                             {"clock", smp_buf_text(&clock)}));
    }
    smp_buf_release(&place);
    smp_buf_release(&clock);
}

/*
 * An end that falls on a day is said by the last day that belongs to the
 * window: "0d/4d" lasts to the third day after.
 */
static bool
ends_with_a_day(const struct smp_point *end)
{
    return end->has_offset && end->clock == SMP_CLOCK_NONE &&
           end->anchor != SMP_AT_MILESTONE && end->from.unit == SMP_DAYS &&
           end->to.unit == SMP_DAYS && smp_span_is_days(end->from) &&
           smp_span_is_days(end->to);
}

static struct smp_point
last_day_of(struct smp_point end)
{
    end.from.thousandths -= 1000;
    end.to.thousandths -= 1000;
    return end;
}

static bool
is_milestone(const struct smp_point *point)
{
    return point->anchor == SMP_AT_MILESTONE && !point->has_offset;
}

static void
milestone_range(struct smp_buf *out, const struct smp_protocol *protocol,
                const char *name)
{
    const struct smp_milestone *milestone =
        smp_protocol_milestone(protocol, name);

    if (milestone && milestone->has_range)
        smp_words_range(out, protocol, milestone->range.min,
                        milestone->range.max);
}

static void
end_words(struct smp_buf *out, const struct smp_protocol *protocol,
          const struct smp_point *end)
{
    struct smp_buf range = {0};

    if (is_milestone(end))
        milestone_range(&range, protocol, end->milestone);
    if (range.len)
        smp_words(
            out, protocol, "window.milestone",
            SMP_VALUES({"milestone", milestone_words(protocol, end->milestone)},
                       {"range", smp_buf_text(&range)}));
    else
        point_words(out, protocol, end);
    smp_buf_release(&range);
}

static bool
is_one_day(const struct smp_window *window)
{
    struct smp_point last = last_day_of(window->end);

    return ends_with_a_day(&window->end) && window->start.has_offset &&
           window->start.clock == SMP_CLOCK_NONE &&
           window->start.anchor == window->end.anchor &&
           window->start.from.unit == SMP_DAYS &&
           window->start.from.thousandths == last.from.thousandths &&
           window->start.to.thousandths == last.to.thousandths;
}

/* Days after the same point, both exact: "30 to 45 days after the session". */
static bool
counts_days_between(const struct smp_window *window)
{
    const struct smp_point *start = &window->start;

    return ends_with_a_day(&window->end) && start->anchor != SMP_AT_MILESTONE &&
           start->anchor == window->end.anchor && start->has_offset &&
           start->clock == SMP_CLOCK_NONE && start->from.unit == SMP_DAYS &&
           start->from.thousandths > 0 &&
           start->from.thousandths < window->end.from.thousandths &&
           !smp_point_is_imprecise(start) &&
           !smp_point_is_imprecise(&window->end);
}

void
smp_words_window(struct smp_buf *out, const struct smp_protocol *protocol,
                 const struct smp_window *window)
{
    struct smp_buf start = {0}, end = {0};
    const char *key = "window.both";

    point_words(&start, protocol, &window->start);
    if (is_one_day(window)) {
        key = "window.on";
    } else if (counts_days_between(window)) {
        key = "window.between";
        smp_words_range(&end, protocol, window->start.from,
                        last_day_of(window->end).to);
    } else if (window->end.anchor == SMP_AT_OPEN) {
        key = is_milestone(&window->start) ? "window.once" : "window.from";
    } else if (ends_with_a_day(&window->end)) {
        struct smp_point last = last_day_of(window->end);

        key = "window.to-day";
        point_words(&end, protocol, &last);
    } else {
        end_words(&end, protocol, &window->end);
    }
    smp_words(out, protocol, key,
              SMP_VALUES({"start", smp_buf_text(&start)},
                         {"end", smp_buf_text(&end)},
                         {"between", smp_buf_text(&end)},
                         {"anchor", anchor_words(protocol, &window->start)}));
    smp_buf_release(&start);
    smp_buf_release(&end);
}

/* What "{from}" and "{until}" stand for: the offset alone, without anchor. */
static void
amount_words(struct smp_buf *out, const struct smp_protocol *protocol,
             const struct smp_point *point)
{
    if (is_milestone(point))
        milestone_range(out, protocol, point->milestone);
    else if (point->has_offset)
        smp_words_range(out, protocol, point->from, point->to);
}

static void
gap_words(struct smp_buf *out, const struct smp_protocol *protocol)
{
    const struct smp_gap *gap = protocol->course.gaps;

    if (!protocol->course.gap_count)
        return;
    if (gap->has_min && gap->has_max)
        smp_words_range(out, protocol, gap->min, gap->max);
    else if (gap->has_prefer || gap->has_min)
        smp_words_span(out, protocol, gap->has_prefer ? gap->prefer : gap->min);
}

static struct smp_point
inclusive_end(const struct smp_rule *rule)
{
    return ends_with_a_day(&rule->window.end) ? last_day_of(rule->window.end)
                                              : rule->window.end;
}

static void
rule_value(struct smp_buf *out, const struct smp_protocol *protocol,
           const struct smp_rule *rule, const char *name)
{
    if (strcmp(name, "every") == 0) {
        smp_words_every(out, protocol, &rule->every);
    } else if (strcmp(name, "from") == 0) {
        amount_words(out, protocol, &rule->window.start);
    } else if (strcmp(name, "until") == 0) {
        struct smp_point last = inclusive_end(rule);

        amount_words(out, protocol, &last);
    } else if (strcmp(name, "between") == 0) {
        smp_words_range(out, protocol, rule->window.start.from,
                        inclusive_end(rule).to);
    } else if (strcmp(name, "limit") == 0 && rule->limit) {
        smp_buf_puts(out, rule->limit);
    } else if (strcmp(name, "with") == 0 && rule->with) {
        smp_buf_puts(out, rule->with);
    } else if (strcmp(name, "except") == 0 && rule->except) {
        smp_buf_puts(out, rule->except);
    }
}

static void
protocol_value(struct smp_buf *out, const struct smp_protocol *protocol,
               const char *name)
{
    const struct smp_studio *studio = &protocol->studio;

    if (strcmp(name, "healed") == 0)
        milestone_range(out, protocol, "healed");
    else if (strcmp(name, "sessions") == 0)
        smp_buf_printf(out, "%d", protocol->course.typical);
    else if (strcmp(name, "max") == 0)
        smp_buf_printf(out, "%d", protocol->course.max);
    else if (strcmp(name, "gap") == 0)
        gap_words(out, protocol);
    else if (strcmp(name, "length") == 0)
        smp_words_range(out, protocol, protocol->course.length.min,
                        protocol->course.length.max);
    else if (strcmp(name, "studio") == 0 && studio->name)
        smp_buf_puts(out, studio->name);
    else if (strcmp(name, "contact") == 0 && studio->contact)
        smp_buf_puts(out, studio->contact);
}

bool
smp_words_can_fill(const char *name, size_t n)
{
    static const char *const known[] = {
        "every", "from",   "until",  "between",  "limit",
        "with",  "except", "healed", "sessions", "max",
        "gap",   "length", "studio", "contact",  NULL};
    size_t i;

    for (i = 0; known[i]; i++)
        if (strlen(known[i]) == n && strncmp(known[i], name, n) == 0)
            return true;
    return false;
}

void
smp_words_fill(struct smp_buf *out, const struct smp_protocol *protocol,
               const struct smp_rule *rule, const char *text)
{
    const char *at = text, *name;
    struct smp_buf key = {0};
    size_t n, values = 0, most = out->len + SMP_FILL_OCTETS_MAX;

    while (values++ < SMP_FILL_VALUES_MAX && out->len <= most &&
           (name = smp_fill_next(&at, &n))) {
        size_t before;

        smp_buf_add(out, text, (size_t)(name - 1 - text));
        smp_buf_cut(&key, 0);
        smp_buf_add(&key, name, n);
        before = out->len;
        if (rule)
            rule_value(out, protocol, rule, smp_buf_text(&key));
        if (out->len == before)
            protocol_value(out, protocol, smp_buf_text(&key));
        if (out->len == before && !smp_words_can_fill(name, n))
            smp_buf_add(out, name - 1, n + 2);
        text = at;
    }
    smp_buf_puts(out, text);
    smp_buf_release(&key);
}
