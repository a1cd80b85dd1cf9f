#include "schedule/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/base.h"

enum { CHUNK = 1 << 16 };

bool
spool_new(struct spool *spool, struct smp_err *err)
{
    const char *directory = getenv("TMPDIR");
    struct smp_buf name = {0};

    smp_buf_printf(&name, "%s/smp-care.XXXXXX",
                   directory && *directory ? directory : "/tmp");
    *spool = (struct spool){.fd = mkstemp(name.data)};
    if (spool->fd < 0)
        smp_fail_errno(err, "cannot keep the input in %s", name.data);
    else if (unlink(name.data) < 0)
        smp_fail_errno(err, "cannot remove %s", name.data);
    smp_buf_release(&name);
    return !err->failed;
}

static bool
copy(struct spool *spool, int from, struct smp_err *err)
{
    char *chunk = smp_alloc(CHUNK);
    ssize_t got;

    do {
        got = smp_read_opened(from, chunk, CHUNK, err);
        if (got > 0 && !smp_write_all(spool->fd, chunk, (size_t)got))
            smp_fail_errno(err, "cannot keep the input");
    } while (!err->failed && got);
    free(chunk);
    return !err->failed && spool_rewind(spool, err);
}

bool
spool_take(struct spool *spool, int fd, struct smp_err *err)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    struct stat file;

    if (at >= 0) {
        *spool = (struct spool){.fd = fd, .start = at, .borrowed = true};
        if (fstat(fd, &file) < 0)
            return smp_fail_errno(err, "cannot read");
        spool->size = file.st_size;
        spool->modified = file.st_mtim;
        return true;
    }
    return spool_new(spool, err) && copy(spool, fd, err);
}

bool
spool_open(struct spool *spool, const char *file, struct smp_err *err)
{
    int fd = smp_open(file, err);
    bool ok;

    *spool = (struct spool){.fd = -1};
    if (fd < 0)
        return false;
    ok = spool_take(spool, fd, err);
    smp_err_prefix(err, "%s", file);
    if (spool->fd == fd)
        spool->borrowed = false;
    else
        close(fd);
    return ok;
}

bool
spool_is(const struct spool *spool, int fd)
{
    struct stat file, other;

    return spool->fd >= 0 && fstat(spool->fd, &file) == 0 &&
           fstat(fd, &other) == 0 && file.st_dev == other.st_dev &&
           file.st_ino == other.st_ino;
}

bool
spool_rewind(struct spool *spool, struct smp_err *err)
{
    return lseek(spool->fd, (off_t)spool->start, SEEK_SET) >= 0 ||
           smp_fail_errno(err, "cannot read again");
}

bool
spool_add(struct spool *spool, const void *bytes, size_t n, long long *at,
          struct smp_err *err)
{
    *at = lseek(spool->fd, 0, SEEK_END);
    return (*at >= 0 && smp_write_all(spool->fd, bytes, n)) ||
           smp_fail_errno(err, "cannot keep a plan");
}

bool
spool_clear(struct spool *spool, struct smp_err *err)
{
    return ftruncate(spool->fd, 0) == 0 ||
           smp_fail_errno(err, "cannot keep a plan");
}

bool
spool_changed(struct smp_err *err)
{
    smp_fail(err, "the input has changed while it was read");
    err->system = true;
    return false;
}

bool
spool_check(const struct spool *spool, struct smp_err *err)
{
    struct stat file;

    if (!spool->borrowed)
        return true;
    if (fstat(spool->fd, &file) < 0)
        return smp_fail_errno(err, "cannot read again");
    return (file.st_size == spool->size &&
            file.st_mtim.tv_sec == spool->modified.tv_sec &&
            file.st_mtim.tv_nsec == spool->modified.tv_nsec) ||
           spool_changed(err);
}

bool
spool_read(const struct spool *spool, long long at, char *bytes, size_t n,
           struct smp_err *err)
{
    while (n) {
        ssize_t got = pread(spool->fd, bytes, n, (off_t)(spool->start + at));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return smp_fail_errno(err, "cannot read again");
        if (!got)
            return spool_changed(err);
        bytes += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

void
spool_release(struct spool *spool)
{
    if (spool->fd >= 0 && !spool->borrowed)
        close(spool->fd);
    spool->fd = -1;
}
