#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "tool/pipe.h"

#include <fcntl.h>

/* As much as Linux gives to anybody (pipe(7)). */
enum { LARGE = 1 << 20 };

void
smp_widen_pipe(int fd)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, LARGE);
#else
    (void)fd;
#endif
}
