#include <string.h>

#include "base/utf8.h"
#include "import/internal.h"

/*
 * A cell becomes tokens (numbers, words, signs), and these a date, a time of
 * day, a second one for ranges, and an offset. Whatever is left over makes the
 * cell one that is not understood: nothing is guessed, least of all which of
 * two numbers is the day.
 */
enum { TOKENS_MAX = 40, CELL_MAX = 120 };

struct token {
    enum { END, NUMBER, WORD, SIGN } kind;
    const char *at; /* of a word */
    size_t n;       /* octets of the word, digits of the number */
    int64_t value;
    char sign;
    bool apart; /* there was a blank before it */
};

struct reading {
    const struct smp_formats *formats;
    char text[CELL_MAX + 1];
    struct token tokens[TOKENS_MAX + 4];
    struct token *at;
    struct imp_moment *moment;
    bool iso; /* the date was written year first */
    bool t;   /* ... and "T" came after it */
    bool is_range;
};

/* tokens */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c & 0x80);
}

/* In lower case, accents taken off, dashes made "-", other signs blanks. */
static bool
simplify(struct reading *r, const char *text, size_t n)
{
    char *out = r->text;
    size_t i = 0;

    while (i < n) {
        int32_t c = (unsigned char)text[i];
        size_t length = c < 0x80 ? 1 : smp_utf8_next(text + i, n - i, &c);

        if (!length || out - r->text > CELL_MAX - 8)
            return false;
        if (c == 0x2010 || c == 0x2011 || c == 0x2012 || c == 0x2013 ||
            c == 0x2014 || c == 0x2212) {
            *out++ = '-';
        } else if (c >= 'A' && c <= 'Z') {
            *out++ = (char)(c - 'A' + 'a');
        } else if (c >= 0x80 && smp_utf8_in_word(c)) {
            struct smp_buf letters = {0};

            smp_imp_comparable(&letters, text + i, length, false);
            if (letters.len <= 4) {
                memcpy(out, smp_buf_text(&letters), letters.len);
                out += letters.len;
            }
            smp_buf_release(&letters);
        } else {
            *out++ = c < 0x80 && c >= ' ' ? (char)c : ' ';
        }
        i += length;
    }
    *out = '\0';
    return true;
}

static bool
tokenise(struct reading *r, const char *text, size_t n)
{
    struct token *token = r->tokens;
    const char *at = r->text;
    bool apart = true;

    if (n > CELL_MAX || !simplify(r, text, n))
        return false;
    while (*at) {
        if (*at == ' ') {
            apart = true;
            at++;
            continue;
        }
        if (token == r->tokens + TOKENS_MAX)
            return false;
        *token = (struct token){SIGN, at, 1, 0, *at, apart};
        if (is_digit(*at)) {
            token->kind = NUMBER;
            for (token->n = 0; is_digit(at[token->n]); token->n++)
                if (token->n < 15)
                    token->value = 10 * token->value + at[token->n] - '0';
        } else if (is_letter(*at)) {
            token->kind = WORD;
            while (is_letter(at[token->n]))
                token->n++;
        }
        at += token->n;
        apart = false;
        token++;
    }
    memset(token, 0, 4 * sizeof *token); /* so that one can look ahead */
    r->at = r->tokens;
    return true;
}

static bool
is_sign(const struct token *token, char sign)
{
    return token->kind == SIGN && token->sign == sign;
}

static bool
is_number(const struct token *token, size_t least, size_t most)
{
    return token->kind == NUMBER && token->n >= least && token->n <= most;
}

static bool
is_word(const struct token *token, const char *word)
{
    return token->kind == WORD && strlen(word) == token->n &&
           memcmp(token->at, word, token->n) == 0;
}

static int
number_of(const struct reading *r, const struct token *token,
          enum imp_table table)
{
    return token->kind == WORD
               ? smp_imp_number(r->formats, table, token->at, token->n)
               : -1;
}

/* dates */

static bool
set_date(struct reading *r, int64_t year, int64_t month, int64_t day,
         bool either)
{
    struct imp_moment *moment = r->moment;

    if (moment->year || year < SMP_YEAR_MIN || year > SMP_YEAR_MAX || !month ||
        !day || month > 31 || day > 31 || (month > 12 && (!either || day > 12)))
        return false;
    moment->year = (int16_t)year;
    moment->month = (uint8_t)month;
    moment->day = (uint8_t)day;
    moment->swappable = either && month != day;
    moment->decided = either && (month > 12 || day > 12);
    return true;
}

static int64_t
whole_year(const struct token *year)
{
    return year->n == 2 ? 2000 + year->value : year->value;
}

static bool
is_year(const struct token *token)
{
    return token->kind == NUMBER && (token->n == 4 || token->n == 2);
}

