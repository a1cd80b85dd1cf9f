#define _GNU_SOURCE /* syncfs */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

enum { CHUNK = 65536, BUFFER_SIZE = SMP_LINE_MAX + CHUNK };

/* As much of the buffer as lines of usual length use, again and again. */
enum { USUAL = 4 * CHUNK };

/* Whether the descriptor is ready, or at its end, within so many milliseconds;
 * -1: for ever. */
static bool
await(int fd, short events, int milliseconds)
{
    struct pollfd waited = {.fd = fd, .events = events};

    return poll(&waited, 1, milliseconds) != 0;
}

/* Whether the call is to be made again, as it was interrupted or would block.
 */
static bool
is_to_be_retried(int fd, short events)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return await(fd, events, -1);
    return errno == EINTR;
}

ssize_t
smp_read_some(int fd, void *bytes, size_t n)
{
    ssize_t got;

    do
        got = read(fd, bytes, n);
    while (got < 0 && is_to_be_retried(fd, POLLIN));
    return got;
}

int
smp_open(const char *path, struct smp_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;

    if (fd >= 0 && fstat(fd, &status) == 0) {
        if (S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))
            return fd;
        smp_fail(err, "%s: not a file", path);
    } else {
        smp_fail_errno(err, "%s", path);
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The end of a pipe that has been written to can be waited for; that of one
 * that nobody has opened cannot. */
static bool
has_no_writer(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) &&
           !await(fd, POLLIN, 0);
}

ssize_t
smp_read_opened(int fd, void *bytes, size_t n, struct smp_err *err)
{
    ssize_t got = smp_read_some(fd, bytes, n);

    if (!got && has_no_writer(fd)) {
        await(fd, POLLIN, SMP_PIPE_WAIT);
        got = smp_read_some(fd, bytes, n);
    }
    if (got < 0)
        smp_fail_errno(err, "cannot read");
    else if (!got && has_no_writer(fd))
        smp_fail(err, "nobody writes to this pipe");
    return err->failed ? -1 : got;
}

static bool
read_rest(int fd, const char *path, size_t limit, struct smp_buf *out,
          struct smp_err *err)
{
    size_t before = out->len;

    for (;;) {
        ssize_t got;

        smp_buf_reserve(out, CHUNK);
        got = smp_read_opened(fd, out->data + out->len, CHUNK, err);
        if (got < 0) {
            smp_err_prefix(err, "%s", path);
            return false;
        }
        out->len += (size_t)got;
        out->data[out->len] = '\0';
        if (!got)
            return true;
        if (out->len - before > limit)
            return smp_fail(err, "%s: larger than %zu KiB", path, limit / 1024);
    }
}

bool
smp_read_file(const char *path, size_t limit, struct smp_buf *out,
              struct smp_err *err)
{
    int fd = smp_open(path, err);
    bool ok = fd >= 0 && read_rest(fd, path, limit, out, err);

    if (fd >= 0)
        close(fd);
    return ok;
}

bool
smp_write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n) {
        ssize_t put = write(fd, at, n);

        if (!put) /* no progress, nor any reason */
            errno = EIO;
        if (!put || (put < 0 && !is_to_be_retried(fd, POLLOUT)))
            return false;
        if (put > 0) {
            at += put;
            n -= (size_t)put;
        }
    }
    return true;
}

static bool
fill(struct smp_lines *lines, struct smp_err *err)
{
    size_t kept = lines->end - lines->begin, room;
    ssize_t got;

    if (lines->begin && lines->end >= USUAL / 2) {
        memmove(lines->buffer, lines->buffer + lines->begin, kept);
        lines->begin = 0;
        lines->end = kept;
    }
    room = BUFFER_SIZE - lines->end;
    got = smp_read_some(lines->fd, lines->buffer + lines->end,
                        room < USUAL / 2 ? room : USUAL / 2);
    if (got < 0)
        return smp_fail_errno(err, "cannot read");
    if (!got)
        lines->at_end = true;
    lines->end += (size_t)got;
    return true;
}

