/*
 * Makes one call of a function of libc fail: preloaded by tests/faults.py into
 * the programs. SMP_FAULT is "KIND NUMBER WHAT": which call of the kind, from
 * 1, and what happens instead, an errno or one of the words below. A + after
 * the number makes all later calls fail too. The file SMP_FAULT_COUNTS becomes
 * the counts of all kinds, mapped, so that they outlast a crash.
 *
 * Faults on standard error are left out: a message is what is expected.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kinds of calls; tests/faults.py reads their names here. */
#define KINDS(X)                                                               \
    X(alloc)                                                                   \
    X(open)                                                                    \
    X(read)                                                                    \
    X(write)                                                                   \
    X(close)                                                                   \
    X(stat)                                                                    \
    X(seek)                                                                    \
    X(sync)                                                                    \
    X(rename)                                                                  \
    X(unlink)                                                                  \
    X(mkdir)                                                                   \
    X(readdir)                                                                 \
    X(readlink)                                                                \
    X(poll)                                                                    \
    X(lock)                                                                    \
    X(truncate)                                                                \
    X(chmod)                                                                   \
    X(times)                                                                   \
    X(temporary)                                                               \
    X(mmap)                                                                    \
    X(dlopen)

#define NAME(kind) #kind,
#define VALUE(kind) KIND_##kind,
static const char *const names[] = {KINDS(NAME)};
enum kind { KINDS(VALUE) KIND_COUNT };

enum { SHORT = -1, ZERO = -2 }; /* one octet, or nothing, with success */

static volatile struct {
    uint64_t calls[KIND_COUNT];
    uint64_t hits;
} * shared;
static enum kind failing = KIND_COUNT;
static uint64_t number;
static bool onwards;
static int fault;

static int
fault_of(const char *word)
{
    if (strcmp(word, "short") == 0)
        return SHORT;
    return strcmp(word, "zero") == 0 ? ZERO : atoi(word);
}

static void
read_wanted(const char *text)
{
    char kind[16], sign[2] = "", word[16];
    unsigned long long n = 0;
    int i;

    if (sscanf(text, "%15s %llu%1[+]", kind, &n, sign) < 2 ||
        sscanf(text, "%*s %*s %15s", word) != 1)
        abort();
    number = n;
    onwards = *sign == '+';
    fault = fault_of(word);
    for (i = 0; i < KIND_COUNT; i++)
        if (strcmp(kind, names[i]) == 0)
            failing = (enum kind)i;
}

__attribute__((constructor)) static void
begin(void)
{
    const char *file = getenv("SMP_FAULT_COUNTS");
    const char *wanted = getenv("SMP_FAULT");
    int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR) : -1;
    void *memory;

    if (fd < 0)
        return;
    if (wanted)
        read_wanted(wanted);
    memory = (void *)mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                          MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (memory == MAP_FAILED)
        abort();
    shared = memory;
}

/* Whether this call is the one; errno is set where the fault is one. */
static bool
fails(enum kind kind)
{
    uint64_t call;

    if (!shared)
        return false;
    call = ++shared->calls[kind];
    if (kind != failing || call < number || (call > number && !onwards))
        return false;
    shared->hits++;
    if (fault > 0)
        errno = fault;
    return true;
}

static void *
next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        abort();
    return found;
}

/* The function of libc that has this name, as `there`. */
#define THERE(name, type, ...)                                                 \
    static type (*there)(__VA_ARGS__);                                         \
    if (!there)                                                                \
    *(void **)&there = next(name)

