#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/base.h"
#include "publish/internal.h"

const char smp_end_of_feed[] = ".ics", smp_end_of_page[] = ".html";

static bool
open_directory(struct smp_store *store, struct smp_err *err)
{
    if (!store->dry && mkdir(store->path, 0777) < 0 && errno != EEXIST)
        return smp_fail_errno(err, "%s", store->path);
    store->directory = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return store->directory >= 0 || (store->dry && errno == ENOENT) ||
           smp_fail_errno(err, "%s", store->path);
}

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);

    return n > m && strcmp(name + n - m, end) == 0;
}

static bool
is_feed(const char *file)
{
    return *file != '.' && ends_with(file, smp_end_of_feed);
}

/* Whether it is beside a feed. */
static bool
is_page(const struct smp_store *store, const char *file)
{
    struct smp_buf feed = {0};
    bool found = *file != '.' && ends_with(file, smp_end_of_page);

    if (found) {
        smp_buf_add(&feed, file, strlen(file) - (sizeof smp_end_of_page - 1));
        found = smp_feed_name_is_ours(smp_buf_text(&feed));
        smp_buf_puts(&feed, smp_end_of_feed);
        found = found &&
                faccessat(store->directory, smp_buf_text(&feed), F_OK, 0) == 0;
    }
    smp_buf_release(&feed);
    return found;
}

/* Counts a feed, removes what an interrupted run has left. */
static void
look_at(void *context, const char *file)
{
    struct smp_store *store = context;
    static const char start[] = ".smp-publish.";

    if (is_feed(file)) {
        store->feeds++;
        store->keyed += smp_feed_name_is_keyed(
            file, strlen(file) - (sizeof smp_end_of_feed - 1));
    } else if (is_page(store, file)) {
        store->pages++;
    } else if (!store->dry && strncmp(file, start, sizeof start - 1) == 0 &&
               ends_with(file, ".tmp")) {
        if (unlinkat(store->directory, file, 0) < 0 && errno != ENOENT)
            smp_fail_errno(&store->left,
                           "%s/%s: left by an interrupted run and cannot be "
                           "removed",
                           store->path, file);
    }
}

bool
smp_store_open(struct smp_store *store, const char *path, bool wait, bool dry,
               struct smp_err *err)
{
    *store = (struct smp_store){
        .path = path, .dry = dry, .directory = -1, .lock = -1};
    if (!open_directory(store, err))
        return false;
    if (store->directory >= 0 && !dry)
        store->lock = smp_lock_directory(store->directory, path, "smp-publish",
                                         wait, err);
    return store->directory < 0 ||
           ((dry || store->lock >= 0) &&
            smp_each_file(store->directory, path, look_at, store, err));
}

struct list {
    struct smp_strings *names;
    size_t room;
};

