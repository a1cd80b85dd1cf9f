#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/utf8.h"
#include "time/zone.h"
#include "import/internal.h"

/*
 * Who is who. A client is known by the system's id; else by mail address; else
 * by name. Two people can share an address, or a name: such rows stay apart,
 * and that is said by their lines. Only a name without an address that one
 * client alone has, in full, is that client's.
 *
 * Persons (the ways in which rows name somebody) are sorted by the key that
 * decides, so that each client is a run of them.
 */
struct imp_client {
    size_t first, count; /* of its appointments */
    size_t order;        /* of its first row */
    size_t number;       /* by which its persons know it */
    size_t person;       /* one of its persons */
    const char *id, *studio;
    bool rejected, answers;
};

/* What persons are sorted by; ordinary comparison of texts decides. */
struct key {
    char *text;
    size_t person;
};

struct clients {
    struct smp_import *import;
    struct smp_gathered *gathered;
    struct key *keys;
    char **names; /* of persons, as they are compared */
    size_t told;
};

static const char *
or_empty(const char *text)
{
    return text ? text : "";
}

static int
compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name as it is compared: words in the order of the alphabet. */
static void
name_key(struct smp_buf *out, const char *name)
{
    enum { WORDS_MAX = 16 };
    const char *words[WORDS_MAX];
    struct smp_buf plain = {0};
    size_t count = 0, i;
    char *at, *rest = NULL;

    smp_imp_comparable(&plain, name, strlen(name), false);
    smp_buf_cut(out, 0);
    if (plain.len)
        for (at = strtok_r(plain.data, " ", &rest); at && count < WORDS_MAX;
             at = strtok_r(NULL, " ", &rest))
            words[count++] = at;
    if (count)
        qsort(words, count, sizeof *words, compare_words);
    for (i = 0; i < count; i++) {
        if (i)
            smp_buf_putc(out, ' ');
        smp_buf_puts(out, words[i]);
    }
    smp_buf_release(&plain);
}

/* "Walk-in" is nobody's name. */
static bool
is_walk_in(const struct smp_import *import, const struct imp_person *person)
{
    struct smp_buf name = {0};
    bool is;

    if (person->id || person->email || !person->name)
        return false;
    smp_imp_comparable(&name, person->name, strlen(person->name), false);
    is = !name.len || smp_imp_number(import->formats, IMP_TABLE_WALK_INS,
                                     smp_buf_text(&name), name.len) >= 0;
    smp_buf_release(&name);
    return is;
}

static int
by_text(const void *a, const void *b)
{
    const struct key *one = a, *other = b;
    int order = strcmp(one->text, other->text);

    if (!order)
        order = (one->person > other->person) - (one->person < other->person);
    return order;
}

static void
sort_keys(struct clients *clients)
{
    if (clients->gathered->person_count)
        qsort(clients->keys, clients->gathered->person_count,
              sizeof *clients->keys, by_text);
}

static void
set_key(struct clients *clients, size_t i, const char *kind, const char *one,
        const char *other)
{
    struct smp_buf text = {0};

    smp_buf_printf(&text, "%s%s%s%s", kind, one, *other ? "\n" : "", other);
    free(clients->keys[i].text);
    clients->keys[i].text = smp_strdup(smp_buf_text(&text));
    smp_buf_release(&text);
}

/* Persons with their names, as they are compared, and the plainest keys. */
static void
begin(struct clients *clients)
{
    struct smp_gathered *gathered = clients->gathered;
    size_t i, count = gathered->person_count;
    struct smp_buf name = {0};

    clients->keys = smp_calloc(count + 1, sizeof *clients->keys);
    clients->names = smp_calloc(count + 1, sizeof *clients->names);
    for (i = 0; i < count; i++) {
        struct imp_person *person = &gathered->persons[i];

        name_key(&name, or_empty(person->name));
        clients->names[i] = smp_strdup(smp_buf_text(&name));
        person->walk_in = is_walk_in(clients->import, person);
        clients->keys[i].person = i;
    }
    smp_buf_release(&name);
}