/* 2026-12-01, 12/1/2026, 01.12.26, 20261201 */
static bool
numeric_date(struct reading *r)
{
    const struct token *t = r->at;

    if (is_number(t, 8, 8) && t[1].kind != SIGN) {
        r->iso = true;
        r->at++;
        return set_date(r, t->value / 10000, t->value / 100 % 100,
                        t->value % 100, false);
    }
    if (t[1].kind != SIGN || !strchr("-/.", t[1].sign) ||
        !is_number(t + 2, 1, 2) || !is_sign(t + 3, t[1].sign))
        return false;
    if (is_number(t, 4, 4) && is_number(t + 4, 1, 2)) {
        r->iso = true;
        r->at += 5;
        return set_date(r, t->value, t[2].value, t[4].value, false);
    }
    if (!is_number(t, 1, 2) || !is_year(t + 4))
        return false;
    r->at += 5;
    return set_date(r, whole_year(t + 4), t->value, t[2].value, true);
}

static const struct token *
pass_between(const struct reading *r, const struct token *t)
{
    while ((t->kind == SIGN && strchr(".,-/'", t->sign)) ||
           number_of(r, t, IMP_TABLE_FILLERS) >= 0)
        t++;
    return t;
}

/* 1 Dec 2026, 1st of December, 2026, December 1, 2026, 1 de diciembre de 2026
 */
static bool
named_date(struct reading *r)
{
    const struct token *day = r->at, *month, *year;

    if (day->kind == NUMBER) {
        month = pass_between(r, day + 1);
    } else {
        month = day;
        day = pass_between(r, month + 1);
    }
    year = pass_between(r, (day < month ? month : day) + 1);
    if (!is_number(day, 1, 2) || !is_year(year) ||
        number_of(r, month, IMP_TABLE_MONTHS) < 0)
        return false;
    if (year->n == 2 && (year[1].kind == SIGN && year[1].sign == ':'))
        return false; /* 1 December 10:00 has no year */
    r->at += year - r->at + 1;
    return set_date(r, whole_year(year), number_of(r, month, IMP_TABLE_MONTHS),
                    day->value, false);
}

/* times of day */

enum half { NO_HALF, AM, PM };

static enum half
read_half(struct reading *r)
{
    const struct token *t = r->at;
    size_t dotted;

    if (is_word(t, "am") || is_word(t, "pm")) {
        r->at++;
        return is_word(t, "am") ? AM : PM;
    }
    if (!is_word(t, "a") && !is_word(t, "p"))
        return NO_HALF;
    dotted = is_sign(t + 1, '.');
    if (is_word(t + 1 + dotted, "m")) {
        r->at += 2 + dotted;
        r->at += is_sign(r->at, '.');
    } else if (!t->apart && t[1].kind != NUMBER) {
        r->at++;
    } else {
        return NO_HALF;
    }
    return is_word(t, "a") ? AM : PM;
}

static bool
apply_half(int64_t *hour, enum half half)
{
    if (half == NO_HALF)
        return *hour <= 23;
    if (*hour > 12)
        return half == PM && *hour <= 23;
    *hour = *hour % 12 + (half == PM ? 12 : 0);
    return true;
}

/* A time without its half of the day, in seconds; false if there is none. */
static bool
clock_time(struct reading *r, int64_t *hour, int64_t *rest, bool *seconds)
{
    const struct token *t = r->at;

    *hour = t->value;
    *rest = 0;
    *seconds = false;
    if (is_number(t, 4, 6) && t > r->tokens && r->t && t->n != 5) {
        int64_t value = t->n == 4 ? t->value * 100 : t->value;

        *hour = value / 10000;
        *rest = value / 100 % 100 * 60 + value % 100;
        *seconds = true;
        r->at++;
        return value / 100 % 100 < 60 && value % 100 < 60;
    }
    if (!is_number(t, 1, 2))
        return false;
    if ((is_sign(t + 1, ':') || is_sign(t + 1, '.') || is_word(t + 1, "h")) &&
        is_number(t + 2, 2, 2) && t[2].value < 60) {
        *rest = t[2].value * 60;
        r->at += 3;
        if (t[1].sign == ':' && is_sign(t + 3, ':') && is_number(t + 4, 2, 2) &&
            t[4].value < 60) {
            *rest += t[4].value;
            *seconds = true;
            r->at += 2;
            if (is_sign(r->at, '.') && is_number(r->at + 1, 1, 15))
                r->at += 2;
        }
        return true;
    }
    r->at++;
    if (is_word(t + 1, "h") || is_word(t + 1, "uhr")) {
        r->at++;
        return true;
    }
    /* A number alone is an hour only with its half of the day behind it. */
    if (is_word(t + 1, "am") || is_word(t + 1, "pm") ||
        ((is_word(t + 1, "a") || is_word(t + 1, "p")) &&
         (is_word(t + 2, "m") || is_word(t + 3, "m") || !t[1].apart)))
        return true;
    r->at--;
    return false;
}

