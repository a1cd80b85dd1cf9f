#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "json/json.h"
#include "import/internal.h"

const char *const smp_imp_role_names[] = {
    "id",      "plainId", "ref",       "first",   "last",    "name",
    "who",     "others",  "email",     "country", "phone",   "start",
    "date",    "time",    "slot",      "end",     "endDate", "duration",
    "zone",    "status",  "cancelled", "noShow",  "artist",  "studio",
    "service", "subject", "allDay",    "block",   "mailIn",  "smsIn",
    "bothIn",  "mailOut", "smsOut",    "bothOut", NULL};

static const char *const status_names[] = {"booked", "done",   "cancelled",
                                           "noShow", "ignore", NULL};

enum { CLASSES_MAX = 64, PHRASE_MAX = 4, HEADER_MAX = 200 };

struct entry {
    const char *key; /* NULL: free */
    uint32_t hash;
    enum imp_table table;
    const void *value;
};

/* One format: its names of columns, in their comparable form. */
struct format {
    struct format *next;
    const char *name, *source;
    struct smp_strings header;
    struct smp_strings columns[IMP_ROLES];
    enum smp_import_dates dates;
};

/* Usual names of columns, by the classes of their words. */
struct usual {
    uint64_t *sets;
    size_t count;
};

struct smp_formats {
    struct smp_arena arena;
    struct entry *entries;
    size_t count, room;
    const char *classes[CLASSES_MAX];
    size_t class_count;
    struct usual usual[IMP_ROLES];
    struct format *formats, **last;
    const struct format *chosen;
};

/* the comparable form */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct imp_cell
smp_imp_trim(const char *text, size_t n)
{
    static const char no_break[] = "\xc2\xa0", bom[] = "\xef\xbb\xbf";

    for (;;) {
        if (n && is_blank(*text))
            text++, n--;
        else if (n > 1 && memcmp(text, no_break, 2) == 0)
            text += 2, n -= 2;
        else if (n > 2 && (memcmp(text, bom, 3) == 0 ||
                           memcmp(text, "\xe2\x80\xaf", 3) == 0))
            text += 3, n -= 3;
        else
            break;
    }
    for (;;) {
        if (n && is_blank(text[n - 1]))
            n--;
        else if (n > 1 && memcmp(text + n - 2, no_break, 2) == 0)
            n -= 2;
        else if (n > 2 && memcmp(text + n - 3, "\xe2\x80\xaf", 3) == 0)
            n -= 3;
        else
            break;
    }
    return (struct imp_cell){text, n};
}

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_word(char c)
{
    return is_lower(c) || (c >= '0' && c <= '9') || (c & 0x80);
}

static void
put_words(struct smp_buf *out, const char *text, bool header)
{
    bool apart = false;

    for (; *text; text++) {
        char c = is_upper(*text) ? (char)(*text - 'A' + 'a') : *text;

        if (header && c == '#') {
            smp_buf_puts(out, out->len ? " #" : "#");
            apart = true;
        } else if (!is_word(c)) {
            apart = true;
        } else {
            if (apart && out->len)
                smp_buf_putc(out, ' ');
            apart = false;
            smp_buf_putc(out, c);
        }
    }
}

void
smp_imp_comparable(struct smp_buf *out, const char *text, size_t n, bool header)
{
    struct smp_buf apart = {0};
    bool ascii = true;
    size_t i;

    smp_buf_cut(out, 0);
    for (i = 0; i < n; i++) {
        if (header && i && is_upper(text[i]) && is_lower(text[i - 1]))
            smp_buf_putc(&apart, ' ');
        smp_buf_putc(&apart, text[i] ? text[i] : ' ');
        ascii = ascii && !(text[i] & 0x80);
    }
    if (ascii) {
        put_words(out, smp_buf_text(&apart), header);
    } else {
        char *folded = smp_utf8_fold(smp_buf_text(&apart));
        char *at;

        /* What only separates: no-break spaces, dashes, curly quotes. */
        for (at = folded; *at;) {
            int32_t character;
            size_t length = smp_utf8_next(at, strlen(at), &character);

            if (length > 1 && !smp_utf8_in_word(character))
                memset(at, ' ', length);
            at += length ? length : 1;
        }
        put_words(out, folded, header);
        free(folded);
    }
    smp_buf_release(&apart);
}