static void
remark(struct clients *clients, const struct imp_person *one,
       const struct imp_person *other, const char *what)
{
    if (clients->told++ < SMP_IMPORT_REPORTED_MAX)
        smp_imp_say(clients->import, SMP_SAID_REMARK, other->line,
                    "%s as in line %lu", what, one->line);
}

/*
 * Persons without id, by address. If one address has several names, each name
 * is a client of its own; the keys then hold both.
 */
static void
key_by_address(struct clients *clients)
{
    struct smp_gathered *gathered = clients->gathered;
    size_t i, j, end, count = gathered->person_count;

    for (i = 0; i < count; i++) {
        const struct imp_person *person =
            &gathered->persons[clients->keys[i].person];

        if (person->id)
            set_key(clients, i, "1", person->id, "");
        else if (person->email)
            set_key(clients, i, "2", person->email, "");
        else
            set_key(clients, i, "3", clients->names[clients->keys[i].person],
                    "");
    }
    sort_keys(clients);
    for (i = 0; i < count; i = end) {
        bool apart = false, told = false;

        for (end = i + 1; end < count && strcmp(clients->keys[end].text,
                                                clients->keys[i].text) == 0;
             end++) {
            const char *name = clients->names[clients->keys[end].person];
            const char *first = clients->names[clients->keys[i].person];

            if (clients->keys[i].text[0] == '1' && !told && *name && *first &&
                strcmp(name, first) != 0) {
                told = true;
                remark(clients, &gathered->persons[clients->keys[i].person],
                       &gathered->persons[clients->keys[end].person],
                       "another name with the same id: one client,");
            }
            if (clients->keys[i].text[0] == '2' && strcmp(name, first) != 0 &&
                !apart) {
                apart = true;
                remark(clients, &gathered->persons[clients->keys[i].person],
                       &gathered->persons[clients->keys[end].person],
                       "another name with the same mail address: two clients,");
            }
        }
        for (j = i; apart && j < end; j++)
            set_key(clients, j, "2",
                    gathered->persons[clients->keys[j].person].email,
                    clients->names[clients->keys[j].person]);
    }
    sort_keys(clients);
}

/*
 * A full name without an address is that of the one client who has both; if
 * there are several of them, they are told, and the name is one more client.
 */
static void
join_names(struct clients *clients)
{
    struct smp_gathered *gathered = clients->gathered;
    size_t count = gathered->person_count, i, j, end;

    for (i = 0; i < count; i++)
        set_key(clients, i, "", clients->names[i], "");
    sort_keys(clients);
    for (i = 0; i < count; i = end) {
        const struct imp_person *with = NULL;
        size_t without = count;
        bool several = false;

        for (end = i; end < count && strcmp(clients->keys[end].text,
                                            clients->keys[i].text) == 0;
             end++) {
            size_t number = clients->keys[end].person;
            const struct imp_person *person = &gathered->persons[number];

            if (person->id || person->walk_in)
                continue;
            if (!person->email) {
                without = number;
            } else if (!with) {
                with = person;
            } else if (person->email != with->email && !several) {
                several = true;
                if (*clients->keys[i].text)
                    remark(clients, with, person,
                           "another mail address with the same name: two "
                           "clients,");
            }
        }
        if (!with || without == count || several ||
            !strchr(clients->keys[i].text, ' '))
            continue;
        for (j = i; j < end; j++) {
            struct imp_person *person =
                &gathered->persons[clients->keys[j].person];

            if (!person->email && !person->id && !person->walk_in)
                person->email = with->email;
        }
        remark(clients, with, &gathered->persons[without],
               "no mail address, yet the same full name: one client,");
    }
}

