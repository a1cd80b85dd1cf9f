#include "answer/about.h"

#include <stdlib.h>

struct smp_about {
    const struct smp_protocol *protocol;
    bool *named;  /* by rule, then by activity */
    bool *own;    /* by activity: some rule names it */
    bool *about;  /* as named, through others */
    size_t *wide; /* numbers of activities: what each is a kind of */
    size_t *first_wide;
};

/* The number of an activity, `activity_count` where there is none. */
static size_t
number_of(const struct smp_protocol *protocol, const char *id)
{
    const struct smp_activity *found = smp_protocol_activity(protocol, id);

    return found ? (size_t)(found - protocol->activities)
                 : protocol->activity_count;
}

static void
note_named(struct smp_about *about, size_t rule)
{
    const struct smp_protocol *p = about->protocol;
    const struct smp_strings *what = &p->rules[rule].what;
    size_t i;

    for (i = 0; i < what->count; i++) {
        size_t activity = number_of(p, what->at[i]);

        if (activity == p->activity_count)
            continue;
        about->named[rule * p->activity_count + activity] = true;
        about->own[activity] = true;
    }
}

static void
note_wider(struct smp_about *about)
{
    const struct smp_protocol *p = about->protocol;
    size_t i, j, count = 0;

    for (i = 0; i < p->activity_count; i++)
        count += p->activities[i].is.count;
    about->wide = smp_calloc(count, sizeof *about->wide);
    about->first_wide =
        smp_calloc(p->activity_count + 1, sizeof *about->first_wide);
    for (i = count = 0; i < p->activity_count; i++) {
        const struct smp_strings *is = &p->activities[i].is;

        for (j = 0; j < is->count; j++) {
            about->wide[count] = number_of(p, is->at[j]);
            count += about->wide[count] < p->activity_count;
        }
        about->first_wide[i + 1] = count;
    }
}

/* What names an activity is about the one that came to it. */
static void
note_about(struct smp_about *about, size_t from, size_t to)
{
    size_t activities = about->protocol->activity_count, i;

    for (i = 0; i < about->protocol->rule_count; i++)
        if (about->named[i * activities + to])
            about->about[i * activities + from] = true;
}

/* Breadth first, so that each is reached by the fewest steps. */
static void
search(struct smp_about *about, size_t from, size_t *queue, int *steps)
{
    size_t count = 0, next, i;

    for (i = 0; i < about->protocol->activity_count; i++)
        steps[i] = -1;
    queue[count++] = from;
    steps[from] = 0;
    for (next = 0; next < count; next++) {
        size_t at = queue[next];

        note_about(about, from, at);
        if (about->own[at] || steps[at] == SMP_ABOUT_STEPS)
            continue;
        for (i = about->first_wide[at]; i < about->first_wide[at + 1]; i++)
            if (steps[about->wide[i]] < 0) {
                steps[about->wide[i]] = steps[at] + 1;
                queue[count++] = about->wide[i];
            }
    }
}

struct smp_about *
smp_about_new(const struct smp_protocol *protocol)
{
    size_t activities = protocol->activity_count, i;
    size_t all = protocol->rule_count * activities;
    struct smp_about *about = smp_calloc(1, sizeof *about);
    size_t *queue = smp_calloc(activities, sizeof *queue);
    int *steps = smp_calloc(activities, sizeof *steps);

    about->protocol = protocol;
    about->named = smp_calloc(all, sizeof *about->named);
    about->own = smp_calloc(activities, sizeof *about->own);
    about->about = smp_calloc(all, sizeof *about->about);
    for (i = 0; i < protocol->rule_count; i++)
        note_named(about, i);
    note_wider(about);
    for (i = 0; i < activities; i++)
        search(about, i, queue, steps);
    free(queue);
    free(steps);
    return about;
}

void
smp_about_free(struct smp_about *about)
{
    free(about->named);
    free(about->own);
    free(about->about);
    free(about->wide);
    free(about->first_wide);
    free(about);
}

bool
smp_about_is(const struct smp_about *about, size_t rule, size_t activity)
{
    return about->about[rule * about->protocol->activity_count + activity];
}

bool
smp_about_any(const struct smp_about *about, size_t activity)
{
    size_t i;

    for (i = 0; i < about->protocol->rule_count; i++)
        if (smp_about_is(about, i, activity))
            return true;
    return false;
}
