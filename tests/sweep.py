#!/usr/bin/env python3
"""Every program, swept against everything a system can do to it; prints TAP.

One table of commands. Each is run as it should be, and then with a full disk,
with standard streams closed, into a pipe that nobody reads, without memory
and in a directory it cannot write. $SMP_BIN names the programs.
"""

import collections
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
NOBODY = 65534
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}

APPOINTMENTS = os.path.join(ROOT, "examples", "appointments.ics")
BUSY = os.path.basename(APPOINTMENTS)
PLAN = (b'{"id":"c-1","name":"Jo Field","sessions":'
        b'["2026-12-01T10:00","2027-01-05T10:00"]}\n')
BAD_PLAN = b'{"id":"c-2","sessions":["2026-13-01"]}\n'
BAD_PROTOCOL = b"""{"format": "smp-protocol/1", "id": "x",
  "rules": {"a": {"phase": "pre", "verb": "eat", "during": "soon"}}}
"""
STUDIO_PROTOCOL = b"""{"format": "smp-protocol/1", "id": "z",
  "studio": {"name": "Maple", "email": "bookings@maple.example"}}
"""
OTHER_PROTOCOL = b"""{"format": "smp-protocol/1", "id": "y",
  "milestones": {"healed": "9d..12d"}}
"""
QUESTIONS = b"does it hurt\n\nhow many sessions\n"
NOW = ("--now", "2026-11-20T09:00:00Z", "-z", "America/Toronto")
FIRST = "2026-12-01T10:00"

# One row in so many, for runs that are slow.
SAMPLE = int(os.environ.get("SMP_SAMPLE", "1"))

Row = collections.namedtuple("Row", "program args input status")


def care_rows(program):
    for words in ((FIRST,), ("-j", FIRST), ("-i", FIRST),
                  ("-i", "--by", "rule", "--timed", "--local", FIRST),
                  ("-i", "--discreet", "--method", "publish", "-p",
                   "studio.json", FIRST),
                  ("-i", "--discreet=full", FIRST),
                  ("--id", "c-1", "--name", "Jo", "--healed", "2026-12-09",
                   FIRST, "2027-01-05T10:00"),
                  ("--on", "2026-12-01", FIRST), ("--sheet",)):
        yield Row(program, NOW + words, None, 0)
    for words in ((), ("-j",), ("-i",), ("-i", "--alarm", "09:00", "--local"),
                  ("--on", "2026-12-01"), ("-j", "--on", "today"),
                  ("-j", "--from", "2026-11-30", "--until", "2026-12-01"),
                  ("-j", "--rejects", "/dev/null"), ("-j", "-v")):
        yield Row(program, NOW + words, PLAN, 0)
    yield Row(program, NOW + ("-j",), PLAN + BAD_PLAN, 3)


def schedule_rows(program):
    open_hours = ("--open", "Tu-Sa 10:00-18:00")
    busy = ("--busy", BUSY)
    for words in ((FIRST,), ("-j", FIRST), ("-i", FIRST),
                  ("-n", "2", "--length", "2h", FIRST),
                  open_hours + busy + ("--choices", "3", FIRST),
                  ("-i", "--method", "request", "-p", "studio.json",
                   "--email", "jo@client.example", FIRST)):
        yield Row(program, NOW + words, None, 0)
    for words in ((), ("-j",), ("-i",), ("-j", "--rejects", "/dev/null"),
                  ("-j",) + open_hours, ("-j", "--chairs", "2") + busy,
                  ("-j", "--chairs", "2", "--fair"), ("-j", "--studios", "."),
                  ("--away", "2027-02-01")):
        yield Row(program, NOW + words, PLAN, 0)
    yield Row(program, NOW + ("-j",), PLAN + BAD_PLAN, 3)
    yield Row(program, NOW + ("-j", "--chairs", "2"), PLAN + BAD_PLAN, 3)


EXPORT = (b"Client ID,Client,Date,Time,Status\nc-1,Jo,2026-12-01,10:00,Booked\n"
          b"c-2,Al,2026-12-02,10:00,Cancelled\n")


def import_rows(program):
    with open(APPOINTMENTS, "rb") as file:
        calendar = file.read()
    zone = ("-z", "Europe/Paris")
    for words in ((), ("-v",)):
        yield Row(program, NOW + zone + words, EXPORT, 0)
    yield Row(program, NOW + zone, EXPORT + b"c-3,Bo,soon,10:00,Booked\n", 3)
    yield Row(program, NOW + ("--match", "SMP"), calendar, 0)


