#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "time/zone.h"
#include "calendar/calendar.h"
#include "import/internal.h"

enum {
    LENGTH_MAX = 24 * 3600,
    WORDS_SHOWN = 20,
    WORD_SHOWN = 40,
    PHONE_LEAST = 8, /* digits of a number with its country */
    PHONE_MOST = 15
};

void
smp_imp_say(struct smp_import *import, enum smp_import_said kind,
            unsigned long line, const char *format, ...)
{
    struct smp_buf text = {0};
    va_list args;

    va_start(args, format);
    smp_buf_vprintf(&text, format, args);
    va_end(args);
    import->refused = import->refused || kind == SMP_SAID_REFUSED;
    import->say(import->context, kind, line, smp_buf_text(&text));
    smp_buf_release(&text);
}

/* texts and persons */

static void
grow_strings(struct imp_strings *strings)
{
    struct imp_strings larger = {.room =
                                     strings->room ? 2 * strings->room : 1024,
                                 .count = strings->count};
    size_t i, slot;

    larger.at = smp_calloc(larger.room, sizeof *larger.at);
    for (i = 0; i < strings->room; i++) {
        if (!strings->at[i].text)
            continue;
        slot = strings->at[i].hash & (larger.room - 1);
        while (larger.at[slot].text)
            slot = (slot + 1) & (larger.room - 1);
        larger.at[slot] = strings->at[i];
    }
    free(strings->at);
    *strings = larger;
}

const char *
smp_imp_keep(struct smp_gathered *gathered, const char *text, size_t n)
{
    struct imp_strings *strings = &gathered->strings;
    uint64_t hash = smp_hash(text, n, 0);
    struct imp_string *at;
    size_t slot;

    if (!n)
        return NULL;
    if (2 * strings->count >= strings->room)
        grow_strings(strings);
    slot = hash & (strings->room - 1);
    for (at = &strings->at[slot]; at->text; at = &strings->at[slot]) {
        if (at->hash == hash && strncmp(at->text, text, n) == 0 && !at->text[n])
            return at->text;
        slot = (slot + 1) & (strings->room - 1);
    }
    strings->count++;
    at->hash = hash;
    return at->text = smp_arena_strndup(&gathered->arena, text, n);
}

const char *
smp_imp_copy(struct smp_gathered *gathered, const char *text, size_t n)
{
    return n ? smp_arena_strndup(&gathered->arena, text, n) : NULL;
}

static const char *
or_empty(const char *text)
{
    return text ? text : "";
}

static bool
same(const char *a, const char *b)
{
    return strcmp(or_empty(a), or_empty(b)) == 0;
}

static void
grow_persons(struct smp_gathered *gathered)
{
    size_t i, slot;

    gathered->slot_count =
        gathered->slot_count ? 2 * gathered->slot_count : 1024;
    free(gathered->slots);
    gathered->slots = smp_calloc(gathered->slot_count, sizeof *gathered->slots);
    for (i = 0; i < gathered->person_count; i++) {
        slot = gathered->persons[i].hash & (gathered->slot_count - 1);
        while (gathered->slots[slot])
            slot = (slot + 1) & (gathered->slot_count - 1);
        gathered->slots[slot] = (uint32_t)i + 1;
    }
}

size_t
smp_imp_person(struct smp_gathered *gathered, const char *id, const char *email,
               const char *name, unsigned long line)
{
    uint64_t hash = smp_hash(or_empty(id), strlen(or_empty(id)), 1);
    struct imp_person *person;
    size_t slot;

    hash = smp_hash(or_empty(email), strlen(or_empty(email)), hash);
    hash = smp_hash(or_empty(name), strlen(or_empty(name)), hash);
    if (2 * gathered->person_count >= gathered->slot_count)
        grow_persons(gathered);
    slot = hash & (gathered->slot_count - 1);
    while (gathered->slots[slot]) {
        person = &gathered->persons[gathered->slots[slot] - 1];
        if (person->hash == hash && same(person->id, id) &&
            same(person->email, email) && same(person->name, name))
            return gathered->slots[slot] - 1;
        slot = (slot + 1) & (gathered->slot_count - 1);
    }
    gathered->persons =
        smp_grow(gathered->persons, gathered->person_count,
                 &gathered->person_room, sizeof *gathered->persons);
    person = &gathered->persons[gathered->person_count++];
    *person = (struct imp_person){
        .id = smp_imp_copy(gathered, or_empty(id), strlen(or_empty(id))),
        .email =
            smp_imp_keep(gathered, or_empty(email), strlen(or_empty(email))),
        .name = smp_imp_keep(gathered, or_empty(name), strlen(or_empty(name))),
        .hash = hash,
        .line = line};
    gathered->slots[slot] = (uint32_t)gathered->person_count;
    return gathered->person_count - 1;
}

struct imp_appointment *
smp_imp_add(struct smp_gathered *gathered)
{
    struct imp_appointment *added;

    gathered->all = smp_grow(gathered->all, gathered->count, &gathered->room,
                             sizeof *gathered->all);
    added = &gathered->all[gathered->count];
    *added = (struct imp_appointment){.order = gathered->count++};
    return added;
}

bool
smp_imp_finds(const regex_t *regex, const char *text, size_t n,
              regmatch_t *groups)
{
    int found = regexec(regex, text, n, groups, 0);

    if (found && found != REG_NOMATCH)
        smp_out_of_memory();
    return !found;
}

struct imp_cell
smp_imp_client_in(const struct smp_import *import, const char *subject)
{
    size_t from = 0, to = strlen(subject);
    regmatch_t groups[2];

    if (import->client && smp_imp_finds(import->client, subject, 2, groups)) {
        const regmatch_t *found = groups[1].rm_so < 0 ? &groups[0] : &groups[1];

        from = (size_t)found->rm_so;
        to = (size_t)found->rm_eo;
    }
    return smp_imp_trim(subject + from, to - from);
}

/* cells */

struct row {
    struct smp_import *import;
    struct smp_gathered *gathered;
    const struct imp_cell *cells;
    size_t count;
    unsigned long line;
    size_t person;
    bool has_person;
};

static const struct imp_cell none = {"", 0};

static struct imp_cell
cell_of(const struct row *row, enum imp_role role, size_t which)
{
    const struct imp_columns *columns = &row->gathered->columns;

    return which < columns->count[role] && columns->at[role][which] < row->count
               ? row->cells[columns->at[role][which]]
               : none;
}