bool
smp_imp_is_status(const struct smp_formats *formats, struct imp_cell cell)
{
    struct smp_buf word = {0};
    bool is;

    smp_imp_comparable(&word, cell.at, cell.n, false);
    is = smp_imp_number(formats, IMP_TABLE_STATUS, smp_buf_text(&word),
                        word.len) >= 0;
    smp_buf_release(&word);
    return is;
}

/* the table of words */

static uint32_t
hash_of(enum imp_table table, const char *text, size_t n)
{
    return (uint32_t)smp_hash(text, n, table);
}

static struct entry *
find_entry(const struct smp_formats *formats, enum imp_table table,
           const char *text, size_t n)
{
    uint32_t hash = hash_of(table, text, n);
    size_t slot = hash & (formats->room - 1);

    while (formats->entries[slot].key) {
        struct entry *entry = &formats->entries[slot];

        if (entry->hash == hash && entry->table == table &&
            strncmp(entry->key, text, n) == 0 && !entry->key[n])
            break;
        slot = (slot + 1) & (formats->room - 1);
    }
    return &formats->entries[slot];
}

const void *
smp_imp_look_up(const struct smp_formats *formats, enum imp_table table,
                const char *text, size_t n)
{
    return find_entry(formats, table, text, n)->value;
}

int
smp_imp_number(const struct smp_formats *formats, enum imp_table table,
               const char *text, size_t n)
{
    const int *number = smp_imp_look_up(formats, table, text, n);

    return number ? *number : -1;
}

static void
grow(struct smp_formats *formats)
{
    struct entry *old = formats->entries;
    size_t i, room = formats->room;

    formats->room = room ? 2 * room : 4096;
    formats->entries = smp_calloc(formats->room, sizeof *old);
    for (i = 0; i < room; i++)
        if (old[i].key)
            *find_entry(formats, old[i].table, old[i].key, strlen(old[i].key)) =
                old[i];
    free(old);
}

/* A later value takes the place of an earlier one. */
static void
enter(struct smp_formats *formats, enum imp_table table, const char *key,
      const void *value)
{
    struct entry *entry;

    if (2 * formats->count >= formats->room)
        grow(formats);
    entry = find_entry(formats, table, key, strlen(key));
    if (!entry->key) {
        formats->count++;
        *entry = (struct entry){smp_arena_strdup(&formats->arena, key),
                                hash_of(table, key, strlen(key)), table, NULL};
    }
    entry->value = value;
}

static const int *
number(struct smp_formats *formats, int value)
{
    int *kept = smp_arena_alloc(&formats->arena, sizeof *kept);

    *kept = value;
    return kept;
}

/* reading the text */

struct adding {
    struct smp_formats *formats;
    struct smp_json_reader json;
    struct smp_err *err;
    struct smp_buf key;
};

static void
tell_wrong(void *context, const struct smp_place *place, const char *what)
{
    struct adding *adding = context;
    struct smp_buf path = {0};

    smp_place_path(&path, place);
    smp_fail(adding->err, "%s: %s", smp_buf_text(&path), what);
    smp_buf_release(&path);
}

static const char *
key_of(struct adding *adding, const char *text, bool header)
{
    smp_imp_comparable(&adding->key, text, strlen(text), header);
    return smp_buf_text(&adding->key);
}

/* A list of words that all have one value. */
static void
add_list(struct adding *adding, const struct smp_place *up, const char *member,
         enum imp_table table, const void *value)
{
    struct smp_strings list = {0};
    size_t i;

    smp_json_strings(&adding->json, up, member, &list);
    for (i = 0; i < list.count; i++)
        enter(adding->formats, table,
              key_of(adding, list.at[i], table == IMP_TABLE_WORDS), value);
}

static uint64_t
class_bit(struct adding *adding, const char *name, size_t n)
{
    struct smp_formats *formats = adding->formats;
    size_t i;

    for (i = 0; i < formats->class_count; i++)
        if (strncmp(formats->classes[i], name, n) == 0 &&
            !formats->classes[i][n])
            return UINT64_C(1) << i;
    if (i == CLASSES_MAX) {
        smp_fail(adding->err, "words: more than %d classes", CLASSES_MAX);
        return 0;
    }
    formats->classes[formats->class_count++] =
        smp_arena_strndup(&formats->arena, name, n);
    return UINT64_C(1) << i;
}

/* "start date" as the set of its classes. */
static uint64_t
class_set(struct adding *adding, const char *names)
{
    uint64_t set = 0;

    while (*names) {
        size_t n = strcspn(names, " ");

        if (n)
            set |= class_bit(adding, names, n);
        names += n + (names[n] == ' ');
    }
    return set;
}

