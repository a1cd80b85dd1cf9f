#ifndef SMP_TOOL_PIPE_H
#define SMP_TOOL_PIPE_H

/*
 * Lets a pipe hold more, where the system can: two programs then take turns
 * less often. What is no pipe stays as it is.
 */
void smp_widen_pipe(int fd);

#endif