/* Numbers the runs of one key. */
static size_t
number_clients(struct clients *clients)
{
    struct smp_gathered *gathered = clients->gathered;
    size_t i, count = 0;

    for (i = 0; i < gathered->person_count; i++) {
        if (!i || strcmp(clients->keys[i].text, clients->keys[i - 1].text) != 0)
            count++;
        gathered->persons[clients->keys[i].person].client = count - 1;
    }
    return count;
}

/* ids */

static bool
is_personal(const struct imp_person *person)
{
    const char *id = person->id;
    size_t digits = strspn(id, "+0123456789 ()-./");

    return strchr(id, '@') || (id[0] == '+' && !id[digits]) ||
           (person->name && strcmp(id, person->name) == 0) ||
           (person->name && strchr(id, ' '));
}

/* What differs from run to run is not what an id is made of. */
static void
make_id(struct smp_buf *out, const struct smp_import *import, const char *what)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    struct smp_gathered *gathered = import->gathered;
    unsigned char digest[16];
    size_t i;

    if (!gathered->has_key)
        crypto_generichash(gathered->key, sizeof gathered->key, import->key,
                           import->key_size, NULL, 0);
    gathered->has_key = true;
    crypto_generichash(digest, sizeof digest, (const unsigned char *)what,
                       strlen(what), gathered->key, sizeof gathered->key);
    smp_buf_puts(out, "h-");
    for (i = 0; i < sizeof digest; i++)
        smp_buf_putc(out, letters[digest[i] & 31]);
}

/* Letters, digits, ".", "_" and "-", which name a file of --studios. */
static void
put_studio(struct smp_buf *out, const char *text)
{
    bool ascii = !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz"
                                    "0123456789._- ,'&()/#")];
    char *folded = ascii ? smp_strdup(text) : smp_utf8_fold(text);
    size_t from = out->len;
    const char *at;

    for (at = folded; *at; at++) {
        bool plain = strchr("._", *at) || (*at >= '0' && *at <= '9') ||
                     ((*at | 32) >= 'a' && (*at | 32) <= 'z');

        if (plain)
            smp_buf_putc(out, *at);
        else if (out->len > from && out->data[out->len - 1] != '-')
            smp_buf_putc(out, '-');
    }
    while (out->len > from && out->data[out->len - 1] == '-')
        smp_buf_cut(out, out->len - 1);
    free(folded);
}

static const char *
id_of(struct smp_import *import, const struct imp_person *person,
      const char *key, const char *studio)
{
    struct smp_buf id = {0};
    const char *kept;

    if (studio) {
        smp_buf_puts(&id, studio);
        smp_buf_putc(&id, '-');
    }
    if (person->id && !is_personal(person))
        smp_buf_puts(&id, person->id);
    else
        make_id(&id, import, key);
    kept = smp_imp_copy(import->gathered, smp_buf_text(&id), id.len);
    smp_buf_release(&id);
    return kept;
}

/* the appointments of each client */

static int
compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int
by_client_and_time(const void *a, const void *b)
{
    const struct imp_appointment *one = a, *other = b;
    int order = compare((int64_t)one->client, (int64_t)other->client);

    if (!order)
        order = compare(one->start, other->start);
    return order ? order : compare((int64_t)one->order, (int64_t)other->order);
}

static int
by_order(const void *a, const void *b)
{
    const struct imp_client *one = a, *other = b;

    return compare((int64_t)one->order, (int64_t)other->order);
}

/* Each appointment of a walk-in is a client of its own. */
static size_t
set_clients(struct clients *clients, size_t count)
{
    struct smp_gathered *gathered = clients->gathered;
    size_t i, walk_ins = 0;

    for (i = 0; i < gathered->count; i++) {
        struct imp_appointment *at = &gathered->all[i];
        const struct imp_person *person = &gathered->persons[at->person];

        at->client = person->walk_in ? count + walk_ins++ : person->client;
    }
    if (walk_ins)
        smp_imp_say(clients->import, SMP_SAID_REMARK, 0,
                    "%zu appointments of walk-ins, each a client of its own",
                    walk_ins);
    return count + walk_ins;
}