/* A member whose value is an object, or none. */
static struct smp_place
object_of(struct adding *adding, const struct smp_place *root, const char *name)
{
    struct smp_place place = smp_place_member(root, name);

    if (place.value && !smp_json_is_object(&adding->json, &place))
        place.value = NULL;
    return place;
}

static void
add_words(struct adding *adding, const struct smp_place *root)
{
    struct smp_place words = object_of(adding, root, "words");
    const cJSON *member;

    cJSON_ArrayForEach (member, words.value) {
        uint64_t *set = smp_arena_alloc(&adding->formats->arena, sizeof *set);

        *set = class_set(adding, member->string);
        add_list(adding, &words, member->string, IMP_TABLE_WORDS, set);
    }
}

static void
add_usual(struct adding *adding, const struct smp_place *columns,
          enum imp_role role)
{
    struct usual *usual = &adding->formats->usual[role];
    struct smp_strings list = {0};
    size_t i;

    if (!smp_json_strings(&adding->json, columns, smp_imp_role_names[role],
                          &list) ||
        !list.count)
        return;
    usual->sets = smp_arena_alloc(&adding->formats->arena,
                                  list.count * sizeof *usual->sets);
    usual->count = list.count;
    for (i = 0; i < list.count; i++)
        usual->sets[i] = class_set(adding, list.at[i]);
}

static void
check_roles(struct adding *adding, const struct smp_place *columns)
{
    const cJSON *member;

    cJSON_ArrayForEach (member, columns->value)
        if (smp_name_index(smp_imp_role_names, member->string) < 0) {
            struct smp_place place = smp_place_child(columns, member, 0);

            smp_json_wrong(&adding->json, &place, "no such kind of column");
        }
}

/*
 * {"noShow": ["Geplatzt"]}; or of one format, and it holds everywhere:
 * {"Geplatzt": "noShow"}.
 */
static void
add_statuses(struct adding *adding, const struct smp_place *root,
             bool of_format)
{
    struct smp_place statuses = object_of(adding, root, "status");
    const cJSON *member;

    cJSON_ArrayForEach (member, statuses.value) {
        struct smp_place place = smp_place_child(&statuses, member, 0);
        const char *name = of_format ? NULL : member->string;
        int status;

        if (of_format)
            smp_json_string_at(&adding->json, &place, &name);
        status = name ? smp_name_index(status_names, name) : -1;
        if (status < 0)
            smp_json_wrong(&adding->json, &place,
                           "must be booked, done, cancelled, noShow or ignore");
        else if (of_format)
            enter(adding->formats, IMP_TABLE_STATUS,
                  key_of(adding, member->string, false),
                  number(adding->formats, status));
        else
            add_list(adding, &statuses, member->string, IMP_TABLE_STATUS,
                     number(adding->formats, status));
    }
}

static void
add_numbered(struct adding *adding, const struct smp_place *root)
{
    static const struct {
        const char *member;
        enum imp_table table;
        int value;
    } lists[] = {
        {"yes", IMP_TABLE_TRUTH, 1},
        {"no", IMP_TABLE_TRUTH, 0},
        {"weekdays", IMP_TABLE_FILLERS, 1},
        {"dateFillers", IMP_TABLE_FILLERS, 1},
        {"until", IMP_TABLE_UNTIL, 1},
        {"totals", IMP_TABLE_TOTALS, 1},
        {"walkIns", IMP_TABLE_WALK_INS, 1},
        {"looksLikeStatus", IMP_TABLE_STATUS_LIKE, 1},
    };
    static const struct {
        const char *name;
        int seconds;
    } units[] = {
        {"seconds", 1}, {"minutes", 60}, {"hours", 3600}, {"days", 86400}};
    struct smp_place months = smp_place_member(root, "months");
    struct smp_place zones = smp_place_member(root, "zones");
    struct smp_place unit = smp_place_member(root, "units");
    const cJSON *element;
    size_t i;
    int month = 0;

    for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
        add_list(adding, root, lists[i].member, lists[i].table,
                 number(adding->formats, lists[i].value));
    for (i = 0; unit.value && i < sizeof units / sizeof units[0]; i++)
        add_list(adding, &unit, units[i].name, IMP_TABLE_UNITS,
                 number(adding->formats, units[i].seconds));
    if (months.value && smp_json_is_array(&adding->json, &months))
        cJSON_ArrayForEach (element, months.value) {
            struct smp_place place =
                smp_place_child(&months, element, (size_t)month);
            struct smp_strings list = {0};

            smp_json_strings_at(&adding->json, &place, &list);
            month++;
            for (i = 0; i < list.count; i++)
                enter(adding->formats, IMP_TABLE_MONTHS,
                      key_of(adding, list.at[i], false),
                      number(adding->formats, month));
        }
    if (zones.value && smp_json_is_object(&adding->json, &zones))
        cJSON_ArrayForEach (element, zones.value) {
            struct smp_place place = smp_place_child(&zones, element, 0);
            const char *name = NULL;

            smp_json_string_at(&adding->json, &place, &name);
            if (name)
                enter(adding->formats, IMP_TABLE_ZONES,
                      key_of(adding, element->string, false), name);
        }
}

