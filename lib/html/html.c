#include "html/html.h"

#include <string.h>

#include "base/base.h"
#include "base/fill.h"
#include "plan/plan.h"
#include "protocol/protocol.h"
#include "time/civil.h"
#include "time/window.h"
#include "time/zone.h"
#include "base/utf8.h"
#include "html/internal.h"
#include "protocol/words.h"
#include "sheet/sheet.h"

static void
put_date(struct smp_buf *out, int32_t day)
{
    smp_when_print(out, smp_when_day(day));
}

/* A page while it is set. */
struct page {
    struct smp_buf *out;
    struct smp_memo *memo; /* of sentences that were set before */
    const struct smp_sheet *sheet;
    size_t client; /* from 1: its number in the file */
    int level;     /* of the next heading */
};

static void
put(struct page *page, const char *markup)
{
    smp_buf_puts(page->out, markup);
}

/* An element without attributes but a class, or with none if that is NULL. */
static void
put_element(struct page *page, const char *name, const char *class,
            const char *text)
{
    smp_buf_puts(page->out, "<");
    smp_buf_puts(page->out, name);
    if (class) {
        smp_buf_puts(page->out, " class=\"");
        smp_buf_puts(page->out, class);
        smp_buf_puts(page->out, "\"");
    }
    smp_buf_puts(page->out, ">");
    smp_html_escape(page->out, text);
    smp_buf_puts(page->out, "</");
    smp_buf_puts(page->out, name);
    smp_buf_puts(page->out, ">\n");
}

static void
open_heading(struct page *page)
{
    put(page, "<h");
    smp_buf_digits(page->out, page->level);
    put(page, ">");
}

static void
close_heading(struct page *page)
{
    put(page, "</h");
    smp_buf_digits(page->out, page->level);
    put(page, ">\n");
}

static void
put_heading(struct page *page, const char *text)
{
    open_heading(page);
    smp_html_escape(page->out, text);
    close_heading(page);
}

static const char *
label(const struct page *page, const char *key)
{
    return smp_label(page->sheet->protocol, key);
}

/* The number that a telephone dials; nothing if that is none. */
static void
put_telephone(struct page *page, const char *phone)
{
    struct smp_buf number = {0};
    const char *at;

    for (at = phone; *at; at++)
        if ((*at >= '0' && *at <= '9') || (*at == '+' && !number.len))
            smp_buf_putc(&number, *at);
    if (number.len >= 3) {
        put(page, "<a href=\"tel:");
        put(page, smp_buf_text(&number));
        put(page, "\">");
    }
    smp_html_escape(page->out, phone);
    if (number.len >= 3)
        put(page, "</a>");
    smp_buf_release(&number);
}

/* The address without what everybody knows. */
static void
put_url(struct page *page, const char *url)
{
    const char *shown = strstr(url, "//");
    struct smp_buf text = {0};

    smp_buf_puts(&text, shown ? shown + 2 : url);
    if (text.len && text.data[text.len - 1] == '/')
        smp_buf_cut(&text, text.len - 1);
    put(page, "<a href=\"");
    smp_html_escape(page->out, url);
    put(page, "\">");
    smp_html_escape(page->out, smp_buf_text(&text));
    put(page, "</a>\n");
    smp_buf_release(&text);
}

static void
put_studio(struct page *page)
{
    const struct smp_studio *studio = &page->sheet->protocol->studio;

    put(page, "<div class=\"top\">\n");
    put_element(page, "p", "studio",
                studio->name ? studio->name : label(page, "calendar.name"));
    if (studio->address || studio->phone || studio->url) {
        put(page, "<address>\n");
        if (studio->address)
            put_element(page, "span", NULL, studio->address);
        if (studio->phone) {
            put_telephone(page, studio->phone);
            put(page, "\n");
        }
        if (studio->url)
            put_url(page, studio->url);
        put(page, "</address>\n");
    }
    put(page, "</div>\n");
}

/* Care: blocks by what verbs mean, dates in a column of their own. */

static const struct block {
    const char *class, *heading;
    enum smp_verb_kind kind;
    bool warns, is_right; /* right: in the second column */
} blocks[] = {
    {"do", "page.task", SMP_TASK, false, false},
    {"no", "page.ban", SMP_BAN, false, true},
    {"may", "page.permission", SMP_PERMISSION, false, false},
    {"may", "page.normal", SMP_NOTICE, false, false},
    {"alert", "page.alert", SMP_NOTICE, true, true},
};

enum { BLOCKS = sizeof blocks / sizeof blocks[0] };