static void
gather_runs(struct clients *clients, size_t count)
{
    struct smp_gathered *gathered = clients->gathered;
    size_t i;

    gathered->clients = smp_calloc(count + 1, sizeof *gathered->clients);
    gathered->client_count = count;
    for (i = 0; i < count; i++)
        gathered->clients[i] =
            (struct imp_client){.order = SIZE_MAX, .number = i};
    for (i = 0; i < gathered->person_count; i++) {
        struct imp_client *client =
            &gathered->clients[gathered->persons[i].client];

        client->person = i;
        client->rejected |= gathered->persons[i].rejected;
    }
    for (i = 0; i < gathered->count; i++) {
        const struct imp_appointment *at = &gathered->all[i];
        struct imp_client *client = &gathered->clients[at->client];

        if (!client->count++)
            client->first = i;
        client->person = at->person;
        if (at->order < client->order)
            client->order = at->order;
    }
}

/* The studio of the first appointment, so that the id stays. */
static const char *
studio_of(struct smp_import *import, const struct imp_client *client)
{
    struct smp_gathered *gathered = import->gathered;
    const char *text = import->studio, *found = NULL;
    struct smp_buf studio = {0};
    bool several = false;
    size_t i;

    for (i = 0; !import->studio && i < client->count; i++) {
        const char *here = gathered->all[client->first + i].studio;

        several = several || (here && text && here != text);
        text = text ? text : here;
    }
    if (several)
        smp_imp_say(import, SMP_SAID_REMARK, gathered->all[client->first].line,
                    "appointments at several locations: one plan, of the "
                    "first one's studio");
    if (text)
        put_studio(&studio, text);
    found = smp_imp_keep(gathered, smp_buf_text(&studio), studio.len);
    smp_buf_release(&studio);
    return found;
}

/* A walk-in is known by its appointment. */
static void
walk_in_key(struct smp_buf *key, const struct imp_appointment *at)
{
    smp_buf_printf(key, "4%s\n%lld\n%s", or_empty(at->ref),
                   at->ref ? 0 : (long long)at->start,
                   at->ref ? "" : or_empty(at->artist));
}

static void
set_ids(struct clients *clients)
{
    struct smp_gathered *gathered = clients->gathered;
    const char **keys = smp_calloc(gathered->person_count + 1, sizeof *keys);
    struct smp_buf own = {0};
    size_t i;

    for (i = 0; i < gathered->person_count; i++)
        keys[clients->keys[i].person] = clients->keys[i].text;
    for (i = 0; i < gathered->client_count; i++) {
        struct imp_client *client = &gathered->clients[i];
        const struct imp_person *person = &gathered->persons[client->person];

        smp_buf_cut(&own, 0);
        if (person->walk_in && client->count)
            walk_in_key(&own, &gathered->all[client->first]);
        client->studio = studio_of(clients->import, client);
        client->id =
            id_of(clients->import, person,
                  own.len ? own.data : keys[client->person], client->studio);
    }
    smp_buf_release(&own);
    free(keys);
}

/* Leaves out clients of whom nothing is to be said. */
static void
drop_empty(struct smp_gathered *gathered)
{
    size_t i, kept = 0;

    for (i = 0; i < gathered->reply_count; i++)
        gathered->clients[gathered->persons[gathered->replies[i].person].client]
            .answers = true;
    for (i = 0; i < gathered->client_count; i++) {
        const struct imp_client *client = &gathered->clients[i];
        bool nobody = gathered->persons[client->person].walk_in;

        if (client->count || client->answers || (client->rejected && !nobody))
            gathered->clients[kept++] = *client;
        gathered->unread = gathered->unread || (client->rejected && nobody);
    }
    gathered->client_count = kept;
}

