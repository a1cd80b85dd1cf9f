#include "protocol/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of a sentence, in a copy of it; the last ones are taken first. */
struct words {
    char **at;
    size_t count;
};

static struct words
split(char *text, struct smp_arena *arena)
{
    static const char blanks[] = " \t\r\n";
    struct words words = {
        .at = smp_arena_alloc(arena, (strlen(text) + 1) * sizeof *words.at)};
    char *rest, *word;

    for (word = strtok_r(text, blanks, &rest); word;
         word = strtok_r(NULL, blanks, &rest))
        words.at[words.count++] = word;
    return words;
}

/* The n-th word from the end, from 1, or "". */
static const char *
last(const struct words *words, size_t n)
{
    return n <= words->count ? words->at[words->count - n] : "";
}

enum { WORDS_MAX = 300 };

static bool
ends_with(const struct words *words, size_t n, const char *word)
{
    return strcmp(last(words, n), word) == 0;
}

static void
add(struct smp_strings *list, const char *text, struct smp_arena *arena)
{
    const char **at = smp_arena_alloc(arena, (list->count + 1) * sizeof *at);

    if (list->count)
        memcpy(at, list->at, list->count * sizeof *at);
    at[list->count++] = text;
    list->at = at;
}

static bool
take_scope(const struct words *words, struct smp_rule *ban)
{
    int scope = smp_name_index(smp_scope_names, last(words, 1));

    if (!ends_with(words, 2, "scope") || scope < 0)
        return false;
    ban->scope = (enum smp_scope)scope;
    return true;
}

static void
take_conditions(struct words *words, struct smp_rule *ban,
                struct smp_arena *arena)
{
    for (; words->count > 3; words->count -= 2)
        if (ends_with(words, 2, "if"))
            add(&ban->when, last(words, 1), arena);
        else if (ends_with(words, 2, "unless"))
            add(&ban->unless, last(words, 1), arena);
        else if (!take_scope(words, ban))
            break;
}

static bool
is_number(const char *word)
{
    word += *word == '-';
    return *word && strlen(word) < 6 &&
           strspn(word, "0123456789") == strlen(word);
}

/* Takes the words of the time; writes it as a window, "" where there is none.
 */
static void
take_time(struct words *words, struct smp_buf *window)
{
    size_t taken = 0;

    if (ends_with(words, 2, "before")) {
        smp_buf_printf(window, "0/%s", last(words, 1));
        taken = 2;
    } else if (ends_with(words, 3, "for") && ends_with(words, 1, "after")) {
        smp_buf_printf(window, "0/%s", last(words, 2));
        taken = 3;
    } else if (ends_with(words, 3, "within") && ends_with(words, 1, "before")) {
        smp_buf_printf(window, "-%s/0", last(words, 2));
        taken = 3;
    } else if (ends_with(words, 3, "on") && ends_with(words, 2, "day") &&
               is_number(last(words, 1))) {
        int day = atoi(last(words, 1));

        smp_buf_printf(window, day ? "%dd/%dd" : "0/1d", day, day + 1);
        taken = 3;
    } else if (ends_with(words, 2, "during")) {
        smp_buf_puts(window, last(words, 1));
        taken = 2;
    } else if (ends_with(words, 1, "after")) {
        smp_buf_puts(window, "0/");
        taken = 1;
    }
    words->count -= taken;
}

static bool
has_milestone(const struct smp_protocol *protocol,
              const struct smp_point *point, struct smp_err *err)
{
    return point->anchor != SMP_AT_MILESTONE ||
           smp_protocol_milestone(protocol, point->milestone) ||
           smp_fail(err, "no such milestone or anchor: \"%.40s\"",
                    point->milestone);
}

static bool
read_window(const struct smp_protocol *protocol, struct words *words,
            struct smp_arena *arena, struct smp_rule *ban, struct smp_err *err)
{
    struct smp_buf window = {0};
    bool ok = true;

    take_time(words, &window);
    if (!window.len)
        ok = smp_fail(err, "it does not end with a time, such as \"before "
                           "healed\" or \"for 3d after\"");
    ban->during = smp_arena_strdup(arena, smp_buf_text(&window));
    smp_buf_release(&window);
    if (!ok || !smp_window_parse(ban->during, arena, &ban->window, err) ||
        !has_milestone(protocol, &ban->window.start, err) ||
        !has_milestone(protocol, &ban->window.end, err))
        return false;
    ban->phase = smp_phase_of_window(&ban->window);
    return true;
}

static bool
read_activity(const struct smp_protocol *protocol, const char *name,
              struct smp_arena *arena, struct smp_strings *what,
              struct smp_err *err)
{
    const char *nearest;
    const struct smp_activity *activity =
        smp_protocol_find_activity(protocol, name, &nearest);

    if (!activity)
        return smp_fail(err, "no such activity: \"%.60s\"%s%.60s%s", name,
                        nearest ? " (is it \"" : "", nearest ? nearest : "",
                        nearest ? "\"?)" : "");
    add(what, activity->id, arena);
    return true;
}

/* What is left, joined again: names separated by commas. */
static bool
read_activities(const struct smp_protocol *protocol, const struct words *words,
                struct smp_arena *arena, struct smp_strings *what,
                struct smp_err *err)
{
    struct smp_buf name = {0};
    bool ok = true;
    size_t i;

    for (i = 0; i < words->count && ok; i++) {
        const char *word = words->at[i];
        size_t n = strlen(word);
        bool ends = word[n - 1] == ',' || i + 1 == words->count;

        smp_buf_printf(&name, "%s%.*s", name.len ? " " : "",
                       (int)(n - (word[n - 1] == ',')), word);
        if (!ends)
            continue;
        ok = read_activity(protocol, smp_buf_text(&name), arena, what, err);
        smp_buf_cut(&name, 0);
    }
    smp_buf_release(&name);
    return ok && (what->count || smp_fail(err, "it names no activity"));
}

bool
smp_never_parse(const struct smp_protocol *protocol, const char *text,
                struct smp_arena *arena, struct smp_never *never,
                struct smp_err *err)
{
    struct words words = split(smp_arena_strdup(arena, text), arena);

    *never = (struct smp_never){.text = text, .ban = {.verb = SMP_AVOID}};
    if (words.count > WORDS_MAX)
        return smp_fail(err, "more than %d words", WORDS_MAX);
    take_conditions(&words, &never->ban, arena);
    return read_window(protocol, &words, arena, &never->ban, err) &&
           read_activities(protocol, &words, arena, &never->ban.what, err);
}