static void
read_offset(struct reading *r)
{
    const struct token *t = r->at;
    int64_t offset;

    if (is_word(t, "z") || is_word(t, "utc") || is_word(t, "gmt")) {
        r->moment->offset = 0;
        t = ++r->at;
        if (is_word(t - 1, "z"))
            return;
    } else if (!is_sign(t, '+') &&
               !(is_sign(t, '-') && r->iso && !t[1].apart)) {
        return;
    }
    if (!is_sign(t, '+') && !is_sign(t, '-'))
        return;
    if (is_number(t + 1, 4, 4)) {
        offset = t[1].value / 100 * 3600 + t[1].value % 100 * 60;
        r->at += 2;
    } else if (is_number(t + 1, 1, 2)) {
        offset = t[1].value * 3600;
        r->at += 2;
        if (is_sign(t + 2, ':') && is_number(t + 3, 2, 2)) {
            offset += t[3].value * 60;
            r->at += 2;
        }
    } else {
        return;
    }
    if (offset <= 15 * 3600)
        r->moment->offset = (int32_t)(is_sign(t, '-') ? -offset : offset);
    else
        r->moment->year = -1;
}

/*
 * "9 - 11 AM": the first has the half of the second unless it would then be
 * later; so only one reading ends after it begins, on the same day.
 */
static bool
lend_half(int64_t *hour, int64_t rest, int64_t end)
{
    int64_t am = *hour % 12 * 3600 + rest, pm = am + 12 * (int64_t)3600;

    if (*hour > 12)
        return true;
    if (am >= end && pm >= end)
        return false;
    *hour = (pm < end ? pm : am) / 3600;
    return true;
}

static bool
starts_range(struct reading *r)
{
    const struct token *t = r->at;

    return (is_sign(t, '-') || number_of(r, t, IMP_TABLE_UNTIL) >= 0) &&
           is_number(t + 1, 1, 2);
}

static bool
time_of_day(struct reading *r)
{
    struct imp_moment *moment = r->moment;
    struct token *before = r->at;
    int64_t hour, rest, end_hour, end_rest;
    bool seconds, end_seconds;
    enum half half, end_half;

    if (moment->time != IMP_NO_TIME)
        return false;
    if (!clock_time(r, &hour, &rest, &seconds)) {
        struct token *bare = r->at;

        /* "9 - 11 AM" */
        if (!is_number(bare, 1, 2) || !is_sign(bare + 1, '-') ||
            !is_number(bare + 2, 1, 2) ||
            (!is_sign(bare + 3, ':') && bare[3].kind != WORD))
            return false;
        hour = bare->value;
        rest = 0;
        seconds = false;
        r->at++;
    }
    half = read_half(r);
    if (number_of(r, r->at, IMP_TABLE_FILLERS) >= 0 && is_word(r->at, "uhr"))
        r->at++;
    if ((r->t || seconds) && r->iso)
        read_offset(r);
    else if (!is_sign(r->at, '-'))
        read_offset(r);
    if (starts_range(r)) {
        r->at++;
        r->is_range = true;
        if (!clock_time(r, &end_hour, &end_rest, &end_seconds))
            return false;
        end_half = read_half(r);
        if (!apply_half(&end_hour, end_half))
            return false;
        moment->end = (int32_t)(end_hour * 3600 + end_rest);
        if (half == NO_HALF && end_half != NO_HALF) {
            if (!lend_half(&hour, rest, moment->end))
                return false;
            half = NO_HALF;
        }
    }
    if (!apply_half(&hour, half) ||
        (r->at == before + 1 && before->n < 4 && !r->is_range))
        return false;
    moment->time = (int32_t)(hour * 3600 + rest);
    return true;
}

/* "EST" behind the time. */
static bool
abbreviation(struct reading *r)
{
    const struct token *t = r->at;

    if (t->kind != WORD || t->n < 3 || t->n > 5 || r->moment->zone[0] ||
        r->moment->time == IMP_NO_TIME ||
        number_of(r, t, IMP_TABLE_FILLERS) >= 0 ||
        number_of(r, t, IMP_TABLE_MONTHS) >= 0)
        return false;
    memcpy(r->moment->zone, t->at, t->n);
    r->at++;
    return true;
}

/* "America/Toronto" behind the time. */
static bool
zone_name(struct reading *r)
{
    const struct token *t = r->at;
    const char *end = t->at;

    if (t->kind != WORD || !is_sign(t + 1, '/') || r->moment->zone[0])
        return false;
    while (is_letter(*end) || is_digit(*end) || strchr("/_+-", *end)) {
        if (!*end)
            break;
        end++;
    }
    if ((size_t)(end - t->at) >= sizeof r->moment->zone)
        return false;
    memcpy(r->moment->zone, t->at, (size_t)(end - t->at));
    while (r->at->kind != END && r->at->at < end)
        r->at++;
    return true;
}

