#include "publish/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "publish/name.h"

static const char lock_file[] = ".smp-publish.lock";
static const char feed_end[] = ".ics";

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
lock_directory(struct smp_store *store, bool wait, struct smp_err *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int done;

    store->lock = openat(store->directory, lock_file,
                         O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (store->lock < 0)
        return smp_fail_errno(err, "%s/%s", store->path, lock_file);
    do
        done = fcntl(store->lock, wait ? F_SETLKW : F_SETLK, &lock);
    while (done < 0 && errno == EINTR);
    if (done < 0 && (errno == EACCES || errno == EAGAIN))
        return smp_fail(err,
                        "%s: another smp-publish is running there (use --wait)",
                        store->path);
    return done == 0 || smp_fail_errno(err, "%s/%s", store->path, lock_file);
}

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);

    return n > m && strcmp(name + n - m, end) == 0;
}

/* Calls for every file of the directory. */
static bool
each(struct smp_store *store, void (*call)(void *, const char *), void *context,
     struct smp_err *err)
{
    int fd = openat(store->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!directory) {
        smp_fail_errno(err, "%s", store->path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (errno = 0, (entry = readdir(directory)))
        call(context, entry->d_name);
    if (errno)
        smp_fail_errno(err, "%s", store->path);
    closedir(directory);
    return !err->failed;
}

static bool
is_feed(const char *file)
{
    return *file != '.' && ends_with(file, feed_end);
}

/* Counts a feed, removes what an interrupted run has left. */
static void
look_at(void *context, const char *file)
{
    struct smp_store *store = context;
    static const char start[] = ".smp-publish.";

    if (is_feed(file)) {
        store->feeds++;
        store->keyed +=
            smp_feed_name_is_keyed(file, strlen(file) - (sizeof feed_end - 1));
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
    return store->directory < 0 || ((dry || lock_directory(store, wait, err)) &&
                                    each(store, look_at, store, err));
}

/* A list that grows. */
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
    name[strlen(name) - (sizeof feed_end - 1)] = '\0';
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
    if (!each(store, add_name, &list, err))
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