def plan_rows(program):
    for words in (("merge",), ("set", "c-1:2=done"),
                  ("set", "c-1:1=healed=no", "-v")):
        yield Row(program, words[:1] + NOW + words[1:], PLAN, 0)
    yield Row(program, ("merge",) + NOW, PLAN + BAD_PLAN, 3)


def faq_rows(program):
    for words in ((), ("-j",), ("does it hurt",), ("-j", "-n", "2", "pain"),
                  ("faq.pain",)):
        yield Row(program, words, None, 0)
    yield Row(program, ("--batch",), QUESTIONS, 0)


def may_rows(program):
    swim = ("swimming", "2026-12-01")
    yield Row(program, ("--on", "2026-12-05") + swim, None, 1)
    yield Row(program, ("-j", "--on", "2026-12-09") + swim, None, 5)
    yield Row(program, ("--day", "9", "--healed", "no", "swim"), None, 1)
    yield Row(program, ("-j", "--hours", "-20", "razor"), None, 1)
    yield Row(program, ("juggling", "2026-12-01"), None, 6)
    for words in ((), ("-j",)):
        yield Row(program, words + ("--on", "2026-12-05", "swim"), PLAN, 1)


def protocol_rows(program):
    for words in ((), ("show",), ("show", "-j"), ("-j",)):
        yield Row(program, words, None, 0)
    for words in ((), ("-j",)):
        yield Row(program, ("check",) + words + ("bad.json",), None, 1)
        yield Row(program, ("diff",) + words + ("empty.json", "other.json"),
                  None, 1)


CARED_FOR = (PLAN[:-2] + b',"timeZone":"America/Toronto","items":[],'
             b'"care":{"pre":"smp@0","post":"smp@0"}}\n')


def publish_rows(program):
    """Without writing: what is once published is not new any more."""
    for words in (("--dry-run",), ("-j", "--dry-run"),
                  ("-j", "-v", "--dry-run", "--wait")):
        yield Row(program, NOW + words + (".",), CARED_FOR, 0)
    yield Row(program, NOW + ("-j", "--dry-run", "."), CARED_FOR + BAD_PLAN, 3)


def message_rows(program):
    for words in (("--dry-run",), ("-j", "--dry-run"), ("-t", "--dry-run")):
        yield Row(program, NOW + words + (".",), CARED_FOR, 0)
    yield Row(program, NOW + ("-j", "--dry-run", "."), CARED_FOR + BAD_PLAN, 3)


TABLE = {"smp-faq": faq_rows, "smp-may": may_rows,
         "smp-schedule": schedule_rows, "smp-precare": care_rows,
         "smp-aftercare": care_rows, "smp-protocol": protocol_rows,
         "smp-publish": publish_rows, "smp-import": import_rows,
         "smp-plan": plan_rows, "smp-message": message_rows}