/* One that returns `failed` instead, with errno. */
#define FAILING(type, failed, kind, name, parameters, arguments)               \
    type name parameters                                                       \
    {                                                                          \
        static type(*there) parameters;                                        \
        if (!there)                                                            \
            *(void **)&there = next(#name);                                    \
        return fails(KIND_##kind) ? failed : there arguments;                  \
    }

/* memory */

FAILING(void *, NULL, alloc, malloc, (size_t size), (size))
FAILING(void *, NULL, alloc, calloc, (size_t n, size_t size), (n, size))
FAILING(void *, NULL, alloc, realloc, (void *old, size_t size), (old, size))
FAILING(void *, NULL, alloc, reallocarray, (void *old, size_t n, size_t size),
        (old, n, size))
FAILING(void *, NULL, alloc, aligned_alloc, (size_t alignment, size_t size),
        (alignment, size))
FAILING(int, ENOMEM, alloc, posix_memalign,
        (void **memory, size_t alignment, size_t size),
        (memory, alignment, size))
FAILING(void *, MAP_FAILED, mmap, mmap,
        (void *at, size_t n, int protection, int flags, int fd, off_t offset),
        (at, n, protection, flags, fd, offset))

/* files: opened */

#define MODE(flags)                                                            \
    mode_t mode = 0;                                                           \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                     \
        va_list args;                                                          \
        va_start(args, flags);                                                 \
        mode = va_arg(args, mode_t);                                           \
        va_end(args);                                                          \
    }

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...)                                 \
    {                                                                          \
        THERE(#name, int, const char *, int, ...);                             \
        MODE(flags)                                                            \
        return fails(KIND_open) ? -1 : there(path, flags, mode);               \
    }
#define OPENAT(name)                                                           \
    int name(int directory, const char *path, int flags, ...)                  \
    {                                                                          \
        THERE(#name, int, int, const char *, int, ...);                        \
        MODE(flags)                                                            \
        return fails(KIND_open) ? -1 : there(directory, path, flags, mode);    \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* As those, but called where a compiler has looked at the flags. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);
FAILING(int, -1, open, __open_2, (const char *path, int flags), (path, flags))
FAILING(int, -1, open, __open64_2, (const char *path, int flags), (path, flags))
FAILING(int, -1, open, __openat_2, (int d, const char *path, int flags),
        (d, path, flags))
FAILING(int, -1, open, __openat64_2, (int d, const char *path, int flags),
        (d, path, flags))

FAILING(FILE *, NULL, open, fopen, (const char *path, const char *how),
        (path, how))
FAILING(FILE *, NULL, open, fopen64, (const char *path, const char *how),
        (path, how))
FAILING(DIR *, NULL, open, opendir, (const char *path), (path))
FAILING(DIR *, NULL, open, fdopendir, (int fd), (fd))
FAILING(int, -1, temporary, mkstemp, (char *path), (path))
FAILING(int, -1, temporary, mkstemp64, (char *path), (path))

/* files: read and written */

/* How many octets are asked for; fewer where the fault is a short count. */
static bool
is_cut(bool faulty, size_t *n)
{
    if (faulty && fault == SHORT && *n > 1)
        *n = 1;
    return faulty && fault == SHORT;
}

ssize_t
read(int fd, void *bytes, size_t n)
{
    THERE("read", ssize_t, int, void *, size_t);
    bool faulty = fails(KIND_read);

    return is_cut(faulty, &n) || !faulty ? there(fd, bytes, n) : -1;
}

ssize_t __read_chk(int fd, void *bytes, size_t n, size_t room);
ssize_t
__read_chk(int fd, void *bytes, size_t n, size_t room)
{
    if (n > room)
        abort();
    return read(fd, bytes, n);
}

#define PREAD(name, type)                                                      \
    ssize_t name(int fd, void *bytes, size_t n, type at)                       \
    {                                                                          \
        THERE(#name, ssize_t, int, void *, size_t, type);                      \
        bool faulty = fails(KIND_read);                                        \
        return is_cut(faulty, &n) || !faulty ? there(fd, bytes, n, at) : -1;   \
    }
#define PREAD_CHK(name, plain, type)                                           \
    ssize_t name(int fd, void *bytes, size_t n, type at, size_t room);         \
    ssize_t name(int fd, void *bytes, size_t n, type at, size_t room)          \
    {                                                                          \
        if (n > room)                                                          \
            abort();                                                           \
        return plain(fd, bytes, n, at);                                        \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)
PREAD_CHK(__pread_chk, pread, off_t)
PREAD_CHK(__pread64_chk, pread64, off64_t)

ssize_t
write(int fd, const void *bytes, size_t n)
{
    THERE("write", ssize_t, int, const void *, size_t);
    bool faulty = fd != STDERR_FILENO && fails(KIND_write);

    if (is_cut(faulty, &n) || !faulty)
        return there(fd, bytes, n);
    return fault == ZERO ? 0 : -1;
}

/* A file is closed by a close that fails, too. */
int
close(int fd)
{
    THERE("close", int, int);
    int done = there(fd), before = errno;

    if (fd != STDERR_FILENO && fails(KIND_close))
        return -1;
    errno = before;
    return done;
}

FAILING(off_t, -1, seek, lseek, (int fd, off_t at, int from), (fd, at, from))
FAILING(off64_t, -1, seek, lseek64, (int fd, off64_t at, int from),
        (fd, at, from))

/* files: what else is asked of them */

FAILING(int, -1, stat, stat, (const char *path, struct stat *to), (path, to))
FAILING(int, -1, stat, stat64, (const char *path, struct stat64 *to),
        (path, to))
FAILING(int, -1, stat, lstat, (const char *path, struct stat *to), (path, to))
FAILING(int, -1, stat, lstat64, (const char *path, struct stat64 *to),
        (path, to))
FAILING(int, -1, stat, fstat, (int fd, struct stat *to), (fd, to))
FAILING(int, -1, stat, fstat64, (int fd, struct stat64 *to), (fd, to))
FAILING(int, -1, stat, fstatat,
        (int d, const char *path, struct stat *to, int flags),
        (d, path, to, flags))
FAILING(int, -1, stat, fstatat64,
        (int d, const char *path, struct stat64 *to, int flags),
        (d, path, to, flags))
FAILING(int, -1, stat, access, (const char *path, int mode), (path, mode))
FAILING(int, -1, stat, faccessat,
        (int d, const char *path, int mode, int flags), (d, path, mode, flags))
FAILING(int, -1, sync, fsync, (int fd), (fd))
FAILING(int, -1, sync, fdatasync, (int fd), (fd))
FAILING(int, -1, sync, syncfs, (int fd), (fd))
FAILING(int, -1, rename, rename, (const char *from, const char *to), (from, to))
FAILING(int, -1, rename, renameat,
        (int a, const char *from, int b, const char *to), (a, from, b, to))
FAILING(int, -1, rename, link, (const char *from, const char *to), (from, to))
FAILING(int, -1, rename, linkat,
        (int a, const char *from, int b, const char *to, int flags),
        (a, from, b, to, flags))
FAILING(int, -1, unlink, unlink, (const char *path), (path))
FAILING(int, -1, unlink, unlinkat, (int d, const char *path, int flags),
        (d, path, flags))
FAILING(int, -1, mkdir, mkdir, (const char *path, mode_t mode), (path, mode))
FAILING(int, -1, mkdir, mkdirat, (int d, const char *path, mode_t mode),
        (d, path, mode))
FAILING(int, -1, truncate, ftruncate, (int fd, off_t size), (fd, size))
FAILING(int, -1, truncate, ftruncate64, (int fd, off64_t size), (fd, size))
FAILING(int, -1, chmod, fchmod, (int fd, mode_t mode), (fd, mode))
FAILING(int, -1, chmod, chmod, (const char *path, mode_t mode), (path, mode))
FAILING(int, -1, chmod, fchmodat,
        (int d, const char *path, mode_t mode, int flags),
        (d, path, mode, flags))
FAILING(int, -1, times, futimens, (int fd, const struct timespec times[2]),
        (fd, times))
FAILING(int, -1, lock, flock, (int fd, int how), (fd, how))

FAILING(ssize_t, -1, readlink, readlink, (const char *path, char *to, size_t n),
        (path, to, n))

ssize_t __readlink_chk(const char *path, char *to, size_t n, size_t room);
ssize_t
__readlink_chk(const char *path, char *to, size_t n, size_t room)
{
    if (n > room)
        abort();
    return readlink(path, to, n);
}

FAILING(struct dirent *, NULL, readdir, readdir, (DIR * directory), (directory))
FAILING(struct dirent64 *, NULL, readdir, readdir64, (DIR * directory),
        (directory))

/* Locks alone. */
#define FCNTL(name)                                                            \
    int name(int fd, int command, ...)                                         \
    {                                                                          \
        THERE(#name, int, int, int, ...);                                      \
        va_list args;                                                          \
        void *argument;                                                        \
        va_start(args, command);                                               \
        argument = va_arg(args, void *);                                       \
        va_end(args);                                                          \
        if ((command == F_SETLK || command == F_SETLKW ||                      \
             command == F_OFD_SETLK || command == F_OFD_SETLKW) &&             \
            fails(KIND_lock))                                                  \
            return -1;                                                         \
        return there(fd, command, argument);                                   \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

FAILING(int, -1, poll, poll, (struct pollfd * fds, nfds_t n, int wait),
        (fds, n, wait))

/* libraries */

FAILING(void *, NULL, dlopen, dlopen, (const char *file, int flags),
        (file, flags))