static bool
is_of(const struct smp_sheet_line *line, const struct block *block)
{
    return line->kind == SMP_LINE_CARE &&
           smp_verbs[line->verb].kind == block->kind &&
           smp_verbs[line->verb].warns == block->warns;
}

static bool
group_has(const struct smp_sheet_group *group, const struct block *block)
{
    const struct smp_sheet_line *line;

    for (line = group->lines; line; line = line->next)
        if (is_of(line, block))
            return true;
    return false;
}

static bool
section_has(const struct smp_sheet_section *section, const struct block *block)
{
    const struct smp_sheet_group *group;

    for (group = section->groups; group; group = group->next)
        if (group_has(group, block))
            return true;
    return false;
}

/* A mark beside words that say the same. */
static void
put_mark(struct page *page, const char *class, const char *name)
{
    put(page, "<svg class=\"");
    put(page, class);
    put(page, "\" aria-hidden=\"true\"><use href=\"#");
    put(page, name);
    put(page, "\"/></svg>");
}

/* A sentence that begins with its title is not said twice. */
static void
set_sentence(struct smp_buf *out, const struct smp_sheet_line *line)
{
    size_t n = strlen(line->title);
    bool begins = n && strncmp(line->text, line->title, n) == 0 &&
                  (!line->text[n] || strchr(" ,:.", line->text[n]));

    smp_buf_puts(out, begins ? "<b class=\"on\">" : "<b>");
    smp_html_escape(out, line->title);
    smp_buf_puts(out, begins ? "</b><span>" : "</b> <span>");
    smp_html_escape(out, line->text + (begins ? n : 0));
    smp_buf_puts(out, "</span>");
}

/* Many clients get the same sentences. */
static void
put_sentence(struct page *page, const struct smp_sheet_line *line)
{
    struct smp_buf *key = &page->memo->key, *set;

    smp_buf_cut(key, 0);
    smp_buf_add(key, line->title, strlen(line->title) + 1);
    smp_buf_puts(key, line->text);
    set = smp_memo_text(page->memo);
    if (!set->len)
        set_sentence(set, line);
    smp_buf_add(page->out, set->data, set->len);
}

/* Returns true if a section says the same in a sentence already. */
static bool
says(const struct smp_sheet_section *section, const struct smp_sheet_line *line)
{
    const struct smp_sheet_group *group;
    const struct smp_sheet_line *other;

    for (group = section ? section->groups : NULL; group; group = group->next)
        for (other = group->lines; other; other = other->next)
            if (other->kind == SMP_LINE_CARE && other->verb == line->verb &&
                strcmp(other->text, line->text) == 0)
                return true;
    return false;
}

static void
put_group(struct page *page, const struct smp_sheet_group *group,
          const struct block *block, const struct smp_sheet_section *known)
{
    const struct smp_sheet_line *line;

    put(page, "<div class=\"g\">\n");
    put_heading(page, group->when);
    put(page, "<ul>\n");
    for (line = group->lines; line; line = line->next) {
        if (!is_of(line, block))
            continue;
        put(page, "<li>");
        put_mark(page, "m", block->class);
        if (says(known, line)) {
            put(page, "<b>");
            smp_html_escape(page->out, line->title);
            put(page, "</b>");
        } else {
            put_sentence(page, line);
        }
        put(page, "</li>\n");
    }
    put(page, "</ul>\n</div>\n");
}

/* Whom to ask, the telephone as a link. */
static void
put_caution(struct page *page, const char *caution)
{
    const char *phone = page->sheet->protocol->studio.phone;
    const char *at = phone ? strstr(caution, phone) : NULL;
    struct smp_buf before = {0};

    put(page, "<p class=\"caution\">");
    if (at) {
        smp_buf_add(&before, caution, (size_t)(at - caution));
        smp_html_escape(page->out, smp_buf_text(&before));
        put_telephone(page, phone);
        smp_html_escape(page->out, at + strlen(phone));
    } else {
        smp_html_escape(page->out, caution);
        if (phone) {
            put(page, " ");
            put_telephone(page, phone);
        }
    }
    put(page, "</p>\n");
    smp_buf_release(&before);
}

static void
put_block(struct page *page, const struct smp_sheet_section *section,
          const struct block *block, const struct smp_sheet_section *known)
{
    const struct smp_sheet_group *group;
    const char *phone = page->sheet->protocol->studio.phone;

    if (!section_has(section, block))
        return;
    put(page, "<div class=\"");
    put(page, block->class);
    put(page, "\">\n");
    open_heading(page);
    put_mark(page, "M", block->class);
    smp_html_escape(page->out, label(page, block->heading));
    close_heading(page);
    page->level++;
    for (group = section->groups; group; group = group->next)
        if (group_has(group, block))
            put_group(page, group, block, known);
    page->level--;
    if (block->warns && phone) {
        put(page, "<p class=\"call\">");
        put_telephone(page, phone);
        put(page, "</p>\n");
    }
    put(page, "</div>\n");
}