size_t
smp_import_clients(struct smp_import *import)
{
    struct smp_gathered *gathered = import->gathered;
    struct clients clients = {.import = import, .gathered = gathered};
    size_t i, count;

    if (!gathered || import->refused)
        return 0;
    begin(&clients);
    join_names(&clients);
    key_by_address(&clients);
    count = set_clients(&clients, number_clients(&clients));
    if (gathered->count)
        qsort(gathered->all, gathered->count, sizeof *gathered->all,
              by_client_and_time);
    gather_runs(&clients, count);
    set_ids(&clients);
    drop_empty(gathered);
    count = gathered->client_count;
    if (count)
        qsort(gathered->clients, count, sizeof *gathered->clients, by_order);
    for (i = 0; i < gathered->person_count; i++) {
        free(clients.keys[i].text);
        free(clients.names[i]);
    }
    free(clients.keys);
    free(clients.names);
    return count;
}

/* the plan */

/* The last thing that rows say, the first ones being the earliest. */
static void
set_head(const struct smp_import *import, const struct imp_client *client,
         struct smp_plan *plan)
{
    const struct smp_gathered *gathered = import->gathered;
    const struct imp_person *person = &gathered->persons[client->person];
    const struct smp_zone *zone = NULL;
    enum imp_consent mail = IMP_UNSAID, sms = IMP_UNSAID;
    size_t i;

    plan->id = client->id;
    plan->studio = client->studio;
    plan->name = person->walk_in ? NULL : person->name;
    plan->email = person->email;
    for (i = 0; i < client->count; i++) {
        const struct imp_appointment *at = &gathered->all[client->first + i];

        person = &gathered->persons[at->person];
        if (person->name && !person->walk_in)
            plan->name = person->name;
        if (person->email)
            plan->email = person->email;
        if (person->phone)
            plan->phone = person->phone;
        if (at->artist && at->status != SMP_CANCELLED)
            plan->artist = at->artist;
        zone = zone ? zone : at->zone;
        mail = at->mail ? (enum imp_consent)at->mail : mail;
        sms = at->sms ? (enum imp_consent)at->sms : sms;
    }
    if (zone)
        plan->time_zone = smp_zone_name(zone);
    plan->has_consent = mail || sms;
    plan->consent.at =
        smp_arena_alloc(&plan->arena, 2 * sizeof *plan->consent.at);
    if (mail == IMP_OPTED_IN)
        plan->consent.at[plan->consent.count++] = "mail";
    if (sms == IMP_OPTED_IN)
        plan->consent.at[plan->consent.count++] = "sms";
    plan->incomplete = gathered->unread   ? SMP_INCOMPLETE_EXPORT
                       : client->rejected ? SMP_INCOMPLETE_CLIENT
                                          : SMP_COMPLETE;
}

static void
set_replies(const struct smp_gathered *gathered, size_t client,
            struct smp_plan *plan)
{
    size_t i;

    if (!gathered->reply_count)
        return;
    plan->replies = smp_arena_alloc(&plan->arena, gathered->reply_count *
                                                      sizeof *plan->replies);
    for (i = 0; i < gathered->reply_count; i++)
        if (gathered->persons[gathered->replies[i].person].client == client)
            plan->replies[plan->reply_count++] = gathered->replies[i].reply;
}

/* A row of the appointment that another row has, for another service. */
static bool
is_same(const struct imp_appointment *one, const struct imp_appointment *other)
{
    if ((one->status == SMP_CANCELLED) != (other->status == SMP_CANCELLED))
        return one->ref && strcmp(one->ref, or_empty(other->ref)) == 0;
    if (one->ref && other->ref && strcmp(one->ref, other->ref) == 0)
        return one->day == other->day;
    return one->start == other->start && one->all_day == other->all_day &&
           (one->status != SMP_CANCELLED || (!one->ref && !other->ref));
}

static int64_t
end_of(const struct imp_appointment *at)
{
    return at->start + at->length;
}

