#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "time/civil.h"
#include "json/json.h"
#include "plan/plan.h"
#include "care/in_force.h"
#include "message/internal.h"

static const char header[] = "smp-told 1\n", footer[] = "\nend\n";

static int
compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What else than these octets is in an id is written as %XX. */
static void
put_word(struct smp_buf *out, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789._:~+@*-";

    for (; *word; word++)
        if (strchr(plain, *word))
            smp_buf_putc(out, *word);
        else
            smp_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*word);
}

/* The activities in any order; a rule that names none is known by its id. */
static void
put_what(struct smp_buf *out, const struct smp_item *item)
{
    size_t count = item->what.count, i;
    const char **sorted;

    if (!count) {
        smp_buf_putc(out, '=');
        put_word(out, item->rule ? item->rule : item->uid);
        return;
    }
    sorted = smp_alloc(count * sizeof *sorted);
    memcpy(sorted, item->what.at, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    for (i = 0; i < count; i++) {
        if (i)
            smp_buf_putc(out, ',');
        put_word(out, sorted[i]);
    }
    free(sorted);
}

static void
put_bound(struct smp_buf *out, struct smp_when when)
{
    smp_buf_putc(out, ' ');
    if (when.kind == SMP_NEVER)
        smp_buf_putc(out, '-');
    else
        smp_when_print(out, when);
}

void
smp_told_rule(struct smp_buf *out, const struct smp_item *item)
{
    smp_buf_printf(out, "rule %s %d %s ", smp_phase_names[item->phase],
                   item->session, smp_verb_names[item->verb]);
    put_what(out, item);
    put_bound(out, item->start);
    put_bound(out, item->start_latest);
    put_bound(out, item->end_earliest);
    put_bound(out, item->end);
}

static void
add_line(struct smp_told *told, const char *line)
{
    told->lines =
        smp_grow(told->lines, told->count, &told->room, sizeof *told->lines);
    told->lines[told->count++] = smp_strdup(line);
}

static void
sort_lines(struct smp_told *told)
{
    size_t i, count = 0;

    if (told->count)
        qsort(told->lines, told->count, sizeof *told->lines, compare);
    for (i = 0; i < told->count; i++)
        if (count && strcmp(told->lines[count - 1], told->lines[i]) == 0)
            free(told->lines[i]);
        else
            told->lines[count++] = told->lines[i];
    told->count = count;
}

/* Only sessions that are agreed on, and not over. */
static void
add_sessions(struct smp_told *told, const struct smp_day_care *care)
{
    const struct smp_plan *plan = care->plan;
    size_t i;

    for (i = 0; i < plan->session_count; i++) {
        const struct smp_session *session = &plan->sessions[i];
        struct smp_buf line = {0};

        if ((session->status != SMP_BOOKED && session->status != SMP_DONE) ||
            smp_session_day(session) < care->day)
            continue;
        smp_buf_printf(&line, "session %d", session->number);
        put_bound(&line, session->start);
        add_line(told, line.data);
        smp_buf_release(&line);
    }
}

/* The session is booked that the item asks for. */
static bool
is_met(const struct smp_day_care *care, const struct smp_item *item)
{
    const struct smp_plan *plan = care->plan;
    const struct smp_session *its = smp_plan_session(plan, item->session);
    size_t i;

    for (i = 0; i < plan->session_count; i++)
        if (plan->sessions[i].status == SMP_BOOKED &&
            smp_session_precedes(its, &plan->sessions[i]))
            return true;
    return false;
}

/* A ban counts as certain from the first day on which it may have begun. */
static const char *
state_of(const struct smp_state *state, bool asks_for_session)
{
    if (asks_for_session)
        return " visit";
    if (state->unbegun && !smp_verb_forbids(state->item->verb))
        return " unbegun";
    return state->perhaps && !state->unbegun ? " perhaps" : " certain";
}

static void
add_rules(struct smp_told *told, const struct smp_day_care *care)
{
    struct smp_buf line = {0};
    size_t i;

    for (i = 0; i < care->count; i++) {
        const struct smp_state *state = &care->states[i];

        const struct smp_rule *rule =
            state->item->rule
                ? smp_protocol_rule(care->protocol, state->item->rule)
                : NULL;
        bool asks = rule && rule->met_by_session;

        if (asks && is_met(care, state->item))
            continue;
        smp_buf_cut(&line, 0);
        smp_told_rule(&line, state->item);
        smp_buf_puts(&line, state_of(state, asks));
        add_line(told, line.data);
    }
    smp_buf_release(&line);
}

void
smp_told_fill(struct smp_told *told, const struct smp_day_care *care)
{
    smp_told_release(told);
    told->day = care->day;
    add_sessions(told, care);
    add_rules(told, care);
    sort_lines(told);
}

/* A member of the message: "day 2026-12-01". */
static bool
take_member(struct smp_told *told, char *line)
{
    struct smp_when when;
    struct smp_err ignored = {0};

    if (strncmp(line, "day ", 4) == 0) {
        if (!smp_when_parse(line + 4, &when, &ignored)) {
            smp_err_release(&ignored);
            return false;
        }
        told->day = smp_day_at(when.seconds);
    } else if (strncmp(line, "way ", 4) == 0) {
        told->is_message = strcmp(line + 4, "-") != 0;
    } else if (strncmp(line, "stop ", 5) == 0) {
        told->stop = strcmp(line + 5, "yes") == 0;
    } else if (strncmp(line, "session ", 8) == 0 ||
               strncmp(line, "rule ", 5) == 0) {
        add_line(told, line);
    }
    return true;
}

bool
smp_told_parse(struct smp_told *told, const char *text, size_t n,
               struct smp_err *err)
{
    char *line, *end;

    smp_told_release(told);
    if (n < sizeof header + sizeof footer ||
        memcmp(text, header, sizeof header - 1) != 0 ||
        memcmp(text + n - (sizeof footer - 1), footer, sizeof footer - 1) !=
            0 ||
        memchr(text, '\0', n))
        return smp_fail(err, "not what a message told, or cut off");
    smp_buf_add(&told->text, text, n);
    told->day = INT32_MIN;
    for (line = told->text.data; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (!take_member(told, line))
            return smp_fail(err, "not what a message told");
    }
    if (told->day == INT32_MIN)
        return smp_fail(err, "not what a message told: it has no day");
    sort_lines(told);
    return true;
}

void
smp_told_format(struct smp_buf *out, const struct smp_told *told, int64_t now,
                const char *way, bool correction)
{
    size_t i;

    smp_buf_puts(out, header);
    smp_buf_puts(out, "day ");
    smp_when_print(out, smp_when_day(told->day));
    smp_buf_puts(out, "\nat ");
    smp_when_print(out, (struct smp_when){SMP_INSTANT, now});
    smp_buf_printf(out, "\nway %s\nstop %s\ncorrection %s\n", way,
                   told->stop ? "yes" : "no", correction ? "yes" : "no");
    for (i = 0; i < told->count; i++)
        smp_buf_printf(out, "%s\n", told->lines[i]);
    smp_buf_puts(out, footer + 1);
}

/* A member of a rule, or an element of a list if it has no name. */
static void
put_part(struct smp_buf *out, const char *name, const char *at, size_t n)
{
    struct smp_buf text = {0};

    smp_buf_add(&text, at, n);
    if (name)
        smp_buf_printf(out, ",\"%s\":", name);
    smp_json_put_string(out, text.data);
    smp_buf_release(&text);
}

static void
put_activities(struct smp_buf *out, const char *at, size_t n)
{
    const char *end = at + n;

    smp_buf_puts(out, ",\"what\":[");
    while (at < end) {
        size_t m = strcspn(at, ", ");

        put_part(out, NULL, at, m);
        at += m + 1;
        if (at < end)
            smp_buf_putc(out, ',');
    }
    smp_buf_putc(out, ']');
}

static void
put_rule(struct smp_buf *out, const struct smp_told_rule *rule)
{
    static const char *const names[SMP_TOLD_PARTS] = {
        [SMP_TOLD_VERB] = "verb",
        [SMP_TOLD_START] = "start",
        [SMP_TOLD_START_LATEST] = "startLatest",
        [SMP_TOLD_END_EARLIEST] = "endEarliest",
        [SMP_TOLD_END] = "end",
        [SMP_TOLD_STATE] = "state"};
    int i;

    smp_buf_printf(out, "{\"phase\":\"%s\",\"session\":%d",
                   smp_phase_names[rule->pre ? SMP_PRE : SMP_POST],
                   rule->session);
    for (i = 0; i < SMP_TOLD_PARTS; i++)
        if (i == SMP_TOLD_WHAT)
            put_activities(out, rule->at[i], rule->n[i]);
        else if (names[i] && *rule->at[i] != '-')
            put_part(out, names[i], rule->at[i], rule->n[i]);
    smp_buf_putc(out, '}');
}

void
smp_told_json(struct smp_buf *out, const struct smp_told *told)
{
    struct smp_told_rule rule;
    size_t i, count = 0;

    smp_buf_puts(out, "{\"day\":\"");
    smp_when_print(out, smp_when_day(told->day));
    smp_buf_puts(out, "\",\"rules\":[");
    for (i = 0; i < told->count; i++)
        if (smp_told_split(told->lines[i], &rule)) {
            smp_buf_puts(out, count++ ? "," : "");
            put_rule(out, &rule);
        }
    smp_buf_puts(out, "],\"sessions\":[");
    for (count = 0, i = 0; i < told->count; i++)
        if (strncmp(told->lines[i], "session ", 8) == 0) {
            const char *start = strrchr(told->lines[i], ' ') + 1;

            smp_buf_printf(out, "%s{\"number\":%d", count++ ? "," : "",
                           atoi(told->lines[i] + 8));
            put_part(out, "start", start, strlen(start));
            smp_buf_putc(out, '}');
        }
    smp_buf_puts(out, "]}\n");
}

void
smp_told_release(struct smp_told *told)
{
    size_t i;

    for (i = 0; i < told->count; i++)
        free(told->lines[i]);
    free(told->lines);
    smp_buf_release(&told->text);
    *told = (struct smp_told){0};
}

bool
smp_told_split(const char *line, struct smp_told_rule *rule)
{
    const char *at = line + 5;
    struct smp_buf verb = {0};
    int i, known;

    *rule = (struct smp_told_rule){.line = line};
    if (strncmp(line, "rule ", 5) != 0)
        return false;
    for (i = 0; i < SMP_TOLD_PARTS; i++) {
        rule->at[i] = at;
        rule->n[i] = strcspn(at, " ");
        at += rule->n[i] + (at[rule->n[i]] == ' ');
        if (!rule->n[i])
            return false;
        if (i == SMP_TOLD_WHAT)
            rule->key = (size_t)(rule->at[i] + rule->n[i] - line);
    }
    smp_buf_add(&verb, rule->at[SMP_TOLD_VERB], rule->n[SMP_TOLD_VERB]);
    known = smp_name_index(smp_verb_names, verb.data);
    smp_buf_release(&verb);
    rule->verb = known < 0 ? SMP_EXPECT : (enum smp_verb)known;
    rule->session = atoi(rule->at[SMP_TOLD_SESSION]);
    rule->pre = strncmp(rule->at[SMP_TOLD_PHASE], "pre ", 4) == 0;
    return known >= 0;
}

bool
smp_told_has(const struct smp_told *told, const char *line)
{
    return told->count && bsearch(&line, told->lines, told->count,
                                  sizeof *told->lines, compare);
}

const char *
smp_told_like(const struct smp_told *told, const char *line, size_t key)
{
    size_t i;

    for (i = 0; i < told->count; i++)
        if (strncmp(told->lines[i], line, key) == 0 &&
            (told->lines[i][key] == ' ' || !told->lines[i][key]))
            return told->lines[i];
    return NULL;
}

/* ISO 8601: a day is before each of its times. */
bool
smp_told_ends_before(const char *a, size_t n, const char *b, size_t m)
{
    size_t common = n < m ? n : m;
    int order;

    if (*a == '-' || *b == '-')
        return *a != '-' && *b == '-';
    order = memcmp(a, b, common);
    return order ? order < 0 : n < m;
}
