#define _GNU_SOURCE /* syncfs */
#include "publish/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* So few files are put on the disk one by one, not with all the others. */
enum { FEW = 8 };

static const char *
file_of(struct smp_buf *text, const char *name)
{
    smp_buf_cut(text, 0);
    smp_buf_puts(text, name);
    smp_buf_puts(text, ".ics");
    return smp_buf_text(text);
}

static const char *
temporary(struct smp_buf *text, unsigned long number)
{
    smp_buf_cut(text, 0);
    smp_buf_printf(text, ".smp-publish.%lu.tmp", number);
    return smp_buf_text(text);
}

static bool
fail(const struct smp_store *store, struct smp_err *err, const char *name)
{
    return smp_fail_errno(err, "%s/%s.ics", store->path, name);
}

/* What a feed is that is no file to be replaced; NULL where it is one. */
static const char *
not_a_feed(const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return "a directory is in its place";
    if (!S_ISREG(status->st_mode))
        return "not a file";
    return status->st_size > SMP_FEED_MAX ? "larger than any feed" : NULL;
}

static bool
read_feed(struct smp_store *store, int fd, const char *name,
          struct smp_buf *out, struct smp_err *err)
{
    struct stat status;
    const char *what;
    size_t size;
    ssize_t got;

    if (fstat(fd, &status) < 0)
        return fail(store, err, name);
    what = not_a_feed(&status);
    if (what)
        return smp_fail(err, "%s/%s.ics: %s", store->path, name, what);
    store->mode = status.st_mode & 07777;
    store->modified = status.st_mtime;
    for (size = (size_t)status.st_size + 1;; size -= (size_t)got) {
        smp_buf_reserve(out, size);
        got = read(fd, out->data + out->len, size);
        if (got < 0)
            return fail(store, err, name);
        out->len += (size_t)got;
        if (!got || (size_t)got + 1 >= size)
            break;
    }
    out->data[out->len] = '\0';
    return true;
}

bool
smp_store_read(struct smp_store *store, const char *name, struct smp_buf *out,
               bool *there, struct smp_err *err)
{
    struct smp_buf file = {0};
    int fd = openat(store->directory, file_of(&file, name),
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    bool ok = true;

    store->mode = 0;
    store->modified = INT64_MIN;
    *there = fd >= 0;
    if (fd >= 0) {
        ok = read_feed(store, fd, name, out, err);
        close(fd);
    } else if (errno == ELOOP) {
        ok = smp_fail(err, "%s/%s.ics: a symbolic link is in its place",
                      store->path, name);
    } else if (errno != ENOENT && store->directory >= 0) {
        ok = fail(store, err, name);
    }
    smp_buf_release(&file);
    return ok;
}

/* Makes it like the feed that it is to replace, but later. */
static bool
succeed(const struct smp_store *store, int fd)
{
    struct stat status;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};

    if (!store->mode)
        return true;
    if (fchmod(fd, (mode_t)store->mode) < 0 || fstat(fd, &status) < 0)
        return false;
    times[1].tv_sec = (time_t)(store->modified + 1);
    return status.st_mtime > store->modified || futimens(fd, times) == 0;
}

/* Makes a new file; what is no leftover of ours is passed over. */
static int
create_temporary(struct smp_store *store, struct smp_stored *stored,
                 struct smp_buf *file)
{
    enum { TRIES = 100 };
    int fd = -1, i;

    for (i = 0; i < TRIES; i++) {
        stored->number = ++store->number;
        fd = openat(store->directory, temporary(file, stored->number),
                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

/* Writes the temporary file; false with errno set, and no file. */
static bool
write_temporary(struct smp_store *store, struct smp_stored *stored,
                const char *text, size_t n)
{
    struct smp_buf file = {0};
    int error, fd = create_temporary(store, stored, &file);
    const char *path = smp_buf_text(&file);
    bool ok = fd >= 0 && smp_write_all(fd, text, n) && succeed(store, fd);

    error = errno;
    if (fd >= 0 && (!ok || store->count > FEW)) {
        if (close(fd) < 0 && ok) {
            error = errno;
            ok = false;
        }
        if (!ok)
            unlinkat(store->directory, path, 0);
        fd = -1;
    }
    stored->fd = fd;
    smp_buf_release(&file);
    errno = error;
    return ok;
}

bool
smp_store_write(struct smp_store *store, const char *name, const char *text,
                size_t n)
{
    struct smp_stored *stored;

    store->pending = smp_grow(store->pending, store->count, &store->room,
                              sizeof *store->pending);
    stored = &store->pending[store->count++];
    *stored = (struct smp_stored){.name = smp_strdup(name), .fd = -1};
    return store->dry || write_temporary(store, stored, text, n) ||
           fail(store, &stored->err, name);
}

void
smp_store_forget(struct smp_store *store)
{
    struct smp_stored *stored = &store->pending[--store->count];

    free(stored->name);
    smp_err_release(&stored->err);
}

/* One file to the disk, opened again where it was closed. */
static void
sync_one(struct smp_store *store, struct smp_stored *stored)
{
    struct smp_buf file = {0};
    int fd = stored->fd;
    bool ok;

    if (fd < 0)
        fd = openat(store->directory, temporary(&file, stored->number),
                    O_RDONLY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        fail(store, &stored->err, stored->name);
    if (fd >= 0 && close(fd) < 0 && ok)
        ok = fail(store, &stored->err, stored->name);
    stored->fd = -1;
    if (!ok)
        unlinkat(store->directory, temporary(&file, stored->number), 0);
    smp_buf_release(&file);
}

static bool
sync_all(struct smp_store *store)
{
#ifdef __linux__
    return store->count > FEW && syncfs(store->directory) == 0;
#else
    (void)store;
    return false;
#endif
}

static void
put_in_place(struct smp_store *store, struct smp_stored *stored)
{
    struct smp_buf from = {0}, to = {0};
    const char *path = temporary(&from, stored->number);

    if (stored->fd >= 0)
        close(stored->fd);
    stored->fd = -1;
    if (renameat(store->directory, path, store->directory,
                 file_of(&to, stored->name)) < 0) {
        fail(store, &stored->err, stored->name);
        unlinkat(store->directory, path, 0);
    }
    store->changed = true;
    smp_buf_release(&from);
    smp_buf_release(&to);
}

void
smp_store_commit(struct smp_store *store)
{
    bool synced = store->dry || sync_all(store);
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
}

bool
smp_store_remove(struct smp_store *store, const char *name, struct smp_err *err)
{
    struct smp_buf file = {0};
    bool ok =
        store->dry || unlinkat(store->directory, file_of(&file, name), 0) == 0;

    if (!ok)
        fail(store, err, name);
    store->changed = store->changed || !store->dry;
    smp_buf_release(&file);
    return ok;
}

bool
smp_store_close(struct smp_store *store, struct smp_err *err)
{
    bool ok = !store->changed || fsync(store->directory) == 0;

    if (!ok)
        smp_fail_errno(err, "%s", store->path);
    smp_store_clear(store);
    free(store->pending);
    if (store->lock >= 0)
        close(store->lock);
    if (store->directory >= 0)
        close(store->directory);
    *store = (struct smp_store){.directory = -1, .lock = -1};
    return ok;
}