/* Joins the second into the first, which begins no later. */
static void
join(struct imp_appointment *one, const struct imp_appointment *other)
{
    bool cancelled = one->status == SMP_CANCELLED;

    if (cancelled && other->status != SMP_CANCELLED) {
        const struct imp_appointment kept = *other;

        *one = kept;
    } else if ((other->status != SMP_CANCELLED || cancelled) &&
               end_of(other) > end_of(one)) {
        one->length = (int32_t)(end_of(other) - one->start);
    }
    if (!one->ref)
        one->ref = other->ref;
}

static size_t
join_rows(struct smp_import *import, const struct imp_client *client)
{
    struct imp_appointment *all = &import->gathered->all[client->first];
    size_t i, j, count = 0;

    for (i = 0; i < client->count; i++) {
        for (j = count; j && !is_same(&all[j - 1], &all[i]); j--)
            ;
        if (!j) {
            all[count++] = all[i];
            continue;
        }
        smp_imp_say(import, SMP_SAID_REMARK, all[i].line,
                    "the same appointment as in line %lu, it seems: one "
                    "session",
                    all[j - 1].line);
        join(&all[j - 1], &all[i]);
    }
    return count;
}

/* Events that share a UID, as some calendars have them, are told from each
 * other by their times. */
static const char *
ref_in(struct smp_plan *plan, const struct imp_appointment *at)
{
    struct smp_buf ref = {0};
    const char *unique = at->ref;
    size_t i;

    for (i = 0; unique && i < plan->session_count; i++)
        if (plan->sessions[i].ref &&
            strcmp(plan->sessions[i].ref, at->ref) == 0)
            break;
    if (unique && i < plan->session_count) {
        smp_buf_printf(&ref, "%s-", at->ref);
        smp_when_print(&ref, (struct smp_when){SMP_INSTANT, at->start});
        unique = smp_arena_strdup(&plan->arena, smp_buf_text(&ref));
    }
    smp_buf_release(&ref);
    return unique;
}

static void
add_session(struct smp_plan *plan, const struct imp_appointment *at, int number)
{
    const char *ref = ref_in(plan, at);
    struct smp_session *session = smp_plan_add_session(plan);

    *session = (struct smp_session){
        .number = number,
        .start = at->all_day
                     ? smp_when_day(at->day)
                     : smp_when_local(smp_zone_to_local(plan->zone, at->start)),
        .duration = at->all_day ? 0 : at->length,
        .status = (enum smp_status)at->status,
        .ref = ref,
        .said = at->said,
        .sequence = at->sequence,
        .has_created = at->has_created,
        .created = at->created,
    };
}

bool
smp_import_plan(struct smp_import *import, size_t number, struct smp_plan *plan,
                unsigned long *line, struct smp_err *err)
{
    const struct smp_gathered *gathered = import->gathered;
    const struct imp_client *client = &gathered->clients[number];
    size_t i, count;

    *line = client->count ? gathered->all[client->first].line
                          : gathered->persons[client->person].line;
    set_head(import, client, plan);
    set_replies(gathered, client->number, plan);
    if (!smp_plan_set_zone(plan, &import->defaults, err))
        return false;
    count = join_rows(import, client);
    if (count > SMP_NUMBER_MAX)
        return smp_fail(err, "more than %d sessions", SMP_NUMBER_MAX);
    for (i = 0; i < count; i++)
        add_session(plan, &gathered->all[client->first + i], (int)i + 1);
    return true;
}

void
smp_import_release(struct smp_import *import)
{
    struct smp_gathered *gathered = import->gathered;

    if (!gathered)
        return;
    smp_arena_release(&gathered->arena);
    smp_buf_release(&gathered->text);
    smp_buf_release(&gathered->other);
    smp_buf_release(&gathered->name);
    smp_buf_release(&gathered->email);
    smp_buf_release(&gathered->id);
    free(gathered->strings.at);
    free(gathered->all);
    free(gathered->persons);
    free(gathered->slots);
    free(gathered->clients);
    free(gathered->words);
    free(gathered->twins);
    free(gathered->replies);
    free(gathered);
    import->gathered = NULL;
}