static bool
has_column(const struct row *row, enum imp_role role)
{
    return row->gathered->columns.count[role] > 0;
}

/* Appends a cell in one line, blanks together, nothing that controls. */
static void
put_clean(struct smp_buf *out, struct imp_cell cell)
{
    size_t i, from = out->len;
    bool plain = true;

    for (i = 0; i < cell.n && plain; i++)
        plain = cell.at[i] > ' ' ||
                (cell.at[i] == ' ' && i && cell.at[i - 1] != ' ');
    if (plain) {
        smp_buf_add(out, cell.at, cell.n);
        return;
    }
    smp_utf8_clean(out, cell.at, cell.n);
    for (i = from; out->len && i < out->len;) {
        if (out->data[i] == '\xc2' && out->data[i + 1] == '\xa0') {
            out->data[i] = ' ';
            memmove(out->data + i + 1, out->data + i + 2, out->len - i - 1);
            out->len--;
        }
        if (out->data[i] == ' ' && (i == from || out->data[i - 1] == ' ')) {
            memmove(out->data + i, out->data + i + 1, out->len - i);
            out->len--;
        } else {
            i++;
        }
    }
    if (out->len > from && out->data[out->len - 1] == ' ')
        smp_buf_cut(out, out->len - 1);
}

/* All columns of a role, joined by blanks, into an empty buffer. */
static const char *
joined(const struct row *row, enum imp_role role, struct smp_buf *out)
{
    size_t i;

    smp_buf_cut(out, 0);
    for (i = 0; i < row->gathered->columns.count[role]; i++) {
        struct imp_cell cell = cell_of(row, role, i);

        if (cell.n && out->len)
            smp_buf_putc(out, ' ');
        put_clean(out, cell);
    }
    return smp_buf_text(out);
}

static const char *
column_name(const struct row *row, enum imp_role role)
{
    const struct smp_gathered *gathered = row->gathered;

    return has_column(row, role)
               ? gathered->names[gathered->columns.at[role][0]]
               : "";
}

/* Rejects the row, by a column if there is one; IMP_ROLES: by none. */
static bool
reject(const struct row *row, enum imp_role role, const char *what)
{
    const char *name = role < IMP_ROLES ? column_name(row, role) : "";

    smp_imp_say(row->import, SMP_SAID_REJECTED, row->line, "%s%s%s%s",
                *name ? "column \"" : "", name, *name ? "\": " : "", what);
    return false;
}

/* What says whether the row is an appointment that is wanted. */
static bool
selects(enum imp_role role)
{
    return role == IMP_BLOCK || role == IMP_SERVICE || role == IMP_SUBJECT;
}

static bool
names_client(enum imp_role role)
{
    return role <= IMP_EMAIL || role == IMP_SUBJECT;
}

/* Whether columns of one name agree; an empty cell says nothing. */
static bool
twins_agree(struct row *row, bool selecting)
{
    const struct smp_gathered *gathered = row->gathered;
    size_t i;

    for (i = 0; i < gathered->twin_count; i++) {
        const struct imp_twins *twins = &gathered->twins[i];
        struct imp_cell first = row->cells[twins->first];
        struct imp_cell other = row->cells[twins->other];

        if (selects(twins->role) != selecting || !other.n ||
            (first.n == other.n && memcmp(first.at, other.at, first.n) == 0))
            continue;
        row->has_person = row->has_person && !names_client(twins->role);
        smp_imp_say(row->import, SMP_SAID_REJECTED, row->line,
                    "column \"%s\": another column of this name differs",
                    gathered->names[twins->first]);
        return false;
    }
    return true;
}

static int
number_of_cell(const struct row *row, enum imp_table table,
               struct imp_cell cell)
{
    smp_imp_comparable(&row->gathered->other, cell.at, cell.n, false);
    return smp_imp_number(row->import->formats, table,
                          smp_buf_text(&row->gathered->other),
                          row->gathered->other.len);
}

/* who */

/* "Field, Jo" is Jo Field; a comma before "Jr" or a title is not looked into.
 */
static void
turn_name(struct smp_buf *name)
{
    char *comma = name->len ? strchr(name->data, ',') : NULL;
    struct smp_buf turned = {0};

    if (!comma || strchr(comma + 1, ',') || comma == name->data ||
        comma[1] != ' ' || !comma[2])
        return;
    smp_buf_puts(&turned, comma + 2);
    smp_buf_putc(&turned, ' ');
    smp_buf_add(&turned, name->data, (size_t)(comma - name->data));
    smp_buf_cut(name, 0);
    smp_buf_puts(name, turned.data);
    smp_buf_release(&turned);
}

