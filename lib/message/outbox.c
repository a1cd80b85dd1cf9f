#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"
#include "base/hash.h"
#include "time/civil.h"
#include "message/internal.h"

enum { TOLD_MAX = 4 << 20, SINGLE_MAX = 8 };

static const char *const place_names[SMP_PLACES] = {"new", "dropped", "sent"};
static const char temporary_start[] = ".smp-message.";

/* keys and names */

struct smp_message_key
smp_message_key(const char *kind, const char *id)
{
    unsigned char hash[SMP_MESSAGE_KEY / 2];
    crypto_generichash_state state;
    struct smp_message_key key;

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)kind,
                              strlen(kind) + 1);
    crypto_generichash_update(&state, (const unsigned char *)id, strlen(id));
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(key.text, sizeof key.text, hash, sizeof hash);
    return key;
}

static void
put_name(char *name, const struct smp_message_key *key, int number, int32_t day)
{
    struct smp_civil date = smp_civil_of(day);

    snprintf(name, SMP_MESSAGE_NAME, "%s-%d-%04d%02d%02d", key->text, number,
             date.year, date.month, date.day);
}

static bool
read_digits(const char **at, size_t most, int *number)
{
    size_t n = strspn(*at, "0123456789");

    if (!n || n > most)
        return false;
    *number = atoi(*at);
    *at += n;
    return true;
}

/* False if the name is none of ours. */
static bool
read_name(const char *name, struct smp_message_file *file)
{
    const char *at = name + SMP_MESSAGE_KEY;
    int date;

    if (strspn(name, "0123456789abcdef") != SMP_MESSAGE_KEY || *at++ != '-' ||
        !read_digits(&at, 9, &file->number) || *at++ != '-' ||
        strspn(at, "0123456789") != 8 || !read_digits(&at, 8, &date) ||
        *at++ != '.')
        return false;
    if (strcmp(at, "eml") != 0 && strcmp(at, "json") != 0 &&
        strcmp(at, "told") != 0)
        return false;
    memcpy(file->key.text, name, SMP_MESSAGE_KEY);
    file->key.text[SMP_MESSAGE_KEY] = '\0';
    if (date % 10000 / 100 < 1 || date % 10000 / 100 > 12)
        return false;
    file->day = smp_day_of(date / 10000, date % 10000 / 100, date % 100);
    strcpy(file->extension, at);
    return true;
}

static const char *
name_of(struct smp_buf *out, const struct smp_message_file *file,
        const char *extension)
{
    char name[SMP_MESSAGE_NAME];

    put_name(name, &file->key, file->number, file->day);
    smp_buf_cut(out, 0);
    smp_buf_printf(out, "%s%s%s", name, extension ? "." : "",
                   extension ? extension : "");
    return out->data;
}

static bool
fail(const struct smp_outbox *outbox, const char *directory, const char *name,
     struct smp_err *err)
{
    smp_fail_errno(err, "%s/%s%s%s", outbox->path, directory, *name ? "/" : "",
                   name);
    err->system = true; /* no fault of a plan */
    return false;
}

/* the last file of each key */

static size_t
slot_of(const struct smp_outbox *outbox, const struct smp_message_key *key)
{
    size_t slot = smp_hash(key->text, SMP_MESSAGE_KEY, 0) & (outbox->size - 1);

    while (outbox->files[slot].number &&
           memcmp(outbox->files[slot].key.text, key->text, SMP_MESSAGE_KEY) !=
               0)
        slot = (slot + 1) & (outbox->size - 1);
    return slot;
}

static void
grow_files(struct smp_outbox *outbox)
{
    enum { SIZE_MIN = 64 };
    struct smp_message_file *old = outbox->files;
    size_t size = outbox->size, i;

    outbox->size = size ? 2 * size : SIZE_MIN;
    outbox->files = smp_calloc(outbox->size, sizeof *outbox->files);
    for (i = 0; i < size; i++)
        if (old[i].number)
            outbox->files[slot_of(outbox, &old[i].key)] = old[i];
    free(old);
}

static void
note_file(struct smp_outbox *outbox, const struct smp_message_file *file)
{
    struct smp_message_file *known;

    if (2 * (outbox->count + 1) > outbox->size)
        grow_files(outbox);
    known = &outbox->files[slot_of(outbox, &file->key)];
    outbox->count += !known->number;
    if (known->number < file->number || (known->number == file->number &&
                                         strcmp(known->extension, "told") != 0))
        *known = *file;
}