static void
add_name(void *context, const char *file)
{
    struct list *list = context;
    struct smp_strings *names = list->names;
    char *name;

    if (!is_feed(file))
        return;
    name = smp_strdup(file);
    name[strlen(name) - (sizeof smp_end_of_feed - 1)] = '\0';
    names->at =
        smp_grow(names->at, names->count, &list->room, sizeof *names->at);
    names->at[names->count++] = name;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
smp_store_list(struct smp_store *store, struct smp_strings *names,
               struct smp_err *err)
{
    struct list list = {.names = names};

    *names = (struct smp_strings){0};
    if (store->directory < 0)
        return true;
    if (!smp_each_file(store->directory, store->path, add_name, &list, err))
        return false;
    if (names->count)
        qsort(names->at, names->count, sizeof *names->at, compare_names);
    return true;
}

void
smp_store_list_free(struct smp_strings *names)
{
    size_t i;

    for (i = 0; i < names->count; i++)
        free((char *)names->at[i]);
    free(names->at);
    *names = (struct smp_strings){0};
}

/* feeds */

/* The most files that are synced one by one. */
enum { SINGLE_MAX = 8 };

static const char *
file_of(struct smp_buf *text, const char *name, const char *end)
{
    smp_buf_cut(text, 0);
    smp_buf_puts(text, name);
    smp_buf_puts(text, end);
    return smp_buf_text(text);
}

/* The name of a temporary file. */
struct temporary {
    char name[sizeof ".smp-publish." + SMP_DIGITS + sizeof ".tmp"];
};

/* Safe in a signal handler. */
static struct temporary
temporary(int number)
{
    struct temporary file = {".smp-publish."};

    memcpy(smp_digits(file.name + sizeof ".smp-publish." - 1, number), ".tmp",
           sizeof ".tmp");
    return file;
}

static bool
fail(const struct smp_store *store, struct smp_err *err, const char *name,
     const char *end)
{
    return smp_fail_errno(err, "%s/%s%s", store->path, name, end);
}

/* Why a file must not be replaced, or NULL. */
static const char *
not_a_feed(const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return "is a directory";
    if (!S_ISREG(status->st_mode))
        return "not a file";
    return status->st_size > SMP_FEED_MAX ? "larger than any feed" : NULL;
}

static bool
read_file(struct smp_store *store, int fd, const char *name, const char *end,
          struct smp_buf *out, struct smp_err *err)
{
    struct stat status;
    const char *what;
    size_t size;
    ssize_t got;

    if (fstat(fd, &status) < 0)
        return fail(store, err, name, end);
    what = not_a_feed(&status);
    if (what)
        return smp_fail(err, "%s/%s%s: %s", store->path, name, end, what);
    store->found = true;
    store->mode = status.st_mode & 07777;
    store->owner = status.st_uid;
    store->group = status.st_gid;
    store->modified = status.st_mtime;
    for (size = (size_t)status.st_size + 1;; size -= (size_t)got) {
        smp_buf_reserve(out, size);
        got = smp_read_some(fd, out->data + out->len, size);
        if (got < 0)
            return fail(store, err, name, end);
        out->len += (size_t)got;
        if (!got || (size_t)got + 1 >= size)
            break;
    }
    out->data[out->len] = '\0';
    return true;
}

bool
smp_store_read(struct smp_store *store, const char *name, const char *end,
               struct smp_buf *out, bool *there, struct smp_err *err)
{
    struct smp_buf file = {0};
    int fd = openat(store->directory, file_of(&file, name, end),
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    bool ok = true;

    store->found = false;
    *there = fd >= 0;
    if (fd >= 0) {
        ok = read_file(store, fd, name, end, out, err);
        close(fd);
    } else if (errno == ELOOP) {
        ok = smp_fail(err, "%s/%s%s: is a symbolic link", store->path, name,
                      end);
    } else if (errno != ENOENT && store->directory >= 0) {
        ok = fail(store, err, name, end);
    }
    smp_buf_release(&file);
    return ok;
}

bool
smp_store_peek(struct smp_store *store, const char *name, const char *end,
               size_t most, struct smp_buf *out)
{
    struct smp_buf file = {0};
    struct stat status;
    int fd = openat(store->directory, file_of(&file, name, end),
                    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = -1;

    smp_buf_release(&file);
    if (fd < 0) /* no file, a link to nowhere or to itself, a socket */
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
               errno == ENXIO;
    smp_buf_reserve(out, most);
    if (fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
        got = 0;
    else
        while ((got = smp_read_some(fd, out->data + out->len,
                                    most - out->len)) > 0)
            out->len += (size_t)got;
    out->data[out->len] = '\0';
    close(fd);
    return got == 0;
}

/* Only the owner can read it until it is renamed. */
static int
create_temporary(struct smp_store *store, mode_t mode, struct temporary *file)
{
    enum { TRIES_MAX = 100 };
    int fd = -1, i;

    for (i = 0; i < TRIES_MAX; i++) {
        store->number++;
        *file = temporary(store->number);
        fd = openat(store->directory, file->name,
                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

/*
 * The umask and a default ACL decide the permissions of new files in this
 * directory. An empty file shows them.
 */
static bool
learn_mode(struct smp_store *store)
{
    struct temporary file = {""};
    struct stat status;
    int error, fd;

    if (store->mode_known)
        return true;
    fd = create_temporary(store, 0666, &file);
    if (fd < 0)
        return false;
    store->mode_known = fstat(fd, &status) == 0;
    error = errno;
    if (store->mode_known)
        store->new_mode = status.st_mode & 07777;
    close(fd);
    unlinkat(store->directory, file.name, 0);
    errno = error;
    return store->mode_known;
}

/* To the former owner and group, or the group alone, if permitted. */
static void
hand_over(const struct smp_store *store, int fd, const struct stat *status)
{
    bool done =
        (status->st_uid == store->owner && status->st_gid == store->group) ||
        fchown(fd, store->owner, store->group) == 0 ||
        fchown(fd, (uid_t)-1, store->group) == 0;

    (void)done;
}

/* Makes it like the feed it replaces, but modified later. */
static bool
succeed(const struct smp_store *store, int fd)
{
    struct stat status;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};

    if (!store->found)
        return true;
    if (fstat(fd, &status) < 0)
        return false;
    hand_over(store, fd, &status);
    times[1].tv_sec = (time_t)(store->modified + 1);
    return status.st_mtime > store->modified || futimens(fd, times) == 0;
}

/* Writes the temporary file. If that fails, sets errno and leaves no file. */
static bool
write_temporary(struct smp_store *store, struct smp_stored *stored,
                const char *text, size_t n)
{
    struct temporary file = {""};
    int error, fd;
    bool ok;

    if (!store->found && !learn_mode(store))
        return false;
    stored->mode = store->found ? store->mode : store->new_mode;
    fd = create_temporary(store, 0600, &file);
    stored->number = store->number;
    ok = fd >= 0 && smp_write_all(fd, text, n) && succeed(store, fd);
    error = errno;
    if (fd >= 0 && (!ok || store->count > SINGLE_MAX)) {
        if (close(fd) < 0 && ok) {
            error = errno;
            ok = false;
        }
        if (!ok)
            unlinkat(store->directory, file.name, 0);
        fd = -1;
    }
    stored->fd = fd;
    errno = error;
    return ok;
}

bool
smp_store_write(struct smp_store *store, const char *name, const char *end,
                const char *text, size_t n)
{
    struct smp_stored *stored;

    store->pending = smp_grow(store->pending, store->count, &store->room,
                              sizeof *store->pending);
    stored = &store->pending[store->count++];
    *stored =
        (struct smp_stored){.name = smp_strdup(name), .end = end, .fd = -1};
    return store->dry || write_temporary(store, stored, text, n) ||
           fail(store, &stored->err, name, end);
}

void
smp_store_forget(struct smp_store *store)
{
    struct smp_stored *stored = &store->pending[--store->count];

    free(stored->name);
    smp_err_release(&stored->err);
}

/* Syncs one file, opened again if it was closed. */
static void
sync_one(struct smp_store *store, struct smp_stored *stored)
{
    struct temporary file = temporary(stored->number);
    int fd = stored->fd;
    bool ok;

    if (fd < 0)
        fd = openat(store->directory, file.name, O_RDONLY | O_CLOEXEC);
    ok = fd >= 0 && smp_sync(fd);
    if (!ok)
        fail(store, &stored->err, stored->name, stored->end);
    if (fd >= 0 && close(fd) < 0 && ok)
        ok = fail(store, &stored->err, stored->name, stored->end);
    stored->fd = -1;
    if (!ok)
        unlinkat(store->directory, file.name, 0);
}

static void
put_in_place(struct smp_store *store, struct smp_stored *stored)
{
    struct temporary file = temporary(stored->number);
    struct smp_buf name = {0};
    const char *to = file_of(&name, stored->name, stored->end);
    int error;

    if (stored->fd >= 0)
        close(stored->fd);
    stored->fd = -1;
    /* Nothing between these can end the program and leave a temporary file
     * that others can read. */
    if (fchmodat(store->directory, file.name, (mode_t)stored->mode, 0) < 0 ||
        renameat(store->directory, file.name, store->directory, to) < 0) {
        error = errno;
        unlinkat(store->directory, file.name, 0);
        errno = error;
        fail(store, &stored->err, stored->name, stored->end);
    }
    store->changed = true;
    smp_buf_release(&name);
}

void
smp_store_commit(struct smp_store *store)
{
    bool synced = store->dry ||
                  (store->count > SINGLE_MAX && smp_sync_all(store->directory));
    size_t i;

    for (i = 0; i < store->count && !synced; i++)
        if (!store->pending[i].err.failed)
            sync_one(store, &store->pending[i]);
    for (i = 0; i < store->count && !store->dry; i++)
        if (!store->pending[i].err.failed)
            put_in_place(store, &store->pending[i]);
}

void
smp_store_clear(struct smp_store *store)
{
    size_t i;

    for (i = 0; i < store->count; i++) {
        free(store->pending[i].name);
        smp_err_release(&store->pending[i].err);
    }
    store->count = 0;
    store->settled = store->number;
}

void
smp_store_abandon(const struct smp_store *store)
{
    int i;

    for (i = store->number; i > store->settled; i--)
        unlinkat(store->directory, temporary(i).name, 0);
}

bool
smp_store_remove(struct smp_store *store, const char *name, const char *end,
                 struct smp_err *err)
{
    struct smp_buf file = {0};
    bool ok = store->dry ||
              unlinkat(store->directory, file_of(&file, name, end), 0) == 0;

    if (!ok)
        fail(store, err, name, end);
    store->changed = store->changed || !store->dry;
    smp_buf_release(&file);
    return ok;
}

bool
smp_store_close(struct smp_store *store, struct smp_err *err)
{
    bool ok = !store->changed || smp_sync(store->directory);

    if (!ok)
        smp_fail_errno(err, "%s", store->path);
    if (store->left.failed)
        ok = smp_fail(err, "%s", smp_buf_text(&store->left.text));
    smp_err_release(&store->left);
    smp_store_clear(store);
    free(store->pending);
    if (store->lock >= 0)
        close(store->lock);
    if (store->directory >= 0)
        close(store->directory);
    *store = (struct smp_store){.directory = -1, .lock = -1};
    return ok;
}
