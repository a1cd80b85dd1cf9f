"""Times and memory of commands, run in turn on one CPU."""

import os
import shutil
import statistics
import subprocess
import time

NULL = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]


USAGE = 2  # what a wrong option is answered with, which is measured too


def pin():
    """To the last CPU; which one, None where the system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    cpu = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpu})
    return cpu


def spawn(command):
    """Seconds of one program without input, or of a shell."""
    argv = ["/bin/sh", "-c", command] if isinstance(command, str) else command
    start = time.perf_counter()
    child = os.posix_spawnp(argv[0], argv, os.environ, file_actions=NULL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seconds = time.perf_counter() - start
    if status not in (0, USAGE):
        raise RuntimeError(f"status {status}: {command}")
    return seconds


def peak(argv, source):
    """Peak MB of a filter that has read a file, but not yet its end."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as child:
        with open(source, "rb") as file:
            shutil.copyfileobj(file, child.stdin)
        child.stdin.flush()
        time.sleep(0.2)
        with open(f"/proc/{child.pid}/status", encoding="ascii") as status:
            peaks = [line for line in status if line.startswith("VmHWM")]
    return int(peaks[0].split()[1]) / 1024


def peak_to_end(argv, source):
    """The same of one that works after the end of its input, by GNU time."""
    with open(source, "rb") as file:
        done = subprocess.run(["/usr/bin/time", "-f", "%M", *argv], stdin=file,
                              stdout=subprocess.DEVNULL, check=True,
                              stderr=subprocess.PIPE)
    return int(done.stderr.split()[-1]) / 1024


def medians(commands, rounds):
    """The median seconds of each command, all run in turn."""
    times = [[] for _ in commands]
    for _ in range(rounds):
        for i, command in enumerate(commands):
            times[i].append(spawn(command))
    return [statistics.median(t) for t in times]