def run(row, **how):
    """The row's command; `how` overrides what subprocess.run gets."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
           "timeout": TIMEOUT, "env": ENVIRONMENT, "check": False, **how}
    if row.input is None:
        how.setdefault("stdin", subprocess.DEVNULL)
    elif "stdin" not in how:
        how["input"] = row.input
    where = how.pop("programs", BIN)
    return subprocess.run([os.path.join(where, row.program), *row.args], **how)


def shown(row):
    words = " ".join((row.program,) + row.args)
    return words + (" < input" if row.input else "")


def told(done):
    return (f"status {done.returncode}", f"stdout {(done.stdout or b'')[:200]}",
            f"stderr {(done.stderr or b'')[:500]}")


def says_why(row, done, normal, what):
    """One line more than usual on standard error, which names the failure."""
    lines = done.stderr.decode().splitlines()
    begin = f"{row.program}: "
    return done.returncode == 4 and len(lines) == 1 + normal.stderr.count(
        b"\n") and all(line.startswith(begin) for line in lines) and \
        any(what in line for line in lines)


def closed(*descriptors):
    def close():
        for fd in descriptors:
            os.close(fd)
    return close


def usual(tap, row):
    done = run(row)
    good = done.returncode == row.status and done.stdout and (
        done.returncode == 3 or "-v" in row.args or not done.stderr)
    tap.ok(good, f"{shown(row)}: status {row.status}", *told(done))
    return done


def full_disk(tap, row, normal):
    with open("/dev/full", "wb") as full:
        done = run(row, stdout=full)
    tap.ok(says_why(row, done, normal, "cannot write: No space"),
           f"{shown(row)}: a full disk", *told(done))


def closed_output(tap, row, normal):
    done = run(row, preexec_fn=closed(1))
    tap.ok(says_why(row, done, normal, "cannot write"),
           f"{shown(row)}: no standard output", *told(done))


def closed_input(tap, row, normal):
    done = run(row, stdin=subprocess.DEVNULL, preexec_fn=closed(0))
    if row.input is None:
        good = done.returncode == row.status and done.stdout == normal.stdout \
            and done.stderr == normal.stderr
    else:
        good = done.returncode == 4 and b"cannot read" in done.stderr and \
            done.stderr.count(b"\n") <= 1 + ("-v" in row.args)
    tap.ok(good, f"{shown(row)}: no standard input", *told(done))


def is_script(program):
    """One around valgrind, which does not run without standard error."""
    with open(os.path.join(BIN, program), "rb") as file:
        return file.read(4) != b"\x7fELF"


def closed_errors(tap, row, normal):
    if is_script(row.program):
        tap.skip(f"{shown(row)}: no standard error", "instrumented")
        return
    done = run(row, preexec_fn=closed(2))
    tap.ok(done.returncode == row.status and done.stdout == normal.stdout,
           f"{shown(row)}: no standard error", *told(done))


def ended_quietly(row, status, stderr, normal):
    """Nothing on standard error but what is there anyway."""
    return status in (4, -signal.SIGPIPE) and (
        not stderr or stderr in normal.stderr)


def closed_pipe(tap, row, normal):
    for ignored in (False, True):
        ours, theirs = os.pipe()
        os.close(ours)
        done = run(row, stdout=theirs, restore_signals=not ignored)
        os.close(theirs)
        tap.ok(ended_quietly(row, done.returncode, done.stderr, normal),
               f"{shown(row)}: a closed pipe"
               f"{', SIGPIPE ignored' if ignored else ''}", *told(done))


def of_many(plan, clients):
    return b"".join(plan.replace(b'"c-1"', b'"c-%d"' % number)
                    for number in range(clients))


def head(tap, row):
    """Much input; the reader goes after one octet."""
    with tempfile.TemporaryFile() as file:
        file.write(of_many(row.input, 3000))
        file.seek(0)
        process = subprocess.Popen(
            [os.path.join(BIN, row.program), *row.args], stdin=file,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        with process:
            process.stdout.read(1)
            process.stdout.close()
            try:
                err = process.stderr.read()
                status = process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                err, status = b"it does not end", None
    tap.ok(status in (4, -signal.SIGPIPE) and not err,
           f"{shown(row)}, much of it: a reader that leaves",
           f"status {status}", f"stderr {err[:500]}")


def as_nobody():
    """For a superuser, who could write everywhere: somebody else."""
    if os.geteuid():
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def somebody_else_can_run(names, programs):
    try:
        return run(Row(names[0], ("--version",), None, 0), programs=programs,
                   **as_nobody()).returncode == 0
    except PermissionError:
        return False


def read_only(tap, row, normal, programs, directory):
    done = run(row, programs=programs, cwd=directory, **as_nobody())
    tap.ok(done.returncode == row.status and done.stdout == normal.stdout and
           done.stderr == normal.stderr,
           f"{shown(row)}: a directory it cannot write", *told(done))


def limited(size):
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))


def least_memory(program):
    """What it takes to be loaded and to say its version, in KiB."""
    row = Row(program, ("--version",), None, 0)
    low, high = 1024, 1024 * 1024
    while high - low > 4:
        middle = (low + high) // 2
        done = run(row, preexec_fn=limited(middle * 1024))
        low, high = (low, middle) if done.returncode == 0 else (middle, high)
    return high


def can_be_limited(program):
    """No script, and no sanitizer, which wants terabytes."""
    with open(os.path.join(BIN, program), "rb") as file:
        return not is_script(program) and b"__asan_init" not in file.read()


def starved(row, normal, limits):
    """(how often it ended for want of memory, what was wrong)"""
    ended, bad = 0, []
    for limit in limits:
        done = run(row, preexec_fn=limited(limit * 1024))
        without = done.returncode == 4 and b"out of memory" in done.stderr
        same = (done.returncode, done.stdout, done.stderr) == (
            row.status, normal.stdout, normal.stderr)
        lines = done.stderr.count(b"\n") - normal.stderr.count(b"\n")
        ended += without
        if not same and not (without and lines <= 1):
            bad += [f"{limit} KiB", *told(done)]
        if same:
            break
    return ended, bad


def little_memory(tap, program, runs):
    """All rows with little more than what --version takes, until it does."""
    if not can_be_limited(program):
        tap.skip(f"{program}: little memory", "instrumented")
        return
    least, seen = least_memory(program), 0
    for index, (row, normal) in enumerate(runs):
        step = 216
        if "-i" in row.args and row.input:  # a library of its own
            row = row._replace(input=of_many(row.input, 40))
            normal, step = run(row), 48
        ended, bad = starved(row, normal, range(
            least + index % 4 * 24, least + 4000, step))
        seen += ended
        tap.ok(not bad, f"{shown(row)}: little memory", *bad[:12])
    tap.ok(seen, f"{program}: some of that was too little")


def plain_answers(tap, program):
    """--help, --version and what no program knows."""
    help_row, version = (Row(program, (o,), None, 0)
                         for o in ("--help", "--version"))
    for row, short, begin in ((help_row, "-h", f"usage: {program} "),
                              (version, "-V", f"{program} ")):
        done, same = run(row), run(row._replace(args=(short,)))
        tap.ok(done.returncode == 0 and not done.stderr and
               done.stdout.decode().startswith(begin) and
               done.stdout.endswith(b"\n"), shown(row), *told(done))
        tap.ok((same.returncode, same.stdout, same.stderr) ==
               (0, done.stdout, b""), f"{program} {short}", *told(same))
        full_disk(tap, row, done)
        closed_output(tap, row, done)
        closed_pipe(tap, row, done)
    for option in ("--no-such-option", "--no-such-option=3", "-Q"):
        row = Row(program, (option,), None, 2)
        done = run(row)
        tap.ok(done.returncode == 2 and not done.stdout and
               option.split("=")[0].encode() in done.stderr,
               f"{program} {option}: is named", *told(done))
        closed_errors(tap, row, done)


def descriptors_apart(tap, program):
    """A file opened where a standard stream was must not get its text."""
    args = NOW + ("-j", "--rejects", "rejects")
    row = Row(program, args, BAD_PLAN + PLAN, 3)
    for name, fds, status in (("output", (1,), 4), ("error", (2,), 3),
                              ("output and error", (1, 2), 4)):
        if 2 in fds and is_script(program):
            continue
        done = run(row, preexec_fn=closed(*fds))
        with open("rejects", "rb") as file:
            kept = file.read()
        os.remove("rejects")
        tap.ok(done.returncode == status and kept == BAD_PLAN,
               f"{shown(row)}: no standard {name}", f"rejects {kept[:200]}",
               *told(done))


def sweep(tap, program, programs, directory):
    runs = []
    for row in list(TABLE[program](program))[::SAMPLE]:
        normal = usual(tap, row)
        runs.append((row, normal))
        full_disk(tap, row, normal)
        closed_output(tap, row, normal)
        closed_input(tap, row, normal)
        closed_errors(tap, row, normal)
        closed_pipe(tap, row, normal)
        if programs and not any(a.endswith(".json") for a in row.args):
            read_only(tap, row, normal, programs, directory)
        # others would want the same chairs, and say so
        if row.input and row.status == 0 and program != "smp-import" and \
                "merge" not in row.args and not {
                "-v", "--open", "--chairs", "--match", "--dry-run"} & {*row.args}:
            head(tap, row)
    little_memory(tap, program, runs)
    if any("--rejects" in row.args for row, _ in runs):
        descriptors_apart(tap, program)


def shared_programs(names, directory):
    """Copies that anybody may run; None where that cannot be."""
    if os.geteuid():
        return BIN
    for name in names:
        if not can_be_limited(name):
            return None
        shutil.copy(os.path.join(BIN, name), directory)
    return directory


def main():
    tap = Tap()
    names = sorted(n for n in os.listdir(BIN) if n.startswith("smp-"))
    tap.ok(names, f"there are programs in {os.path.relpath(BIN, ROOT)}")
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)
        os.chdir(top)
        for name, text in (("bad", BAD_PROTOCOL), ("other", OTHER_PROTOCOL),
                           ("studio", STUDIO_PROTOCOL),
                           ("empty", b'{"format": "smp-protocol/1"}')):
            with open(name + ".json", "wb") as file:
                file.write(text)
        os.mkdir("programs")
        os.mkdir("locked")
        for place in (".", "locked"):
            shutil.copy(APPOINTMENTS, place)
        os.chmod("locked", 0o555)
        programs = shared_programs(names, os.path.join(top, "programs"))
        if programs and not somebody_else_can_run(names, programs):
            programs = None
        if not programs:
            tap.skip("a directory it cannot write",
                     "instrumented, or closed to other users")
        for name in names:
            tap.ok(name in TABLE, f"{name} is in the table of commands")
            plain_answers(tap, name)
            if name in TABLE:
                sweep(tap, name, programs, os.path.join(top, "locked"))
        os.chdir("/")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