const struct smp_message_file *
smp_outbox_last(const struct smp_outbox *outbox,
                const struct smp_message_key *key)
{
    const struct smp_message_file *file;

    if (!outbox->size)
        return NULL;
    file = &outbox->files[slot_of(outbox, key)];
    return file->number ? file : NULL;
}

/* directories */

static int
open_below(struct smp_outbox *outbox, const char *name, struct smp_err *err)
{
    int fd;

    if (!outbox->dry && mkdirat(outbox->directory, name, 0700) < 0 &&
        errno != EEXIST) {
        fail(outbox, name, "", err);
        return -1;
    }
    fd = openat(outbox->directory, name,
                O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && !(outbox->dry && errno == ENOENT))
        fail(outbox, name, "", err);
    return fd;
}

/* Passes each message of a directory on. */
struct visit {
    void (*call)(void *context, const struct smp_message_file *file);
    void *context;
    enum smp_outbox_place place;
};

static void
visit_name(void *context, const char *name)
{
    struct visit *visit = context;
    struct smp_message_file file = {.place = visit->place};

    if (read_name(name, &file) && file.number > 0)
        visit->call(visit->context, &file);
}

/*
 * In this order: a file that is delivered meanwhile is then found once at
 * least.
 */
static bool
visit_all(const struct smp_outbox *outbox,
          void (*call)(void *context, const struct smp_message_file *file),
          void *context, struct smp_err *err)
{
    struct visit visit = {.call = call, .context = context};
    int place;

    for (place = 0; place < SMP_PLACES; place++) {
        visit.place = (enum smp_outbox_place)place;
        if (outbox->places[place] >= 0 &&
            !smp_each_file(outbox->places[place], place_names[place],
                           visit_name, &visit, err))
            return false;
    }
    return true;
}

static void
take_file(void *context, const struct smp_message_file *file)
{
    note_file(context, file);
}

static void
remove_temporary(void *context, const char *name)
{
    const struct smp_outbox *outbox = context;
    size_t n = strlen(name);

    if (strncmp(name, temporary_start, sizeof temporary_start - 1) == 0 &&
        n > 4 && strcmp(name + n - 4, ".tmp") == 0)
        unlinkat(outbox->directory, name, 0);
}

bool
smp_outbox_open(struct smp_outbox *outbox, const char *path, bool wait,
                bool dry, struct smp_err *err)
{
    int place;

    *outbox = (struct smp_outbox){.path = path,
                                  .dry = dry,
                                  .directory = -1,
                                  .lock = -1,
                                  .told = -1,
                                  .places = {-1, -1, -1}};
    if (!dry && mkdir(path, 0700) < 0 && errno != EEXIST)
        return smp_fail_errno(err, "%s", path);
    outbox->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (outbox->directory < 0)
        return (dry && errno == ENOENT) || smp_fail_errno(err, "%s", path);
    if (!dry) {
        outbox->lock = smp_lock_directory(outbox->directory, path,
                                          "smp-message", wait, err);
        if (outbox->lock < 0 || !smp_each_file(outbox->directory, path,
                                               remove_temporary, outbox, err))
            return false;
    }
    outbox->told = open_below(outbox, "told", err);
    for (place = 0; place < SMP_PLACES; place++)
        outbox->places[place] = open_below(outbox, place_names[place], err);
    return !err->failed && visit_all(outbox, take_file, outbox, err);
}

void
smp_outbox_name(const struct smp_outbox *outbox,
                const struct smp_message_key *key, int32_t day,
                char name[SMP_MESSAGE_NAME])
{
    const struct smp_message_file *last = smp_outbox_last(outbox, key);

    put_name(name, key, last ? last->number + 1 : 1, day);
}

/* what messages told */

static bool
read_whole(const struct smp_outbox *outbox, int directory, const char *place,
           const char *name, struct smp_buf *out, struct smp_err *err)
{
    int fd = openat(directory, name,
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    ssize_t got = -1;

    if (fd < 0)
        return fail(outbox, place, name, err);
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size <= TOLD_MAX) {
        smp_buf_reserve(out, (size_t)status.st_size + 1);
        while ((got = smp_read_some(fd, out->data + out->len,
                                    out->room - out->len - 1)) > 0)
            if ((out->len += (size_t)got) > TOLD_MAX)
                break;
        out->data[out->len] = '\0';
    } else {
        errno = EINVAL;
    }
    if (got < 0)
        fail(outbox, place, name, err);
    close(fd);
    return got >= 0;
}