/* The names of a format's columns, as they are compared. */
static void
add_names(struct adding *adding, const struct smp_place *up, const char *member,
          struct smp_strings *names)
{
    size_t i;

    smp_json_strings(&adding->json, up, member, names);
    for (i = 0; i < names->count; i++)
        names->at[i] = smp_arena_strdup(&adding->formats->arena,
                                        key_of(adding, names->at[i], true));
}

static struct format *
find_format(const struct smp_formats *formats, const char *name)
{
    struct format *format = formats->formats;

    while (format && strcmp(format->name, name) != 0)
        format = format->next;
    return format;
}

static const char *
add_format(struct adding *adding, const struct smp_place *root)
{
    static const char *const orders[] = {"", "us", "eu", NULL};
    struct smp_formats *formats = adding->formats;
    struct smp_place columns = smp_place_member(root, "columns");
    struct format *format;
    const char *name = NULL, *dates = NULL;
    int role;

    if (!smp_json_string(&adding->json, root, "name", &name) || !name ||
        !*name) {
        smp_json_wrong(&adding->json, root, "a format requires a name");
        return NULL;
    }
    format = find_format(formats, name);
    if (!format) {
        format = smp_arena_alloc(&formats->arena, sizeof *format);
        *formats->last = format;
        formats->last = &format->next;
    }
    format->name = name;
    format->source = "";
    smp_json_string(&adding->json, root, "source", &format->source);
    smp_json_string(&adding->json, root, "dates", &dates);
    if (dates && smp_name_index(orders, dates) < 1)
        smp_json_wrong(&adding->json, root, "dates: must be us or eu");
    else if (dates)
        format->dates = (enum smp_import_dates)smp_name_index(orders, dates);
    add_names(adding, root, "header", &format->header);
    if (!columns.value || !smp_json_is_object(&adding->json, &columns)) {
        smp_json_wrong(&adding->json, root, "a format requires columns");
        return name;
    }
    check_roles(adding, &columns);
    for (role = 0; role < IMP_ROLES; role++)
        add_names(adding, &columns, smp_imp_role_names[role],
                  &format->columns[role]);
    return name;
}

static void
add_formats(struct adding *adding, const struct smp_place *root)
{
    struct smp_place formats = smp_place_member(root, "formats");
    const cJSON *element;
    size_t i = 0;

    if (!formats.value || !smp_json_is_array(&adding->json, &formats))
        return;
    cJSON_ArrayForEach (element, formats.value) {
        struct smp_place place = smp_place_child(&formats, element, i++);

        if (smp_json_is_object(&adding->json, &place))
            add_format(adding, &place);
    }
}

struct smp_formats *
smp_formats_new(void)
{
    struct smp_formats *formats = smp_calloc(1, sizeof *formats);

    formats->last = &formats->formats;
    grow(formats);
    return formats;
}

void
smp_formats_free(struct smp_formats *formats)
{
    if (!formats)
        return;
    smp_arena_release(&formats->arena);
    free(formats->entries);
    free(formats);
}