static void
put_questions(struct page *page, const struct smp_sheet_section *section)
{
    const struct smp_sheet_group *group;
    const struct smp_sheet_line *line;

    for (group = section->groups; group; group = group->next)
        for (line = group->lines; line; line = line->next) {
            if (line->kind != SMP_LINE_QUESTION)
                continue;
            put(page, "<div class=\"ask g\">\n");
            put_element(page, "p", "w", group->when);
            put(page, "<p>");
            put_mark(page, "m", "ask");
            smp_html_escape(page->out, line->text);
            put(page, "</p>\n</div>\n");
        }
}

static void
put_columns(struct page *page, const struct smp_sheet_section *section,
            const struct smp_sheet_section *known)
{
    int right, i;

    put(page, "<div class=\"two\">\n");
    for (right = 0; right < 2; right++) {
        put(page, right ? "<div class=\"right\">\n" : "<div>\n");
        for (i = 0; i < BLOCKS; i++)
            if (blocks[i].is_right == (right == 1))
                put_block(page, section, &blocks[i], known);
        if (!right)
            put_questions(page, section);
        put(page, "</div>\n");
    }
    put(page, "</div>\n");
}

static void
put_section(struct page *page, const struct smp_sheet_section *section,
            const struct smp_sheet_section *known)
{
    bool before = section->phase == SMP_PRE;

    put(page,
        before ? "<div class=\"phase\">\n" : "<div class=\"phase post\">\n");
    put_heading(page, section->session
                          ? label(page, before ? "page.before" : "page.after")
                          : section->heading);
    if (section->late)
        put_element(page, "p", "late", section->late);
    page->level++;
    put_columns(page, section, known);
    page->level--;
    put(page, "</div>\n");
}

/* Sessions */

/* "Session 2", from the runs' own words. */
static const char *
name_of(const struct page *page, const struct smp_session *session)
{
    const struct smp_run *run;

    for (run = page->sheet->weeks.runs; run; run = run->next)
        if (run->kind == SMP_RUN_SESSION && run->session == session)
            return run->label;
    return "";
}

static void
open_time(struct page *page, const struct smp_session *session)
{
    put(page, "<time datetime=\"");
    put_date(page->out, smp_session_day(session));
    put(page, "\">");
}

static void
put_row(struct page *page, const struct smp_sheet_row *row)
{
    put(page, "<li class=\"");
    put(page, row->session ? smp_status_names[row->session->status] : "choice");
    put(page, "\">\n<p class=\"w\">");
    if (row->session)
        open_time(page, row->session);
    smp_html_escape(page->out, row->date);
    put(page, row->session ? "</time>" : "");
    if (*row->times) {
        put(page, " <span class=\"sub\">");
        smp_html_escape(page->out, row->times);
        put(page, "</span>");
    }
    put(page, "</p>\n");
    if (row->session) {
        put(page, "<p><b>");
        smp_html_escape(page->out, name_of(page, row->session));
        put(page, "</b> <span class=\"st\">");
        smp_html_escape(page->out, row->status);
        put(page, "</span>");
        if (*row->possible) {
            put(page, " <span class=\"sub\">");
            smp_html_escape(page->out, row->possible);
            put(page, "</span>");
        }
        put(page, "</p>\n");
    }
    put(page, "</li>\n");
}

static void
put_rows(struct page *page, const struct smp_session *except)
{
    const struct smp_sheet *sheet = page->sheet;
    size_t i, count = 0;

    for (i = 0; i < sheet->row_count; i++)
        if (sheet->rows[i].session != except) {
            put(page, count++ ? "" : "<ol class=\"list\">\n");
            put_row(page, &sheet->rows[i]);
        }
    put(page, count ? "</ol>\n" : "");
    if (sheet->choose) {
        put_element(page, "p", "lead", sheet->choose);
        put(page, "<ol class=\"list\">\n");
        for (i = 0; i < sheet->choice_count; i++)
            put_row(page, &sheet->choices[i]);
        put(page, "</ol>\n");
    }
    if (sheet->afterwards)
        put_element(page, "p", "note", sheet->afterwards);
}