/* Seconds, or milliseconds, since 1970: what interfaces give. */
static bool
unix_time(struct reading *r)
{
    const struct token *t = r->at;
    int64_t seconds = t->n == 13 ? t->value / 1000 : t->value;
    struct smp_civil date;

    if (t != r->tokens || t[1].kind != END || (t->n != 10 && t->n != 13))
        return false;
    date = smp_civil_of(smp_day_at(seconds));
    r->moment->time = (int32_t)(seconds % SMP_DAY_SECONDS);
    r->moment->offset = 0;
    r->at++;
    return set_date(r, date.year, date.month, date.day, false);
}

static bool
pass(struct reading *r)
{
    const struct token *t = r->at;

    if (is_word(t, "t") && r->iso) {
        r->t = true;
    } else if (t->kind == SIGN) {
        if (!strchr(",()|@", t->sign) && !(t->sign == '.' && t > r->tokens) &&
            !(t->sign == '-' && r->moment->year &&
              r->moment->time == IMP_NO_TIME))
            return false;
    } else if (t->kind != WORD || number_of(r, t, IMP_TABLE_FILLERS) < 0) {
        return false;
    }
    r->at++;
    return true;
}

bool
smp_imp_moment(const struct smp_formats *formats, const char *text, size_t n,
               struct imp_moment *moment)
{
    struct reading r = {.formats = formats, .moment = moment};

    *moment = (struct imp_moment){
        .time = IMP_NO_TIME, .end = IMP_NO_TIME, .offset = IMP_NO_OFFSET};
    if (!tokenise(&r, text, n))
        return false;
    while (r.at->kind != END) {
        struct token *before = r.at;
        bool number = r.at->kind == NUMBER;

        if (number && !moment->year && (numeric_date(&r) || unix_time(&r)))
            continue;
        if (r.at != before || (number && moment->year < 0))
            return false;
        if (!moment->year && named_date(&r))
            continue;
        if (r.at != before)
            return false;
        if (number && time_of_day(&r))
            continue;
        if (r.at != before ||
            (!zone_name(&r) && !abbreviation(&r) && !pass(&r)))
            return false;
    }
    return moment->year >= 0;
}

bool
smp_imp_day(const struct imp_moment *moment, bool eu, int32_t *day)
{
    int month = moment->month, of_month = moment->day;

    if (moment->swappable && eu) {
        month = moment->day;
        of_month = moment->month;
    }
    if (!moment->year || month > 12 ||
        of_month > smp_month_length(moment->year, month))
        return false;
    *day = smp_day_of(moment->year, month, of_month);
    return true;
}

int64_t
smp_imp_length(const struct smp_formats *formats, const char *text, size_t n,
               int64_t unit)
{
    struct reading r = {.formats = formats};
    const struct token *t;
    int64_t seconds = 0;
    bool any = false;

    if (!tokenise(&r, text, n))
        return 0;
    t = r.tokens;
    if (is_number(t, 1, 2) && is_sign(t + 1, ':') && is_number(t + 2, 2, 2)) {
        seconds = t->value * 3600 + t[2].value * 60;
        t += 3;
        if (is_sign(t, ':') && is_number(t + 1, 2, 2)) {
            seconds += t[1].value;
            t += 2;
        }
        return t->kind == END ? seconds : 0;
    }
    if (is_word(t, "p"))
        t++;
    if (is_word(t, "pt"))
        t++;
    while (t->kind != END) {
        int64_t whole = t->value, parts = 0, of = 1;
        int each;

        if (is_word(t, "t") || is_sign(t, ',') || is_sign(t, '.') ||
            (t->kind == WORD &&
             smp_imp_look_up(formats, IMP_TABLE_WORDS, t->at, t->n))) {
            t++;
            continue;
        }
        if (!is_number(t, 1, 5))
            return 0;
        t++;
        if ((is_sign(t, '.') || is_sign(t, ',')) && is_number(t + 1, 1, 3)) {
            size_t i;

            parts = t[1].value;
            for (i = 0; i < t[1].n; i++)
                of *= 10;
            t += 2;
        }
        each = number_of(&r, t, IMP_TABLE_UNITS);
        if (each > 0) {
            t++;
        } else if (t->kind == END && any && unit != 60) {
            each = 60; /* "2h 30" */
        } else if (t->kind == END && !any && unit) {
            each = (int)unit;
        } else if (t->kind == END && !any && whole >= 15) {
            each = 60; /* no session lasts so many hours */
        } else if (t->kind == END && any) {
            each = 60;
        } else {
            return 0;
        }
        seconds += whole * each + parts * each / of;
        any = true;
    }
    return seconds;
}