bool
smp_formats_add(struct smp_formats *formats, const char *text, size_t n,
                const char **name, struct smp_err *err)
{
    struct adding adding = {.formats = formats, .err = err};
    const cJSON *json = smp_json_parse(&formats->arena, text, n, err);
    struct smp_place root = smp_place_root(json), columns;
    int role;

    *name = NULL;
    if (!json)
        return false;
    adding.json =
        (struct smp_json_reader){&formats->arena, tell_wrong, &adding, true};
    if (!cJSON_IsObject(json))
        return smp_fail(err, "a JSON object is required");
    if (smp_place_member(&root, "name").value) {
        *name = add_format(&adding, &root);
        add_statuses(&adding, &root, true);
    } else {
        columns = smp_place_member(&root, "columns");
        add_words(&adding, &root);
        for (role = 0; columns.value && role < IMP_ROLES; role++)
            add_usual(&adding, &columns, (enum imp_role)role);
        if (columns.value)
            check_roles(&adding, &columns);
        add_statuses(&adding, &root, false);
        add_numbered(&adding, &root);
        add_formats(&adding, &root);
    }
    smp_buf_release(&adding.key);
    return !err->failed;
}

bool
smp_formats_choose(struct smp_formats *formats, const char *name)
{
    formats->chosen = find_format(formats, name);
    return formats->chosen != NULL;
}

bool
smp_formats_add_status(struct smp_formats *formats, const char *text)
{
    const char *equals = strrchr(text, '=');
    struct smp_buf key = {0};
    int status = equals ? smp_name_index(status_names, equals + 1) : -1;

    if (status < 0)
        return false;
    smp_imp_comparable(&key, text, (size_t)(equals - text), false);
    enter(formats, IMP_TABLE_STATUS, smp_buf_text(&key),
          number(formats, status));
    smp_buf_release(&key);
    return true;
}

bool
smp_formats_get(const struct smp_formats *formats, size_t at, const char **name,
                const char **source)
{
    const struct format *format = formats->formats;

    while (format && at--)
        format = format->next;
    if (!format)
        return false;
    *name = format->name;
    *source = format->source;
    return true;
}

/* which column is what */

struct header {
    const char **names; /* comparable */
    uint64_t *sets;     /* classes of their words, 0: some are not known */
    size_t count;
};

/* The classes of all words, by the longest phrases that are known. */
static uint64_t
set_of(const struct smp_formats *formats, const char *name)
{
    uint64_t set = 0;

    while (*name) {
        size_t lengths[PHRASE_MAX] = {0}, phrases = 0, at = 0;
        const uint64_t *found = NULL;

        while (phrases < PHRASE_MAX && name[at]) {
            at += strcspn(name + at, " ");
            lengths[phrases++] = at;
            at += name[at] == ' ';
        }
        while (phrases && !found)
            found = smp_imp_look_up(formats, IMP_TABLE_WORDS, name,
                                    lengths[--phrases]);
        /* "attendees 0 name" is a path into JSON. */
        if (!found && strspn(name, "0123456789") < lengths[0])
            return 0;
        if (found)
            set |= *found;
        name += lengths[found ? phrases : 0];
        name += *name == ' ';
    }
    return set;
}

static bool
is_usual(const struct smp_formats *formats, uint64_t set)
{
    size_t role, i;

    for (role = 0; role < IMP_ROLES; role++)
        for (i = 0; i < formats->usual[role].count; i++)
            if (formats->usual[role].sets[i] == set)
                return true;
    return false;
}

/* "Booking customer name" is the customer's name. */
static uint64_t
usual_set(const struct smp_formats *formats, uint64_t set)
{
    uint64_t less = set;
    size_t i;

    for (i = 0; i < formats->class_count; i++)
        if (strcmp(formats->classes[i], "appointment") == 0 ||
            strcmp(formats->classes[i], "booking") == 0)
            less &= ~(UINT64_C(1) << i);
    return is_usual(formats, set) ? set : less;
}

static struct header
read_header(const struct smp_formats *formats, struct smp_arena *arena,
            const struct imp_cell *cells, size_t count)
{
    struct header header = {
        smp_arena_alloc(arena, (count + 1) * sizeof *header.names),
        smp_arena_alloc(arena, (count + 1) * sizeof *header.sets), count};
    struct smp_buf key = {0};
    size_t i;

    for (i = 0; i < count; i++) {
        size_t n = cells[i].n < HEADER_MAX ? cells[i].n : HEADER_MAX;

        smp_imp_comparable(&key, cells[i].at, n, true);
        header.names[i] = smp_arena_strdup(arena, smp_buf_text(&key));
        header.sets[i] = usual_set(formats, set_of(formats, header.names[i]));
    }
    smp_buf_release(&key);
    return header;
}

static size_t
find_name(const struct header *header, const char *name)
{
    size_t i = 0;

    while (i < header->count && strcmp(header->names[i], name) != 0)
        i++;
    return i;
}