bool
smp_outbox_read(const struct smp_outbox *outbox,
                const struct smp_message_file *file, struct smp_buf *out,
                struct smp_err *err)
{
    struct smp_buf name = {0};
    bool bare = strcmp(file->extension, "told") == 0;
    bool ok =
        read_whole(outbox, bare ? outbox->places[file->place] : outbox->told,
                   bare ? place_names[file->place] : "told",
                   name_of(&name, file, bare ? "told" : NULL), out, err);

    smp_buf_release(&name);
    err->system = false; /* other clients can get their messages */
    return ok;
}

/* commits */

/* A message, or a note, in temporary files. */
struct smp_outbox_pending {
    struct smp_message_file file;
    struct smp_message_file before; /* number 0: none to drop */
    int message, told;              /* numbers of files; message 0: none */
};

struct temporary {
    char name[sizeof temporary_start + SMP_DIGITS + sizeof ".tmp"];
};

static struct temporary
temporary(int number)
{
    struct temporary file;

    snprintf(file.name, sizeof file.name, "%s%d.tmp", temporary_start, number);
    return file;
}

/* Returns the number of the file, or 0. */
static int
write_temporary(struct smp_outbox *outbox, const struct smp_buf *text,
                struct smp_err *err)
{
    struct temporary file = temporary(++outbox->number);
    int fd = openat(outbox->directory, file.name,
                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && smp_write_all(fd, text->data, text->len);

    if (!ok)
        fail(outbox, file.name, "", err);
    if (fd >= 0 && close(fd) < 0 && ok)
        ok = fail(outbox, file.name, "", err);
    if (!ok && fd >= 0)
        unlinkat(outbox->directory, file.name, 0);
    return ok ? outbox->number : 0;
}

bool
smp_outbox_add(struct smp_outbox *outbox, const struct smp_message_key *key,
               int32_t day, const char *extension,
               const struct smp_buf *message, const struct smp_buf *told,
               struct smp_err *err)
{
    const struct smp_message_file *last = smp_outbox_last(outbox, key);
    struct smp_outbox_pending *pending;