static int
hand_over(struct smp_lines *lines, size_t size, size_t skip, const char **line,
          size_t *n)
{
    *line = lines->buffer + lines->begin;
    *n = size;
    lines->begin += size + skip;
    lines->taken += (long long)(size + skip);
    return 1;
}

/* A piece up to a newline, the end or the most that fits one line. */
static int
next_piece(struct smp_lines *lines, const char **line, size_t *n,
           struct smp_err *err)
{
    size_t searched = 0;

    if (!lines->buffer)
        lines->buffer = smp_alloc(BUFFER_SIZE);
    for (;;) {
        const char *start = lines->buffer + lines->begin;
        size_t have = lines->end - lines->begin;
        size_t reach = have < SMP_LINE_MAX + 1 ? have : SMP_LINE_MAX + 1;
        const char *newline =
            have ? memchr(start + searched, '\n', reach - searched) : NULL;

        lines->too_long = lines->unterminated = false;
        if (newline)
            return hand_over(lines, (size_t)(newline - start), 1, line, n);
        if (have > SMP_LINE_MAX) {
            lines->too_long = true;
            return hand_over(lines, SMP_LINE_MAX, 0, line, n);
        }
        if (lines->at_end) {
            lines->unterminated = true;
            return have ? hand_over(lines, have, 0, line, n) : 0;
        }
        searched = reach;
        if (!fill(lines, err))
            return -1;
    }
}

int
smp_lines_next(struct smp_lines *lines, const char **line, size_t *n,
               struct smp_err *err)
{
    long long offset = lines->taken;
    int got = next_piece(lines, line, n, err);

    if (got > 0) {
        lines->number++;
        lines->offset = offset;
    }
    return got;
}

int
smp_lines_rest(struct smp_lines *lines, const char **piece, size_t *n,
               struct smp_err *err)
{
    return lines->too_long ? next_piece(lines, piece, n, err) : 0;
}

size_t
smp_lines_peek(struct smp_lines *lines, const char **bytes, size_t wanted,
               struct smp_err *err)
{
    if (!lines->buffer)
        lines->buffer = smp_alloc(BUFFER_SIZE);
    while (lines->end - lines->begin < wanted && !lines->at_end)
        if (!fill(lines, err))
            break;
    *bytes = lines->buffer + lines->begin;
    return lines->end - lines->begin < wanted ? lines->end - lines->begin
                                              : wanted;
}

void
smp_lines_release(struct smp_lines *lines)
{
    free(lines->buffer);
    *lines = (struct smp_lines){.fd = -1};
}

int
smp_lock_directory(int directory, const char *path, const char *program,
                   bool wait, struct smp_err *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct smp_buf file = {0};
    int fd, done = -1;

    smp_buf_printf(&file, ".%s.lock", program);
    fd = openat(directory, file.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                0666);
    while (fd >= 0 && (done = fcntl(fd, wait ? F_SETLKW : F_SETLK, &lock)) < 0)
        if (errno != EINTR)
            break;
    if (fd >= 0 && done < 0 && (errno == EACCES || errno == EAGAIN))
        smp_fail(err, "%s: another %s is running there (use --wait)", path,
                 program);
    else if (done < 0)
        smp_fail_errno(err, "%s/%s", path, file.data);
    if (fd >= 0 && done < 0) {
        close(fd);
        fd = -1;
    }
    smp_buf_release(&file);
    return fd;
}

bool
smp_each_file(int directory, const char *path,
              void (*call)(void *context, const char *file), void *context,
              struct smp_err *err)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!list) {
        smp_fail_errno(err, "%s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (errno = 0, (entry = readdir(list)))
        call(context, entry->d_name);
    if (errno)
        smp_fail_errno(err, "%s", path);
    closedir(list);
    return !err->failed;
}

/* EBADF: some sync only files open for writing. */
bool
smp_sync(int fd)
{
    int done;

    do
        done = fsync(fd);
    while (done < 0 && errno == EINTR);
    return done == 0 || errno == EINVAL || errno == ENOSYS ||
           errno == ENOTSUP || errno == EBADF;
}

bool
smp_sync_all(int directory)
{
#ifdef __linux__
    return syncfs(directory) == 0;
#else
    (void)directory;
    return false;
#endif
}