static void
put_client(struct page *page, const char *more)
{
    if (!page->sheet->client && !more)
        return;
    put(page, "<span class=\"eye\">");
    if (page->sheet->client) {
        put(page, "<bdi>");
        smp_html_escape(page->out, page->sheet->client);
        put(page, "</bdi>");
    }
    put(page, page->sheet->client && more ? ", " : "");
    smp_html_escape(page->out, more ? more : "");
    put(page, "</span>\n");
}

/* The date of the one session in large type. */
static void
put_date_heading(struct page *page, const struct smp_session *session)
{
    const struct smp_sheet_row *row = smp_html_row(page->sheet, session);
    struct smp_buf words = {0};

    put(page, "<h2>");
    put_client(page, name_of(page, session));
    open_time(page, session);
    smp_words_date(&words, page->sheet->protocol, "date.weekday",
                   smp_session_day(session));
    smp_utf8_capital(&words, 0);
    put_element(page, "span", "wk", smp_buf_text(&words));
    smp_buf_cut(&words, 0);
    smp_words_date(&words, page->sheet->protocol, "date.year",
                   smp_session_day(session));
    put(page, "<span class=\"big\">");
    smp_html_escape(page->out, smp_buf_text(&words));
    put(page, "</span></time>\n");
    if (row && *row->clock) {
        put(page, "<span class=\"clock\">");
        smp_html_escape(page->out, row->clock);
        put(page, "</span>");
    }
    put(page, "</h2>\n");
    smp_buf_release(&words);
}

/* The session whose care is said in full; NULL if there is no care. */
static const struct smp_session *
first_session(const struct smp_sheet *sheet)
{
    return sheet->sections ? sheet->sections->session : NULL;
}

static bool
has_later(const struct smp_sheet *sheet)
{
    const struct smp_sheet_section *section;

    for (section = sheet->sections; section; section = section->next)
        if (section->session != first_session(sheet))
            return true;
    return false;
}

/* More sessions than stand beside the care of one on a printed page. */
enum { ROWS_BRIEF = 6 };

static bool
is_long(const struct smp_sheet *sheet)
{
    return has_later(sheet) || sheet->row_count > ROWS_BRIEF ||
           sheet->choice_count;
}

static void
put_hero(struct page *page)
{
    const struct smp_sheet *sheet = page->sheet;
    const struct smp_session *one =
        has_later(sheet) ? NULL : first_session(sheet);
    char id[32] = "c";

    *smp_digits(id + 1, (int)page->client) = '\0';
    put(page, "<div class=\"hero\">\n<div class=\"what\">\n");
    if (one) {
        put_date_heading(page, one);
    } else {
        put(page, "<h2>");
        put_client(page, NULL);
        put(page, "<span class=\"big\">");
        smp_html_escape(page->out, label(page, "page.sessions"));
        put(page, "</span></h2>\n");
    }
    put_element(page, "p", "note", label(page, "entry.session.text"));
    if (one && (sheet->row_count > 1 || sheet->afterwards)) {
        page->level = 3;
        put_heading(page, label(page, "page.next"));
    }
    put_rows(page, one);
    put(page, "</div>\n");
    smp_html_weeks(page->out, sheet, id, one && !is_long(sheet));
    put(page, "</div>\n");
}

/* What is printed at the foot of each side: whose it is, and of what text. */
static void
put_imprint(struct page *page, const struct smp_session *session, int number,
            int count)
{
    const struct smp_protocol *protocol = page->sheet->protocol;
    char n[SMP_DIGITS + 1], m[SMP_DIGITS + 1];
    struct smp_buf words = {0};

    *smp_digits(n, number) = '\0';
    *smp_digits(m, count) = '\0';
    smp_words(&words, protocol, "page.number", SMP_VALUES({"n", n}, {"m", m}));
    put(page, "<p class=\"imprint\">");
    if (page->sheet->client) {
        put(page, "<bdi>");
        smp_html_escape(page->out, page->sheet->client);
        put(page, "</bdi>, ");
    }
    smp_html_escape(page->out, name_of(page, session));
    put(page, " \u00b7 ");
    smp_html_escape(page->out, smp_buf_text(&words));
    put(page, " \u00b7 ");
    smp_html_escape(page->out, protocol->id ? protocol->id : "");
    put(page, "@");
    put(page, protocol->hash);
    put(page, "</p>\n");
    smp_buf_release(&words);
}

static void
put_sign(struct page *page)
{
    const char *sign = page->sheet->protocol->studio.sign;

    if (!sign)
        return;
    put(page, "<div class=\"sign\">\n");
    put_element(page, "p", NULL, *sign ? sign : label(page, "page.sign"));
    put_element(page, "p", "line", label(page, "page.sign.date"));
    put_element(page, "p", "line", label(page, "page.sign.name"));
    put(page, "</div>\n");
}