static void
take(struct imp_columns *columns, enum imp_role role, size_t at)
{
    if (columns->count[role] < IMP_JOINED_MAX)
        columns->at[role][columns->count[role]++] = at;
}

static bool
fits(const struct header *header, const struct format *format)
{
    size_t i = 0;

    while (i < format->header.count &&
           find_name(header, format->header.at[i]) < header->count)
        i++;
    return i == format->header.count && i;
}

static const struct format *
recognise(const struct smp_formats *formats, const struct header *header)
{
    const struct format *format, *best = NULL;

    for (format = formats->formats; format; format = format->next)
        if (fits(header, format) &&
            (!best || format->header.count >= best->header.count))
            best = format;
    return best;
}

static void
take_format(const struct header *header, const struct format *format,
            struct imp_columns *columns)
{
    int role;
    size_t i;

    columns->format = format->name;
    columns->dates = format->dates;
    for (role = 0; role < IMP_ROLES; role++)
        for (i = 0; i < format->columns[role].count; i++) {
            size_t at = find_name(header, format->columns[role].at[i]);

            if (at < header->count)
                take(columns, (enum imp_role)role, at);
        }
}

static bool
is_taken(const struct imp_columns *columns, size_t column)
{
    int role;
    size_t i;

    for (role = 0; role < IMP_ROLES; role++)
        for (i = 0; i < columns->count[role]; i++)
            if (columns->at[role][i] == column)
                return true;
    return false;
}

/* The first usual name that is there; others that are there make it a guess. */
static void
take_usual(const struct smp_formats *formats, const struct header *header,
           enum imp_role role, struct imp_columns *columns)
{
    const struct usual *usual = &formats->usual[role];
    size_t i, j;

    for (i = 0; i < usual->count; i++)
        for (j = 0; j < header->count; j++) {
            if (header->sets[j] != usual->sets[i] || is_taken(columns, j))
                continue;
            if (!columns->count[role])
                take(columns, role, j);
            else
                columns->guessed[role] = true;
        }
}

static void
note_unread_status(const struct smp_formats *formats,
                   const struct header *header, struct imp_columns *columns)
{
    size_t i;

    for (i = 0; i < header->count; i++) {
        const char *word = header->names[i];

        while (*word && !is_taken(columns, i)) {
            size_t n = strcspn(word, " ");

            if (smp_imp_look_up(formats, IMP_TABLE_STATUS_LIKE, word, n)) {
                columns->unread_status = i + 1;
                return;
            }
            word += n + (word[n] == ' ');
        }
    }
}

static bool
has(const struct imp_columns *columns, enum imp_role role)
{
    return columns->count[role] > 0;
}

static bool
is_whole(const struct imp_columns *columns, struct smp_buf *why)
{
    bool when = has(columns, IMP_START) || has(columns, IMP_DATE);
    bool who = has(columns, IMP_ID) || has(columns, IMP_NAME) ||
               has(columns, IMP_FIRST) || has(columns, IMP_LAST) ||
               has(columns, IMP_WHO) || has(columns, IMP_EMAIL) ||
               has(columns, IMP_SUBJECT);

    if (why && !when)
        smp_buf_puts(why, "no column has the date of the appointment");
    if (why && when && !who)
        smp_buf_puts(why, "no column has the client");
    return when && who;
}

bool
smp_imp_find_columns(const struct smp_formats *formats,
                     const struct imp_cell *cells, size_t count,
                     struct imp_columns *columns, struct smp_buf *why)
{
    struct smp_arena arena = {0};
    struct header header = read_header(formats, &arena, cells, count);
    const struct format *format =
        formats->chosen ? formats->chosen : recognise(formats, &header);
    int role;

    *columns = (struct imp_columns){.format = NULL};
    if (format)
        take_format(&header, format, columns);
    for (role = 0; !format && role < IMP_ROLES; role++)
        take_usual(formats, &header, (enum imp_role)role, columns);
    if (!format && !has(columns, IMP_STATUS))
        note_unread_status(formats, &header, columns);
    smp_arena_release(&arena);
    return is_whole(columns, why);
}

size_t
smp_imp_columns_taken(const struct imp_columns *columns)
{
    size_t taken = columns->format ? 100 : 0;
    int role;

    for (role = 0; role < IMP_ROLES; role++)
        taken += columns->count[role];
    return taken;
}
