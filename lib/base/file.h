#ifndef SMP_BASE_FILE_H
#define SMP_BASE_FILE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct smp_buf;
struct smp_err;

/* Files and descriptors by read(2) and write(2), interruptions retried. */

/*
 * Opens a file or a pipe for reading by smp_read_opened(), or returns -1 with
 * an error that names it. Refuses directories, devices and sockets. Never waits
 * for somebody to open the other end of a named pipe.
 */
int smp_open(const char *path, struct smp_err *err);

/*
 * As smp_read_some(), but of a descriptor of smp_open(): a named pipe that
 * nobody opens for writing within SMP_PIPE_WAIT milliseconds is an error, not
 * an empty file. -1 with an error.
 */
enum { SMP_PIPE_WAIT = 2000 };

ssize_t smp_read_opened(int fd, void *bytes, size_t n, struct smp_err *err);

/*
 * Appends a whole file. Refuses what smp_open() refuses, and more than `limit`
 * octets. The error names the file.
 */
bool smp_read_file(const char *path, size_t limit, struct smp_buf *out,
                   struct smp_err *err);

/*
 * What read(2) gives: at most n octets, 0 at the end. Interruptions are
 * retried; a descriptor that does not block is waited for.
 */
ssize_t smp_read_some(int fd, void *bytes, size_t n);

/* Writes all n octets; false with errno set. */
bool smp_write_all(int fd, const void *bytes, size_t n);

/*
 * Locks a directory against other runs of a program, by the file
 * ".PROGRAM.lock", which stays (fcntl(2)). Waits for another run (`wait`), or
 * fails. Returns a descriptor that holds the lock until it is closed, or -1.
 * `path` is for errors.
 */
int smp_lock_directory(int directory, const char *path, const char *program,
                       bool wait, struct smp_err *err);

/* Calls a function for the name of each entry of a directory. */
bool smp_each_file(int directory, const char *path,
                   void (*call)(void *context, const char *file), void *context,
                   struct smp_err *err);

/*
 * Puts a file or a directory on the disk. Some file systems cannot do that for
 * a single one: that is no failure of what was written.
 */
bool smp_sync(int fd);

/* Puts all of the file system on the disk at once; false if it cannot. */
bool smp_sync_all(int directory);

/*
 * Lines from a descriptor, of bounded length. Start with {.fd = fd}. A line
 * longer than SMP_LINE_MAX is handed over cut at that length and marked.
 */
enum { SMP_LINE_MAX = 1 << 20 };

struct smp_lines {
    int fd;
    char *buffer;
    size_t begin, end;
    unsigned long number; /* of the line last handed over, from 1 */
    long long offset;     /* of its first octet, from where reading began */
    long long taken;      /* octets handed over so far */
    bool at_end;          /* the input has ended */
    bool too_long;        /* the line is cut */
    bool unterminated;    /* the line, the last one, had no newline */
};

/*
 * The next line, without its newline, which stands behind it if there is one (a
 * carriage return is kept): 1, or 0 at the end, or -1 with an error. *line
 * stays valid until the next call.
 */
int smp_lines_next(struct smp_lines *lines, const char **line, size_t *n,
                   struct smp_err *err);

/* The rest of a line that was cut, in pieces: 1, or 0 where none is left. */
int smp_lines_rest(struct smp_lines *lines, const char **piece, size_t *n,
                   struct smp_err *err);

/* Looks at the first octets without taking them; fewer only at the end. */
size_t smp_lines_peek(struct smp_lines *lines, const char **bytes,
                      size_t wanted, struct smp_err *err);

void smp_lines_release(struct smp_lines *lines);

#endif