/* The section of the session in full that has the same phase, or NULL. */
static const struct smp_sheet_section *
known_section(const struct smp_sheet *sheet,
              const struct smp_sheet_section *section)
{
    const struct smp_sheet_section *known = sheet->sections;

    for (; known && known->session == first_session(sheet); known = known->next)
        if (known->phase == section->phase && known->session &&
            known->session != section->session)
            return known;
    return NULL;
}

static void
put_session_heading(struct page *page, const struct smp_session *session)
{
    struct smp_buf words = {0};
    const struct smp_sheet_row *row = smp_html_row(page->sheet, session);

    put(page, "<h3><span class=\"eye\">");
    smp_html_escape(page->out, name_of(page, session));
    if (session->status == SMP_PROPOSED && row) {
        put(page, ", ");
        smp_html_escape(page->out, row->status);
    }
    put(page, "</span>\n");
    open_time(page, session);
    smp_words_date(&words, page->sheet->protocol, "date.full",
                   smp_session_day(session));
    smp_html_escape(page->out, smp_buf_text(&words));
    put(page, "</time>");
    if (row && *row->clock) {
        put(page, ", <span class=\"clock\">");
        smp_html_escape(page->out, row->clock);
        put(page, "</span>");
    }
    put(page, "</h3>\n");
    smp_buf_release(&words);
}

/* The care of one session; returns the section after it. */
static const struct smp_sheet_section *
put_session(struct page *page, const struct smp_sheet_section *section)
{
    const struct smp_session *session = section->session;
    bool single = !has_later(page->sheet);
    bool in_full = session == first_session(page->sheet);
    const struct smp_sheet_section *end = section;
    struct smp_buf words = {0};
    int sides = 0, side = 0;

    for (; end && end->session == session; end = end->next)
        sides++;
    put(page, in_full ? "<section class=\"session full\">\n"
                      : "<section class=\"session brief\">\n");
    if (session && !single)
        put_session_heading(page, session);
    if (session && !in_full) {
        struct smp_buf number = {0};

        smp_buf_digits(&number, first_session(page->sheet)->number);
        smp_words(&words, page->sheet->protocol, "page.same",
                  SMP_VALUES({"n", smp_buf_text(&number)}));
        put_element(page, "p", "note", smp_buf_text(&words));
        smp_buf_release(&number);
        smp_buf_release(&words);
        sides = 1;
    }
    page->level = !session ? page->level : single ? 3 : 4;
    for (; section != end; section = section->next) {
        put_section(page, section, known_section(page->sheet, section));
        if (in_full && session && section->next != end)
            put_imprint(page, session, ++side, sides);
    }
    if (session) {
        put_caution(page, page->sheet->caution);
        put_sign(page);
        put_imprint(page, session, sides, sides);
    }
    put(page, "</section>\n");
    return end;
}

static void
put_lines(struct page *page)
{
    const struct smp_sheet_line *line;

    if (page->sheet->title)
        put_heading(page, page->sheet->title);
    for (line = page->sheet->lines; line; line = line->next)
        put_element(page, "p", line->kind == SMP_LINE_LISTED ? "item" : NULL,
                    line->text);
}

static void
put_sheet(struct smp_medium *medium, const struct smp_sheet *sheet)
{
    struct page page = {.out = medium->out,
                        .memo = &medium->memo,
                        .sheet = sheet,
                        .client = ++medium->sheets,
                        .level = 2};
    const struct smp_sheet_section *section = sheet->sections;

    if (page.client == 1) { /* the file is in the language of the first */
        smp_html_head(page.out, sheet->protocol, "calendar.name", NULL);
        put_element(&page, "h1", NULL, label(&page, "calendar.name"));
    }
    put(&page, is_long(sheet) ? "<article class=\"long\" lang=\""
                              : "<article lang=\"");
    smp_html_escape(page.out, sheet->protocol->lang);
    put(&page, "\">\n");
    put_studio(&page);
    if (sheet->row_count)
        put_hero(&page);
    else if (sheet->client)
        put_element(&page, "h2", NULL, sheet->client);
    page.level = sheet->client || sheet->row_count ? 3 : 2;
    put_lines(&page);
    while (section)
        section = put_session(&page, section);
    if (!first_session(sheet) && sheet->caution)
        put_caution(&page, sheet->caution);
    put(&page, "</article>\n");
}

static void
end(struct smp_medium *medium)
{
    if (medium->sheets)
        smp_buf_puts(medium->out, smp_html_foot);
}

const struct smp_setter smp_html = {.page = true, .put = put_sheet, .end = end};