static bool
has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    const char *at = text;

    while ((at = strstr(at, word))) {
        if ((at == text || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
        at += n;
    }
    return false;
}

/* First name, name and last name, each unless the others have it already. */
static void
put_name(const struct row *row, struct smp_buf *name)
{
    struct smp_buf part = {0};

    joined(row, IMP_NAME, name);
    turn_name(name);
    joined(row, IMP_FIRST, &part);
    if (part.len && !(name->len && has_word(name->data, part.data))) {
        if (name->len)
            smp_buf_putc(&part, ' ');
        smp_buf_puts(&part, smp_buf_text(name));
        smp_buf_cut(name, 0);
        smp_buf_puts(name, part.data);
    }
    joined(row, IMP_LAST, &part);
    if (part.len && !(name->len && has_word(name->data, part.data))) {
        if (name->len)
            smp_buf_putc(name, ' ');
        smp_buf_puts(name, part.data);
    }
    smp_buf_release(&part);
}

/* "Jo Field (jo@example.org)", "Jo Field <jo@example.org>" */
static void
split_who(struct imp_cell who, struct smp_buf *name, struct smp_buf *email)
{
    const char *open = memchr(who.at, '(', who.n);
    struct imp_cell address;

    if (!open)
        open = memchr(who.at, '<', who.n);
    if (!open || who.n < 3) {
        put_clean(memchr(who.at, '@', who.n) ? email : name, who);
        return;
    }
    put_clean(name, smp_imp_trim(who.at, (size_t)(open - who.at)));
    address = (struct imp_cell){open + 1, who.n - (size_t)(open - who.at) - 1};
    while (address.n && strchr(")> ", address.at[address.n - 1]))
        address.n--;
    if (memchr(address.at, '@', address.n))
        put_clean(email, address);
}

/* What the client is called in a subject. */
static void
put_subject(const struct row *row, struct smp_buf *name)
{
    put_clean(name,
              smp_imp_client_in(
                  row->import, joined(row, IMP_SUBJECT, &row->gathered->text)));
}

static void
lower(struct smp_buf *text)
{
    size_t i;

    for (i = 0; i < text->len; i++)
        if (text->data[i] >= 'A' && text->data[i] <= 'Z')
            text->data[i] = (char)(text->data[i] - 'A' + 'a');
}

/* An address as there is one: one @, no blanks, nothing else around it. */
static bool
is_address(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at > text && !strchr(at + 1, '@') && at[1] &&
           !strpbrk(text, " ,;<>()\"") && strlen(text) <= 254;
}

/* One that was meant as an address; dashes and words stand for none. */
static void
note_bad_address(struct row *row, const char *text)
{
    if (strpbrk(text, "@(") && !row->gathered->bad_addresses++)
        row->gathered->bad_address_line = row->line;
}

/* "0", "N/A", "none": what systems write for clients that have no id. */
static bool
is_no_id(const struct row *row, const struct smp_buf *id)
{
    const struct smp_formats *formats = row->import->formats;
    struct smp_buf plain = {0};
    bool is;

    smp_imp_comparable(&plain, smp_buf_text(id), id->len, false);
    is = id->len && (smp_imp_number(formats, IMP_TABLE_WALK_INS,
                                    smp_buf_text(&plain), plain.len) >= 0 ||
                     smp_imp_number(formats, IMP_TABLE_TRUTH,
                                    smp_buf_text(&plain), plain.len) == 0);
    smp_buf_release(&plain);
    return is;
}

static bool
find_person(struct row *row)
{
    struct smp_gathered *gathered = row->gathered;
    struct smp_buf *name = &gathered->name, *email = &gathered->email;
    struct smp_buf *id = &gathered->id;
    struct imp_cell who = cell_of(row, IMP_WHO, 0);

    smp_buf_cut(name, 0);
    smp_buf_cut(email, 0);
    if (who.n)
        split_who(who, name, email);
    if (!name->len)
        put_name(row, name);
    if (row->import->client && has_column(row, IMP_SUBJECT))
        smp_buf_cut(name, 0);
    if (!name->len && has_column(row, IMP_SUBJECT))
        put_subject(row, name);
    if (!email->len)
        put_clean(email, cell_of(row, IMP_EMAIL, 0));
    lower(email);
    if (email->len && strncmp(email->data, "mailto:", 7) == 0)
        memmove(email->data, email->data + 7, (email->len -= 7) + 1);
    if (email->len && !is_address(email->data)) {
        note_bad_address(row, email->data);
        smp_buf_cut(email, 0);
    }
    joined(row, IMP_ID, id);
    if (is_no_id(row, id))
        smp_buf_cut(id, 0);
    row->has_person =
        (id->len || email->len || name->len) &&
        !(gathered->loose_quotes &&
          (strchr(smp_buf_text(name), '"') || strchr(smp_buf_text(id), '"')));
    if (row->has_person)
        row->person =
            smp_imp_person(gathered, smp_buf_text(id), smp_buf_text(email),
                           smp_buf_text(name), row->line);
    if (!row->gathered->told_others && cell_of(row, IMP_OTHERS, 0).n) {
        smp_imp_say(row->import, SMP_SAID_REMARK, row->line,
                    "several attendees: the first one is the client");
        gathered->told_others = true;
    }
    return row->has_person ||
           reject(row, IMP_ROLES, "no client, or a stray quote in its name");
}

/* A number in E.164, with its country; nothing if the country is not known. */
static void
find_phone(const struct row *row)
{
    struct imp_person *person = &row->gathered->persons[row->person];
    struct imp_cell cell = cell_of(row, IMP_PHONE, 0);
    struct imp_cell country = cell_of(row, IMP_COUNTRY, 0);
    char digits[PHONE_MOST + 8] = "", *out = digits;
    size_t i, n = 0;
    bool international = false;

    while (cell.n && (*cell.at == '\'' || *cell.at == '='))
        cell.at++, cell.n--;
    for (i = 0; i < cell.n; i++) {
        if (cell.at[i] == '+' && !n)
            international = true;
        else if (cell.at[i] >= '0' && cell.at[i] <= '9' && n < PHONE_MOST + 3)
            digits[n++] = cell.at[i];
        else if (!strchr(" .-()/\"", cell.at[i]) && !(cell.at[i] & 0x80))
            return;
    }
    if (!international && n > 2 && strncmp(digits, "00", 2) == 0) {
        out += 2;
        n -= 2;
        international = true;
    }
    smp_buf_cut(&row->gathered->text, 0);
    smp_buf_putc(&row->gathered->text, '+');
    for (i = 0; !international && i < country.n; i++)
        if (country.at[i] >= '0' && country.at[i] <= '9')
            smp_buf_putc(&row->gathered->text, country.at[i]);
    if (!international && row->gathered->text.len > 1) {
        international = true;
        if (n && *out == '0')
            out++, n--;
    }
    smp_buf_add(&row->gathered->text, out, n);
    n = row->gathered->text.len - 1;
    if (international && n >= PHONE_LEAST && n <= PHONE_MOST &&
        row->gathered->text.data[1] != '0' &&
        !same(person->phone, row->gathered->text.data))
        person->phone =
            smp_imp_copy(row->gathered, row->gathered->text.data, n + 1);
}

static void
take_consent(const struct row *row, enum imp_role role, bool out,
             unsigned char *kept)
{
    struct imp_cell cell = cell_of(row, role, 0);
    int yes = cell.n ? number_of_cell(row, IMP_TABLE_TRUTH, cell) : -1;

    if (yes >= 0)
        *kept = (yes == 1) != out ? IMP_OPTED_IN : IMP_OPTED_OUT;
}

static void
find_consent(const struct row *row, struct imp_appointment *appointment)
{
    unsigned char both = IMP_UNSAID;

    take_consent(row, IMP_BOTH_IN, false, &both);
    take_consent(row, IMP_BOTH_OUT, true, &both);
    appointment->mail = appointment->sms = both;
    take_consent(row, IMP_MAIL_IN, false, &appointment->mail);
    take_consent(row, IMP_MAIL_OUT, true, &appointment->mail);
    take_consent(row, IMP_SMS_IN, false, &appointment->sms);
    take_consent(row, IMP_SMS_OUT, true, &appointment->sms);
}

/* when */

static struct imp_moment_kept
keep_moment(const struct imp_moment *moment)
{
    return (struct imp_moment_kept){moment->year, moment->month,
                                    moment->day,  moment->swappable,
                                    moment->time, moment->offset};
}

/* Notes what a date says about the order of day and month. */
static void
note_order(const struct row *row, const struct imp_moment *moment,
           struct imp_cell cell)
{
    struct smp_gathered *gathered = row->gathered;

    if (!moment->year || !moment->swappable)
        return;
    if (moment->month > 12 && !gathered->eu_line)
        gathered->eu_line = row->line;
    else if (moment->month <= 12 && moment->day > 12 && !gathered->us_line)
        gathered->us_line = row->line;
    else if (!moment->decided && !gathered->unsure_line) {
        gathered->unsure_line = row->line;
        gathered->unsure[0] = '\0';
        if (cell.n < sizeof gathered->unsure) {
            memcpy(gathered->unsure, cell.at, cell.n);
            gathered->unsure[cell.n] = '\0';
        }
    }
}

static bool
read_moment(const struct row *row, enum imp_role role,
            struct imp_moment *moment)
{
    struct imp_cell cell = cell_of(row, role, 0);

    if (!smp_imp_moment(row->import->formats, cell.at, cell.n, moment))
        return reject(row, role, "not a date or time that is known");
    note_order(row, moment, cell);
    return true;
}

/* What the moment lacks, from another column. */
static bool
complete_moment(const struct row *row, enum imp_role role,
                struct imp_moment *moment)
{
    struct imp_moment other;

    if ((moment->year && moment->time != IMP_NO_TIME) ||
        !cell_of(row, role, 0).n)
        return true;
    if (!read_moment(row, role, &other))
        return false;
    if (!moment->year && other.year) {
        moment->year = other.year;
        moment->month = other.month;
        moment->day = other.day;
        moment->swappable = other.swappable;
    }
    if (moment->time == IMP_NO_TIME) {
        moment->time = other.time;
        if (other.offset != IMP_NO_OFFSET)
            moment->offset = other.offset;
    }
    if (moment->end == IMP_NO_TIME)
        moment->end = other.end;
    if (!moment->zone[0])
        memcpy(moment->zone, other.zone, sizeof moment->zone);
    return true;
}

/* The end that a column "from - to" has, if it is of the same beginning. */
static void
take_slot_end(const struct row *row, struct imp_moment *moment)
{
    struct imp_cell cell = cell_of(row, IMP_SLOT, 0);
    struct imp_moment slot;

    if (moment->end == IMP_NO_TIME && cell.n &&
        smp_imp_moment(row->import->formats, cell.at, cell.n, &slot) &&
        slot.time == moment->time)
        moment->end = slot.end;
}

static int64_t
unit_of(const struct row *row)
{
    static const struct {
        const char *word;
        int seconds;
    } units[] = {{"min", 60},       {"hour", 3600}, {"hrs", 3600},
                 {"stunden", 3600}, {"second", 1},  {"length", 60}};
    struct smp_buf name = {0};
    int64_t unit = 0;
    size_t i;

    smp_buf_puts(&name, column_name(row, IMP_DURATION));
    lower(&name);
    for (i = 0; i < sizeof units / sizeof units[0] && !unit; i++)
        if (strstr(smp_buf_text(&name), units[i].word))
            unit = units[i].seconds;
    smp_buf_release(&name);
    return unit;
}

static bool
find_zone(const struct row *row, const char *name, size_t n,
          const struct smp_zone **zone)
{
    struct smp_gathered *gathered = row->gathered;
    struct smp_zones *zones = row->import->defaults.zones;
    struct smp_err err = {0};
    const char *iana;
    struct smp_buf text = {0};

    if (n == strlen(gathered->last_zone_name) &&
        strncmp(gathered->last_zone_name, name, n) == 0) {
        *zone = gathered->last_zone;
        return true;
    }
    smp_buf_add(&text, name, n);
    *zone = smp_zones_get(zones, smp_buf_text(&text), &err);
    smp_err_clear(&err);
    iana = *zone ? NULL : smp_windows_zone(smp_buf_text(&text));
    if (!*zone && !iana) {
        smp_imp_comparable(&gathered->other, name, n, false);
        iana = smp_imp_look_up(row->import->formats, IMP_TABLE_ZONES,
                               smp_buf_text(&gathered->other),
                               gathered->other.len);
    }
    if (iana)
        *zone = smp_zones_get(zones, iana, &err);
    smp_err_release(&err);
    if (*zone && n < sizeof gathered->last_zone_name) {
        memcpy(gathered->last_zone_name, text.data, n + 1);
        gathered->last_zone = *zone;
    }
    smp_buf_release(&text);
    return *zone || reject(row, IMP_ZONE, "a time zone that is not known");
}

/* "america/toronto", as it was read, is America/Toronto. */
static void
capitalise(char *zone)
{
    bool first = true;

    for (; *zone; zone++) {
        if (first && *zone >= 'a' && *zone <= 'z')
            *zone = (char)(*zone - 'a' + 'A');
        first = *zone == '/' || *zone == '_' || *zone == '-';
    }
}

/* "EST" means what it means in the zone of the row, if it means anything. */
static bool
apply_abbreviation(const struct row *row, struct imp_moment *moment,
                   struct imp_appointment *appointment)
{
    const struct smp_zone *zone =
        appointment->zone ? appointment->zone : row->import->zone;
    const struct smp_zone_rule *rule = smp_zone_rule(zone);

    if (strcasecmp(rule->standard_name, moment->zone) == 0)
        moment->offset = rule->standard;
    else if (rule->changes &&
             strcasecmp(rule->daylight_name, moment->zone) == 0)
        moment->offset = rule->daylight;
    else
        return reject(row, IMP_START,
                      "an abbreviation that the time zone does not have");
    if (appointment->to.year && appointment->to.offset == IMP_NO_OFFSET)
        appointment->to.offset = moment->offset;
    return true;
}

static bool
read_end(const struct row *row, const struct imp_moment *start,
         struct imp_appointment *appointment)
{
    struct imp_moment end = {
        .time = IMP_NO_TIME, .end = IMP_NO_TIME, .offset = IMP_NO_OFFSET};
    struct imp_cell length = cell_of(row, IMP_DURATION, 0);

    if (!read_moment(row, IMP_END, &end) ||
        !complete_moment(row, IMP_END_DATE, &end))
        return false;
    if (end.time == IMP_NO_TIME && start->end != IMP_NO_TIME) {
        end.time = start->end;
        end.year = 0;
    }
    if (end.time != IMP_NO_TIME && !end.year) {
        end.year = start->year;
        end.month = start->month;
        end.day = start->day;
        end.swappable = start->swappable;
        if (end.offset == IMP_NO_OFFSET)
            end.offset = start->offset;
    }
    if (end.time != IMP_NO_TIME) {
        appointment->to = keep_moment(&end);
    } else if (length.n) {
        int64_t seconds = smp_imp_length(row->import->formats, length.at,
                                         length.n, unit_of(row));

        if (!seconds || seconds > LENGTH_MAX)
            return reject(row, IMP_DURATION,
                          "not a length of at most 24 hours");
        appointment->length = (int32_t)seconds;
    }
    return true;
}

static bool
find_time(const struct row *row, struct imp_appointment *appointment)
{
    struct imp_moment start = {
        .time = IMP_NO_TIME, .end = IMP_NO_TIME, .offset = IMP_NO_OFFSET};
    struct imp_cell zone = cell_of(row, IMP_ZONE, 0);
    struct imp_cell all_day = cell_of(row, IMP_ALL_DAY, 0);

    if (!read_moment(row, IMP_START, &start) ||
        !complete_moment(row, IMP_DATE, &start) ||
        !complete_moment(row, IMP_TIME, &start) ||
        !complete_moment(row, IMP_SLOT, &start))
        return false;
    if (!start.year)
        return reject(row, has_column(row, IMP_DATE) ? IMP_DATE : IMP_START,
                      "no date");
    take_slot_end(row, &start);
    if (all_day.n && number_of_cell(row, IMP_TABLE_TRUTH, all_day) == 1) {
        start.time = start.end = IMP_NO_TIME;
        appointment->all_day = true;
    } else if (start.time == IMP_NO_TIME &&
               (has_column(row, IMP_TIME) || has_column(row, IMP_SLOT))) {
        return reject(row, has_column(row, IMP_TIME) ? IMP_TIME : IMP_SLOT,
                      "no time of day");
    } else if (start.time == IMP_NO_TIME) {
        appointment->all_day = true;
    } else if (!read_end(row, &start, appointment)) {
        return false;
    }
    if (zone.n && !find_zone(row, zone.at, zone.n, &appointment->zone))
        return false;
    if (start.zone[0] && !strchr(start.zone, '/') &&
        !apply_abbreviation(row, &start, appointment))
        return false;
    appointment->from = keep_moment(&start);
    if (!strchr(start.zone, '/'))
        return true;
    capitalise(start.zone);
    return find_zone(row, start.zone, strlen(start.zone), &appointment->zone);
}

/* status */

enum { STATUS_NO_SHOW = SMP_CANCELLED + 1, STATUS_IGNORED, STATUS_UNKNOWN };

static const int status_of[] = {SMP_BOOKED, SMP_DONE, SMP_CANCELLED,
                                STATUS_NO_SHOW, STATUS_IGNORED};

static void
count_word(const struct row *row, struct imp_cell cell)
{
    struct smp_gathered *gathered = row->gathered;
    const char *text;
    size_t i;

    smp_buf_cut(&gathered->text, 0);
    put_clean(&gathered->text, cell);
    text = smp_buf_text(&gathered->text);
    for (i = 0; i < gathered->word_count; i++)
        if (strcmp(gathered->words[i].text, text) == 0) {
            gathered->words[i].count++;
            return;
        }
    gathered->words = smp_grow(gathered->words, gathered->word_count,
                               &gathered->word_room, sizeof *gathered->words);
    gathered->words[gathered->word_count++] = (struct imp_word){
        smp_arena_strdup(&gathered->arena, text), 1, row->line};
}

static int
status_of_cell(const struct row *row, struct imp_cell cell, const char **said)
{
    struct smp_gathered *gathered = row->gathered;
    struct imp_status_memo *memo =
        &gathered
             ->statuses[(cell.n + (cell.n ? (unsigned char)*cell.at : 0)) % 16];
    int found;

    if (memo->text[0] && memo->n == cell.n && cell.n &&
        memcmp(memo->text, cell.at, cell.n) == 0) {
        *said = memo->said;
        return memo->status;
    }
    found = number_of_cell(row, IMP_TABLE_STATUS, cell);
    found = found < 0 ? STATUS_UNKNOWN : status_of[found];
    if (found == STATUS_NO_SHOW) {
        smp_buf_cut(&gathered->text, 0);
        put_clean(&gathered->text, cell);
        *said = smp_imp_keep(gathered, gathered->text.data, gathered->text.len);
    }
    if (found != STATUS_UNKNOWN && cell.n && cell.n < sizeof memo->text) {
        memcpy(memo->text, cell.at, cell.n);
        memo->n = cell.n;
        memo->status = found;
        memo->said = *said;
    }
    return found;
}

/* A column that says yes, no, or since when. */
static bool
read_flag(const struct row *row, enum imp_role role, bool any, bool *yes)
{
    size_t i;

    *yes = false;
    for (i = 0; i < row->gathered->columns.count[role]; i++) {
        struct imp_cell cell = cell_of(row, role, i);
        int truth = number_of_cell(row, IMP_TABLE_TRUTH, cell);
        struct imp_moment moment;

        if (truth < 0 && !any &&
            !(smp_imp_moment(row->import->formats, cell.at, cell.n, &moment) &&
              moment.year))
            return reject(row, role, "neither yes nor no");
        *yes = *yes || truth;
    }
    return true;
}

static bool
find_status(const struct row *row, struct imp_appointment *appointment,
            bool *ignored)
{
    struct imp_cell cell = cell_of(row, IMP_STATUS, 0);
    bool cancelled, no_show;
    int status = SMP_BOOKED;

    if (!read_flag(row, IMP_CANCELLED, false, &cancelled) ||
        !read_flag(row, IMP_NO_SHOW, true, &no_show))
        return false;
    if (has_column(row, IMP_STATUS))
        status = status_of_cell(row, cell, &appointment->said);
    if (status == STATUS_UNKNOWN) {
        count_word(row, cell);
        return false;
    }
    if (no_show && status != STATUS_NO_SHOW) {
        status = STATUS_NO_SHOW;
        appointment->said = "no show";
    }
    *ignored = status == STATUS_IGNORED;
    appointment->status =
        (unsigned char)(cancelled || status == STATUS_NO_SHOW ? SMP_CANCELLED
                                                              : status);
    return true;
}

/* the row */

static bool
is_wanted(const struct row *row)
{
    const regex_t *match = row->import->match;
    const char *text;

    if (!match)
        return true;
    text = joined(row, IMP_SERVICE, &row->gathered->text);
    if (*text && smp_imp_finds(match, text, 0, NULL))
        return true;
    text = joined(row, IMP_SUBJECT, &row->gathered->text);
    return smp_imp_finds(match, *text ? text : " ", 0, NULL);
}

static size_t
count_filled(const struct row *row, struct imp_cell *first)
{
    size_t i, filled = 0;

    for (i = 0; i < row->count; i++)
        if (row->cells[i].n && !filled++)
            *first = row->cells[i];
    return filled;
}

static bool
has_date(const struct row *row)
{
    enum imp_role role = has_column(row, IMP_DATE) ? IMP_DATE : IMP_START;
    struct imp_cell cell = cell_of(row, role, 0);
    struct imp_moment moment;

    return cell.n &&
           smp_imp_moment(row->import->formats, cell.at, cell.n, &moment) &&
           moment.year;
}

/* "Total", "Total: 12 appointments" */
static bool
is_total(const struct row *row, struct imp_cell first)
{
    const struct smp_formats *formats = row->import->formats;
    struct smp_buf *words = &row->gathered->other;

    smp_imp_comparable(words, first.at, first.n, false);
    return smp_imp_number(formats, IMP_TABLE_TOTALS, smp_buf_text(words),
                          strcspn(smp_buf_text(words), " ")) >= 0 ||
           smp_imp_number(formats, IMP_TABLE_TOTALS, smp_buf_text(words),
                          words->len) >= 0;
}

static bool
is_cell(const struct row *row, enum imp_role role, struct imp_cell cell)
{
    return cell_of(row, role, 0).at == cell.at;
}

/* A row of totals, a title, an empty one, the header once more. Somebody's name
 * can begin like a total: a date that is not understood is not passed over. */
static bool
is_no_row(const struct row *row)
{
    const struct smp_gathered *gathered = row->gathered;
    struct imp_cell first = none;
    size_t filled = count_filled(row, &first), i;
    size_t when = cell_of(row, IMP_START, 0).n + cell_of(row, IMP_DATE, 0).n;

    if (!filled)
        return true;
    if (is_total(row, first) && !has_date(row) &&
        (!when || is_cell(row, IMP_START, first) ||
         is_cell(row, IMP_DATE, first)))
        return true;
    if (when) {
        for (i = 0; i < row->count && i < gathered->column_count; i++)
            if (strlen(gathered->names[i]) != row->cells[i].n ||
                memcmp(gathered->names[i], row->cells[i].at, row->cells[i].n) !=
                    0)
                return false;
        return true;
    }
    return !gathered->no_titles && filled == 1 && gathered->column_count > 2 &&
           row->count <= gathered->column_count;
}

static bool
has_right_count(const struct row *row)
{
    size_t i;

    for (i = row->gathered->column_count; i < row->count; i++)
        if (row->cells[i].n)
            return false;
    return row->count >= row->gathered->column_count;
}

static void
take_rest(const struct row *row, struct imp_appointment *appointment)
{
    struct smp_gathered *gathered = row->gathered;
    const struct imp_cell plain = cell_of(row, IMP_PLAIN_ID, 0);
    const char *text = joined(row, IMP_REF, &gathered->text);

    if (!*text && plain.n) {
        put_clean(&gathered->text, plain);
        appointment->ref_is_plain = true;
    }
    if (gathered->text.len)
        appointment->ref = smp_arena_strndup(
            &gathered->arena, gathered->text.data, gathered->text.len);
    joined(row, IMP_ARTIST, &gathered->text);
    turn_name(&gathered->text);
    appointment->artist = smp_imp_keep(gathered, smp_buf_text(&gathered->text),
                                       gathered->text.len);
    joined(row, IMP_STUDIO, &gathered->text);
    appointment->studio = smp_imp_keep(gathered, smp_buf_text(&gathered->text),
                                       gathered->text.len);
    find_phone(row);
    find_consent(row, appointment);
}

static bool
to_instant(const struct smp_import *import, const struct smp_zone *zone,
           const struct imp_moment_kept *kept, bool eu, int64_t *instant,
           int32_t *day)
{
    struct imp_moment moment = {.year = kept->year,
                                .month = kept->month,
                                .day = kept->day,
                                .swappable = kept->swappable};
    int64_t local;

    if (!smp_imp_day(&moment, eu, day))
        return false;
    local = (int64_t)*day * SMP_DAY_SECONDS +
            (kept->time == IMP_NO_TIME ? 0 : kept->time);
    *instant = kept->offset != IMP_NO_OFFSET
                   ? local - kept->offset
                   : smp_zone_to_instant(zone ? zone : import->zone, local);
    return true;
}

static const char *
settle(const struct smp_import *import, struct imp_appointment *appointment,
       bool eu)
{
    int32_t end_day;

    if (!to_instant(import, appointment->zone, &appointment->from, eu,
                    &appointment->start, &appointment->day))
        return "not a date";
    if (appointment->to.year) {
        if (!to_instant(import, appointment->zone, &appointment->to, eu,
                        &appointment->end, &end_day))
            return "not a date, where it ends";
        if (appointment->end <= appointment->start)
            return "the end is not after the start";
        if (appointment->end - appointment->start > LENGTH_MAX)
            return "longer than 24 hours";
        appointment->length = (int32_t)(appointment->end - appointment->start);
    }
    return NULL;
}

/* Whether it is one appointment at least in one order of day and month. */
static bool
can_settle(const struct row *row, const struct imp_appointment *read)
{
    struct imp_appointment us = *read, eu = *read;
    const char *wrong = settle(row->import, &us, false);

    return !wrong || !settle(row->import, &eu, true) ||
           reject(row, IMP_ROLES, wrong);
}

static bool
take_appointment(struct row *row)
{
    struct imp_appointment read = {0};
    bool ignored = false;

    if (!find_person(row) || !twins_agree(row, false) ||
        !find_time(row, &read) || !find_status(row, &read, &ignored))
        return false;
    if (ignored)
        return true;
    if (!can_settle(row, &read))
        return false;
    take_rest(row, &read);
    read.person = row->person;
    read.line = row->line;
    read.order = row->gathered->count;
    *smp_imp_add(row->gathered) = read;
    return true;
}

bool
smp_imp_take_row(struct smp_import *import, const struct imp_cell *cells,
                 size_t count, unsigned long line)
{
    struct row row = {.import = import,
                      .gathered = import->gathered,
                      .cells = cells,
                      .count = count,
                      .line = line};
    struct imp_cell block = cell_of(&row, IMP_BLOCK, 0);
    bool ok;

    if (is_no_row(&row))
        return true;
    import->rows++;
    if (!has_right_count(&row)) {
        ok = false;
        smp_imp_say(import, SMP_SAID_REJECTED, line,
                    "%zu cells, but the header has %zu", count,
                    import->gathered->column_count);
    } else if (!twins_agree(&row, true)) {
        ok = false;
    } else if (block.n && number_of_cell(&row, IMP_TABLE_TRUTH, block) == 1) {
        import->gathered->blocks++;
        return true;
    } else if (!is_wanted(&row)) {
        import->gathered->unmatched++;
        return true;
    } else {
        ok = take_appointment(&row);
    }
    if (ok)
        return true;
    import->rejected++;
    if (row.has_person)
        import->gathered->persons[row.person].rejected = true;
    else
        import->gathered->unread = true;
    return false;
}

bool
smp_imp_has_time(struct smp_import *import, const struct imp_cell *cells,
                 size_t count)
{
    struct row row = {.import = import,
                      .gathered = import->gathered,
                      .cells = cells,
                      .count = count};

    return has_date(&row);
}

/* the table as a whole */

/* Services that no --match looks at may differ: a visit can have several. */
static void
find_twins(struct smp_import *import, enum imp_role role, size_t column)
{
    struct smp_gathered *gathered = import->gathered;
    const char *name = gathered->names[column], *other;
    size_t i;

    if (role == IMP_SERVICE && !import->match)
        return;
    smp_imp_comparable(&gathered->text, name, strlen(name), true);
    for (i = column + 1; i < gathered->column_count; i++) {
        other = gathered->names[i];
        smp_imp_comparable(&gathered->other, other, strlen(other), true);
        if (strcmp(smp_buf_text(&gathered->text),
                   smp_buf_text(&gathered->other)) != 0)
            continue;
        gathered->twins =
            smp_grow(gathered->twins, gathered->twin_count,
                     &gathered->twin_room, sizeof *gathered->twins);
        gathered->twins[gathered->twin_count++] =
            (struct imp_twins){column, i, role};
    }
}

void
smp_imp_begin_table(struct smp_import *import,
                    const struct imp_columns *columns,
                    const struct imp_cell *header, size_t count)
{
    struct smp_gathered *gathered = import->gathered;
    size_t i, role, which;

    gathered->columns = *columns;
    gathered->column_count = count;
    gathered->first = gathered->count;
    gathered->us_line = gathered->eu_line = gathered->unsure_line = 0;
    gathered->word_count = gathered->twin_count = 0;
    gathered->no_titles = gathered->loose_quotes = false;
    gathered->blocks = gathered->unmatched = gathered->bad_addresses = 0;
    gathered->names =
        smp_arena_alloc(&gathered->arena, (count + 1) * sizeof(char *));
    for (i = 0; i < count; i++)
        gathered->names[i] =
            smp_arena_strndup(&gathered->arena, header[i].at,
                              header[i].n < 200 ? header[i].n : 200);
    if (columns->format)
        smp_imp_say(import, SMP_SAID_DETAIL, 0, "format %s", columns->format);
    for (role = 0; role < IMP_ROLES; role++)
        for (which = 0; which < columns->count[role]; which++) {
            size_t column = columns->at[role][which];

            find_twins(import, (enum imp_role)role, column);
            smp_imp_say(import,
                        columns->guessed[role] ? SMP_SAID_REMARK
                                               : SMP_SAID_DETAIL,
                        0, "%s: column \"%.80s\"%s", smp_imp_role_names[role],
                        gathered->names[column],
                        columns->guessed[role] ? ", a guess" : "");
        }
    if (columns->unread_status)
        smp_imp_say(import, SMP_SAID_REMARK, 0,
                    "column \"%.80s\" looks like a status, and is not read: "
                    "all appointments count as booked",
                    gathered->names[columns->unread_status - 1]);
    if (import->match && !columns->count[IMP_SERVICE] &&
        !columns->count[IMP_SUBJECT])
        smp_imp_say(import, SMP_SAID_REFUSED, 0,
                    "--match: no column has the service");
    if (import->client && !columns->count[IMP_SUBJECT])
        smp_imp_say(import, SMP_SAID_REMARK, 0,
                    "--client has no effect: no column has a subject");
}

static void
tell_words(struct smp_import *import)
{
    struct smp_gathered *gathered = import->gathered;
    size_t i;

    for (i = 0; i < gathered->word_count; i++) {
        const struct imp_word *word = &gathered->words[i];
        size_t length = strlen(word->text);
        bool quotable = length <= WORD_SHOWN && !strchr(word->text, '\'');

        if (i == WORDS_SHOWN) {
            smp_imp_say(import, SMP_SAID_REMARK, 0,
                        "and %zu more unknown statuses",
                        gathered->word_count - i);
            break;
        }
        smp_imp_say(import, SMP_SAID_REMARK, word->line,
                    "status \"%s\" is not known: %lu row%s rejected; "
                    "--status '%s=booked' (or done, cancelled, noShow, ignore) "
                    "says what it means",
                    length > WORD_SHOWN ? "..." : word->text, word->count,
                    word->count == 1 ? " is" : "s are",
                    quotable ? word->text : "WORD");
    }
    gathered->word_count = 0;
}

/* The same date both ways, for people to see. */
static void
refuse_dates(struct smp_import *import)
{
    struct smp_gathered *gathered = import->gathered;
    struct imp_moment moment;
    struct smp_buf us = {0}, eu = {0};
    int32_t day = 0;

    if (smp_imp_moment(import->formats, gathered->unsure,
                       strlen(gathered->unsure), &moment) &&
        smp_imp_day(&moment, false, &day)) {
        smp_when_print(&us, smp_when_day(day));
        smp_imp_day(&moment, true, &day);
        smp_when_print(&eu, smp_when_day(day));
    }
    smp_imp_say(import, SMP_SAID_REFUSED, gathered->unsure_line,
                "%s could be %s (--dates us) or %s (--dates eu), and no row "
                "decides",
                gathered->unsure, smp_buf_text(&us), smp_buf_text(&eu));
    smp_buf_release(&us);
    smp_buf_release(&eu);
}

/* Whether days come before months; false after a message if nobody knows. */
static bool
decide_order(struct smp_import *import, bool *eu)
{
    struct smp_gathered *gathered = import->gathered;
    enum smp_import_dates dates =
        import->dates ? import->dates : gathered->columns.dates;
    unsigned long against = dates == SMP_DATES_US   ? gathered->eu_line
                            : dates == SMP_DATES_EU ? gathered->us_line
                                                    : 0;

    *eu = dates == SMP_DATES_EU || (!dates && gathered->eu_line);
    if (against)
        smp_imp_say(import, SMP_SAID_REFUSED, against,
                    "a date that is none of --dates %s: every date is in "
                    "doubt",
                    dates == SMP_DATES_US ? "us" : "eu");
    else if (!dates && gathered->eu_line && gathered->us_line)
        smp_imp_say(import, SMP_SAID_REFUSED, gathered->us_line,
                    "here the month comes before the day, in line %lu after "
                    "it: every date is in doubt",
                    gathered->eu_line);
    else if (!dates && gathered->unsure_line && !gathered->eu_line &&
             !gathered->us_line)
        refuse_dates(import);
    return !import->refused;
}

static void
settle_all(struct smp_import *import, bool eu)
{
    struct smp_gathered *gathered = import->gathered;
    size_t i, kept = gathered->first;

    for (i = gathered->first; i < gathered->count; i++) {
        struct imp_appointment *at = &gathered->all[i];
        const char *wrong = settle(import, at, eu);

        if (wrong) {
            smp_imp_say(import, SMP_SAID_REJECTED, at->line, "%s", wrong);
            import->rejected++;
            gathered->persons[at->person].rejected = true;
        } else if (!import->has_since || at->start >= import->since) {
            gathered->all[kept++] = *at;
        }
    }
    gathered->count = kept;
}

/* ids: whose are they */

static int
by_ref(const void *a, const void *b)
{
    const struct imp_appointment *const *one = a, *const *other = b;
    int order = strcmp(or_empty((*one)->ref), or_empty((*other)->ref));

    if (!order)
        order = ((*one)->start > (*other)->start) -
                ((*one)->start < (*other)->start);
    return order;
}

/* By addresses or names, which are kept once: as equal as their pointers. */
static bool
is_one_person(const struct smp_gathered *gathered, size_t a, size_t b)
{
    const struct imp_person *one = &gathered->persons[a];
    const struct imp_person *other = &gathered->persons[b];

    return a == b || (one->email && one->email == other->email) ||
           (!(one->email && other->email) && one->name &&
            one->name == other->name);
}

/*
 * An id that stands on several days is no appointment's. If all its rows are
 * one person's each, a plain "id" is the client's.
 */
static void
judge_refs(struct smp_import *import)
{
    struct smp_gathered *gathered = import->gathered;
    size_t count = gathered->count - gathered->first, i;
    struct imp_appointment **sorted;
    unsigned long again = 0;
    bool whose = true, plain = false;

    if (!count)
        return;
    sorted = smp_alloc(count * sizeof(struct imp_appointment *));
    for (i = 0; i < count; i++)
        sorted[i] = &gathered->all[gathered->first + i];
    qsort(sorted, count, sizeof(struct imp_appointment *), by_ref);
    for (i = 1; i < count; i++) {
        const struct imp_appointment *one = sorted[i - 1], *other = sorted[i];

        plain = plain || other->ref_is_plain;
        if (!one->ref || !same(one->ref, other->ref))
            continue;
        if (one->day != other->day && !again)
            again = other->line;
        if (!is_one_person(gathered, one->person, other->person))
            whose = false;
    }
    for (i = 0; again && i < count; i++) {
        struct imp_appointment *at = sorted[i];

        if (at->ref_is_plain && whose) {
            const struct imp_person person = gathered->persons[at->person];

            at->person = smp_imp_person(gathered, at->ref, person.email,
                                        person.name, at->line);
            gathered->persons[at->person].rejected |= person.rejected;
        }
        at->ref = NULL;
    }
    if (again)
        smp_imp_say(import, SMP_SAID_REMARK, again,
                    plain && whose
                        ? "column \"%s\" is taken as the client's id, since it "
                          "stands on several days"
                        : "column \"%s\" is no appointment's id, since it "
                          "stands on several days: it is not used",
                    gathered->names[gathered->columns.at[plain ? IMP_PLAIN_ID
                                                               : IMP_REF][0]]);
    else if (plain || gathered->all[gathered->first].ref_is_plain)
        smp_imp_say(import, SMP_SAID_REMARK, 0,
                    "column \"%s\" is taken as the appointment's id, since "
                    "it is another on each day",
                    gathered->names[gathered->columns.at[IMP_PLAIN_ID][0]]);
    free(sorted);
}

void
smp_imp_end_table(struct smp_import *import)
{
    struct smp_gathered *gathered = import->gathered;
    bool eu;

    tell_words(import);
    if (!decide_order(import, &eu))
        return;
    settle_all(import, eu);
    judge_refs(import);
    if (gathered->bad_addresses)
        smp_imp_say(import, SMP_SAID_REMARK, gathered->bad_address_line,
                    "no mail address, or several in one cell: not read, in "
                    "%lu row%s",
                    gathered->bad_addresses,
                    gathered->bad_addresses == 1 ? "" : "s");
    if (gathered->blocks)
        smp_imp_say(import, SMP_SAID_DETAIL, 0,
                    "%lu rows are no appointments, but time that is blocked",
                    gathered->blocks);
    if (gathered->unmatched)
        smp_imp_say(import, SMP_SAID_DETAIL, 0, "%lu rows do not match --match",
                    gathered->unmatched);
}
