#include "calendar/rule.h"

#include <stdlib.h>
#include <string.h>

/*
 * Rules of vCalendar 1.0, which old telephones and organisers export:
 *
 *   D3 #50             every third day, 50 times
 *   W2 TU TH 20261224  every second week on these days, until a date
 *   MP3 2- FR #17      every third month on its last Friday but one
 *   MD1 15 LD #0       every month on the 15th and on the last day, for ever
 *   YM1 6 #10          every June;   YD1 100 #10  every 100th day of a year
 *
 * #N counts periods, so that a rule with two days a week has twice as many
 * occurrences; some writers count these instead, and the longer one counts.
 * Without an end such a rule occurs twice, by the book; here it goes on.
 */
enum { LENGTH_MAX = 400, LIST_MAX = 64 };

struct old_rule {
    const char *freq, *by; /* by: the name of its list, or NULL */
    char interval[12], count[12], until[20];
    char list[LENGTH_MAX]; /* its elements, with commas */
    size_t elements;
    char places[16][4]; /* of the days that follow, as in BYDAY */
    size_t place_count;
    bool place_used;
};

static const struct {
    const char *letters, *freq, *by;
} kinds[] = {
    {"MP", "MONTHLY", "BYDAY"},  {"MD", "MONTHLY", "BYMONTHDAY"},
    {"YM", "YEARLY", "BYMONTH"}, {"YD", "YEARLY", "BYYEARDAY"},
    {"W", "WEEKLY", "BYDAY"},    {"D", "DAILY", NULL},
};

static bool
is_number(const char *text, size_t most)
{
    size_t n = strspn(text, "0123456789");

    return n && n <= most && !text[n];
}

static bool
take_kind(struct old_rule *rule, const char *word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].letters);

        if (strncmp(word, kinds[i].letters, n) != 0 ||
            !is_number(word + n, sizeof rule->interval - 1))
            continue;
        rule->freq = kinds[i].freq;
        rule->by = kinds[i].by;
        strcpy(rule->interval, word + n);
        return true;
    }
    return false;
}

static bool
add_element(struct old_rule *rule, const char *sign, const char *element)
{
    size_t have = strlen(rule->list);

    if (have + strlen(sign) + strlen(element) + 2 > sizeof rule->list ||
        rule->elements++ == LIST_MAX)
        return false;
    if (have)
        strcat(rule->list, ",");
    strcat(rule->list, sign);
    strcat(rule->list, element);
    return true;
}

/* 2, 2+ or 2-, as 2 or -2 */
static bool
read_place(char place[4], const char *word)
{
    size_t n = strspn(word, "0123456789");
    bool minus = word[n] == '-';

    if (!n || n > 2 || (word[n] && (!strchr("+-", word[n]) || word[n + 1])))
        return false;
    *place = '-';
    memcpy(place + minus, word, n);
    place[minus + n] = '\0';
    return true;
}

/* "1+ 3+ MO TU": each day at each place */
static bool
take_day_of_place(struct old_rule *rule, const char *word)
{
    char place[4];

    if (read_place(place, word)) {
        if (rule->place_used)
            rule->place_count = 0;
        rule->place_used = false;
        if (rule->place_count == 16)
            return false;
        strcpy(rule->places[rule->place_count++], place);
        return true;
    }
    rule->place_used = true;
    for (size_t i = 0; i < rule->place_count; i++)
        if (strlen(word) != 2 || !add_element(rule, rule->places[i], word))
            return false;
    return rule->place_count > 0;
}

static bool
take_element(struct old_rule *rule, const char *word)
{
    char day[4];

    if (!rule->by)
        return false;
    if (strcmp(rule->by, "BYMONTHDAY") == 0)
        return strcmp(word, "LD") == 0
                   ? add_element(rule, "", "-1")
                   : read_place(day, word) && add_element(rule, "", day);
    if (strcmp(rule->by, "BYDAY") != 0)
        return is_number(word, 3) && add_element(rule, "", word);
    if (strcmp(rule->freq, "MONTHLY") == 0)
        return take_day_of_place(rule, word);
    return strlen(word) == 2 && add_element(rule, "", word);
}

/* #50 or a date, which ends the rule. */
static bool
take_end(struct old_rule *rule, const char *word)
{
    size_t digits = strspn(word, "0123456789");

    if (*word == '#' && is_number(word + 1, 6)) {
        strcpy(rule->count, word + 1);
        return true;
    }
    if (digits != 8 || (word[8] && word[8] != 'T') ||
        strlen(word) >= sizeof rule->until)
        return false;
    strcpy(rule->until, word);
    return true;
}

bool
smp_cal_rule_translate(struct smp_buf *out, const char *text)
{
    struct old_rule rule = {0};
    char copy[LENGTH_MAX], *saved, *word;
    size_t n = strlen(text);
    long count;

    if (n >= sizeof copy || strchr(text, '='))
        return false;
    for (size_t i = 0; i <= n; i++)
        copy[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A')
                                                   : text[i];
    word = strtok_r(copy, " \t", &saved);
    if (!word || !take_kind(&rule, word))
        return false;
    while ((word = strtok_r(NULL, " \t", &saved)))
        if (*rule.count || *rule.until ||
            (!take_end(&rule, word) && !take_element(&rule, word)))
            return false;
    if (strcmp(rule.freq, "MONTHLY") == 0 && strcmp(rule.by, "BYDAY") == 0 &&
        !rule.elements)
        return false;
    smp_buf_printf(out, "FREQ=%s;INTERVAL=%s", rule.freq, rule.interval);
    if (rule.elements)
        smp_buf_printf(out, ";%s=%s", rule.by, rule.list);
    count = atol(rule.count) * (long)(rule.elements ? rule.elements : 1);
    if (count)
        smp_buf_printf(out, ";COUNT=%ld", count);
    if (*rule.until)
        smp_buf_printf(out, ";UNTIL=%s", rule.until);
    return true;
}