    outbox->pending = smp_grow(outbox->pending, outbox->pending_count,
                               &outbox->pending_room, sizeof *outbox->pending);
    pending = &outbox->pending[outbox->pending_count];
    *pending = (struct smp_outbox_pending){
        .file = {.key = *key,
                 .number = last ? last->number + 1 : 1,
                 .day = day,
                 .place = message ? SMP_NEW : SMP_SENT}};
    strcpy(pending->file.extension, extension);
    if (last && last->place == SMP_NEW)
        pending->before = *last;
    outbox->pending_count++;
    if (outbox->dry)
        return true;
    pending->told = write_temporary(outbox, told, err);
    if (message && pending->told)
        pending->message = write_temporary(outbox, message, err);
    if (pending->told && (pending->message || !message))
        return true;
    if (pending->told)
        unlinkat(outbox->directory, temporary(pending->told).name, 0);
    outbox->pending_count--;
    return false;
}

static bool
sync_one(struct smp_outbox *outbox, int number, struct smp_err *err)
{
    struct temporary file = temporary(number);
    int fd = openat(outbox->directory, file.name, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && smp_sync(fd);

    if (!ok)
        fail(outbox, file.name, "", err);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool
sync_pending(struct smp_outbox *outbox, struct smp_err *err)
{
    size_t i;

    if (outbox->pending_count > SINGLE_MAX && smp_sync_all(outbox->directory))
        return true;
    for (i = 0; i < outbox->pending_count; i++) {
        const struct smp_outbox_pending *pending = &outbox->pending[i];

        if (!sync_one(outbox, pending->told, err) ||
            (pending->message && !sync_one(outbox, pending->message, err)))
            return false;
    }
    return true;
}

static bool
move(struct smp_outbox *outbox, int number, int to, const char *place,
     const char *name, struct smp_err *err)
{
    return renameat(outbox->directory, temporary(number).name, to, name) == 0 ||
           fail(outbox, place, name, err);
}

static bool
sync_directory(struct smp_outbox *outbox, int fd, const char *name,
               struct smp_err *err)
{
    return smp_sync(fd) || fail(outbox, name, "", err);
}

/* What a message tells is in its place before the message is. */
static bool
place_told(struct smp_outbox *outbox, struct smp_err *err)
{
    struct smp_buf name = {0};
    bool ok = true;
    size_t i;

    for (i = 0; i < outbox->pending_count && ok; i++) {
        const struct smp_outbox_pending *pending = &outbox->pending[i];

        if (pending->message)
            ok = move(outbox, pending->told, outbox->told, "told",
                      name_of(&name, &pending->file, NULL), err);
    }
    smp_buf_release(&name);
    return ok && sync_directory(outbox, outbox->told, "told", err);
}

/* One that is gone has been delivered meanwhile. */
bool
smp_outbox_drop(struct smp_outbox *outbox, const struct smp_message_file *file,
                struct smp_err *err)
{
    struct smp_buf name = {0};
    bool ok;

    name_of(&name, file, file->extension);
    ok = outbox->dry ||
         renameat(outbox->places[SMP_NEW], name.data,
                  outbox->places[SMP_DROPPED], name.data) == 0 ||
         errno == ENOENT || fail(outbox, "new", name.data, err);
    smp_buf_release(&name);
    return ok;
}

/* Before the new ones come, so that no two of a client can be in hand. */
static bool
drop_overtaken(struct smp_outbox *outbox, struct smp_err *err)
{
    size_t i;

    for (i = 0; i < outbox->pending_count; i++)
        if (outbox->pending[i].before.number &&
            !smp_outbox_drop(outbox, &outbox->pending[i].before, err))
            return false;
    return sync_directory(outbox, outbox->places[SMP_DROPPED], "dropped", err);
}

static bool
place_messages(struct smp_outbox *outbox, struct smp_err *err)
{
    struct smp_buf name = {0};
    bool ok = true;
    size_t i;

    for (i = 0; i < outbox->pending_count && ok; i++) {
        const struct smp_outbox_pending *pending = &outbox->pending[i];
        enum smp_outbox_place place = pending->file.place;

        name_of(&name, &pending->file, pending->file.extension);
        ok = move(outbox, pending->message ? pending->message : pending->told,
                  outbox->places[place], place_names[place], name.data, err);
        if (ok)
            note_file(outbox, &pending->file);
    }
    smp_buf_release(&name);
    return ok && sync_directory(outbox, outbox->places[SMP_NEW], "new", err) &&
           sync_directory(outbox, outbox->places[SMP_SENT], "sent", err);
}

bool
smp_outbox_commit(struct smp_outbox *outbox, struct smp_err *err)
{
    bool ok = outbox->dry || !outbox->pending_count ||
              (sync_pending(outbox, err) && place_told(outbox, err) &&
               drop_overtaken(outbox, err) && place_messages(outbox, err));

    if (ok)
        outbox->pending_count = 0;
    return ok;
}

/* Files that a commit has moved are gone. */
static void
discard(struct smp_outbox *outbox)
{
    size_t i;

    for (i = 0; i < outbox->pending_count && !outbox->dry; i++) {
        unlinkat(outbox->directory, temporary(outbox->pending[i].told).name, 0);
        if (outbox->pending[i].message)
            unlinkat(outbox->directory,
                     temporary(outbox->pending[i].message).name, 0);
    }
    outbox->pending_count = 0;
}

/* lists of files */

struct list {
    struct smp_message_file *at;
    size_t count, room;
    int32_t before;                    /* of this day ... */
    const struct smp_message_key *key; /* ... or of this key ... */
    bool all;                          /* ... or all; the key chooses later */
    int directory;                     /* told/ */
};

static void
list_file(void *context, const struct smp_message_file *file)
{
    struct list *list = context;
    bool wanted = list->key
                      ? list->all || memcmp(file->key.text, list->key->text,
                                            SMP_MESSAGE_KEY) == 0
                      : file->place != SMP_NEW && file->day < list->before &&
                            strcmp(file->extension, "told") != 0;

    if (!wanted)
        return;
    list->at = smp_grow(list->at, list->count, &list->room, sizeof *list->at);
    list->at[list->count++] = *file;
}

/* What it told takes its place: the move decides, the rest is tidying up. */
static bool
strip(struct smp_outbox *outbox, const struct smp_message_file *file,
      struct smp_err *err)
{
    int place = outbox->places[file->place];
    struct smp_buf name = {0}, bare = {0}, told = {0};
    bool ok;

    name_of(&name, file, file->extension);
    name_of(&bare, file, "told");
    name_of(&told, file, NULL);
    ok = (renameat(outbox->told, told.data, place, bare.data) == 0 ||
          errno == ENOENT) &&
         (unlinkat(place, name.data, 0) == 0 || errno == ENOENT);
    if (!ok)
        fail(outbox, place_names[file->place], name.data, err);
    smp_buf_release(&name);
    smp_buf_release(&bare);
    smp_buf_release(&told);
    return ok;
}

size_t
smp_outbox_strip(struct smp_outbox *outbox, int32_t before, struct smp_err *err)
{
    struct list list = {.before = before};
    size_t i = 0;

    if (!outbox->dry && outbox->directory >= 0 &&
        visit_all(outbox, list_file, &list, err))
        while (i < list.count && strip(outbox, &list.at[i], err))
            i++;
    free(list.at);
    return i;
}

static bool
remove_name(struct smp_outbox *outbox, int directory, const char *place,
            const char *name, struct smp_err *err)
{
    return unlinkat(directory, name, 0) == 0 || errno == ENOENT ||
           fail(outbox, place, name, err);
}

/* What was told by a message that somebody has removed. */
static void
remove_told(void *context, const char *name)
{
    const struct list *list = context;

    if (strncmp(name, list->key->text, SMP_MESSAGE_KEY) == 0 &&
        name[SMP_MESSAGE_KEY] == '-')
        unlinkat(list->directory, name, 0);
}

static bool
is_about(const struct smp_outbox *outbox, const struct smp_message_file *file,
         const struct smp_message_key *key,
         bool (*is_of)(const struct smp_buf *record,
                       const struct smp_message_key *key))
{
    struct smp_buf record = {0};
    struct smp_err ignored = {0};
    bool is = memcmp(file->key.text, key->text, SMP_MESSAGE_KEY) == 0;

    if (!is && is_of)
        is = smp_outbox_read(outbox, file, &record, &ignored) &&
             is_of(&record, key);
    smp_buf_release(&record);
    smp_err_release(&ignored);
    return is;
}

/* A message first, so that an interruption leaves none without what it told. */
size_t
smp_outbox_forget(struct smp_outbox *outbox, const struct smp_message_key *key,
                  bool (*is_of)(const struct smp_buf *record,
                                const struct smp_message_key *key),
                  struct smp_err *err)
{
    struct list list = {
        .key = key, .directory = outbox->told, .all = is_of != NULL};
    struct smp_buf name = {0};
    size_t i, count = 0;

    if (outbox->directory >= 0 && visit_all(outbox, list_file, &list, err))
        for (i = 0; i < list.count && !outbox->dry; i++) {
            const struct smp_message_file *file = &list.at[i];

            if (!is_about(outbox, file, key, is_of))
                continue;
            count++;
            name_of(&name, file, file->extension);
            if (!remove_name(outbox, outbox->places[file->place],
                             place_names[file->place], name.data, err) ||
                !remove_name(outbox, outbox->told, "told",
                             name_of(&name, file, NULL), err))
                break;
        }
    if (!err->failed && !outbox->dry && outbox->told >= 0)
        smp_each_file(outbox->told, "told", remove_told, &list, err);
    smp_buf_release(&name);
    free(list.at);
    return count;
}

struct find {
    const struct smp_message_key *key;
    int32_t day;
    struct smp_message_file *file;
};

static void
find_file(void *context, const struct smp_message_file *file)
{
    struct find *find = context;

    if (memcmp(file->key.text, find->key->text, SMP_MESSAGE_KEY) == 0 &&
        file->day <= find->day && file->place != SMP_DROPPED &&
        (file->number > find->file->number ||
         (file->number == find->file->number &&
          strcmp(find->file->extension, "told") != 0)))
        *find->file = *file;
}

bool
smp_outbox_find(const struct smp_outbox *outbox,
                const struct smp_message_key *key, int32_t day,
                struct smp_message_file *file, struct smp_err *err)
{
    struct find find = {.key = key, .day = day, .file = file};

    *file = (struct smp_message_file){.number = 0};
    return visit_all(outbox, find_file, &find, err) && file->number;
}

void
smp_outbox_close(struct smp_outbox *outbox)
{
    int place;

    if (!outbox->path)
        return;
    discard(outbox);
    for (place = 0; place < SMP_PLACES; place++)
        if (outbox->places[place] >= 0)
            close(outbox->places[place]);
    if (outbox->told >= 0)
        close(outbox->told);
    if (outbox->lock >= 0)
        close(outbox->lock);
    if (outbox->directory >= 0)
        close(outbox->directory);
    free(outbox->files);
    free(outbox->pending);
    *outbox = (struct smp_outbox){.path = NULL};
}
