#!/usr/bin/env python3
"""What programs read and write by name: read errors, pipes that nobody opens,
files that are named for two things, and ids that come twice. Prints TAP.

A shim, made here, lets one read of standard input or of a calendar fail.
$SMP_BIN names the programs.
"""

import json
import os
import re
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from results import Tap, own_directory

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
NOW = ("--now", "2026-11-20T09:00:00Z", "-z", "UTC")
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 6
SLOW = 10 if TIMEOUT <= 50 else TIMEOUT # seconds that no program may hang
PLANS = b"""{"id":"a","timeZone":"UTC","sessions":["2026-12-01T10:00"]}
{"id":"b","timeZone":"UTC","sessions":["2027-01-05T10:00"]}
"""
WRONG = b'{"id":"w","sessions":["2026-13-01"]}\n'
CALENDAR = b"""BEGIN:VCALENDAR
BEGIN:VEVENT
UID:x
SUMMARY:Jo
DTSTART:20270105T100000Z
DTEND:20270105T130000Z
END:VEVENT
END:VCALENDAR
"""
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int is_it(int fd)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(getenv("FAILING"), &b) == 0 &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

ssize_t read(int fd, void *bytes, size_t n)
{
    static int count;
    ssize_t (*next)(int, void *, size_t);

    *(void **)&next = dlsym(RTLD_NEXT, "read");
    if (is_it(fd) && ++count == atoi(getenv("FAILS_AT"))) {
        errno = EIO;
        return -1;
    }
    return next(fd, bytes, n);
}
"""


def run(program, *args, **how):
    how = {"env": ENVIRONMENT, "timeout": SLOW, **how}
    try:
        return subprocess.run([os.path.join(BIN, program), *args],
                              capture_output=True, check=False, **how)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(args, "hangs", b"", b"")


def told(done):
    return (f"status {done.returncode}", f"stdout {done.stdout[:300]}",
            f"stderr {done.stderr[:600]}")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def one_message(done, program, status):
    return (done.returncode == status and done.stderr.count(b"\n") == 1 and
            done.stderr.startswith(program.encode() + b": "))


def failing_reads(tap):
    """Whichever read of a file fails, once: status 4 and one message."""
    write("shim.c", SHIM.encode())
    compiler = os.environ.get("CC", "cc").split()
    if (any("SAN_OPTIONS" in name for name in os.environ) or
            "valgrind" in BIN or "asan" in BIN or
            subprocess.run([*compiler, "-shared", "-fPIC", "-o", "shim.so",
                            "shim.c", "-ldl"], check=False,
                           capture_output=True).returncode):
        tap.skip("reads that fail", "no shim can be preloaded")
        return
    os.makedirs("studios", exist_ok=True)
    write("studios/maple.json", b'{"studio":{"chairs":1}}')
    write("studios/maple.ics", CALENDAR)
    write("plans", PLANS.replace(b'"timeZone"', b'"studio":"maple","timeZone"'))
    write("key", b"0123456789abcdef\n")
    write("layer.json", b'{"title":"x"}')
    rows = [("smp-schedule", NOW + words, failing) for words, failing in (
        (("-j", "--chairs", "1"), "plans"),
        (("-j", "--chairs", "1", "--fair"), "plans"),
        (("-j", "--busy", "busy.ics"), "busy.ics"),
        (("-j", "--studios", "studios"), "studios/maple.json"),
        (("-j", "--studios", "studios"), "studios/maple.ics"),
        (("-j", "-p", "layer.json"), "layer.json"))]
    rows += [(program, NOW + ("-j",), "plans")
             for program in ("smp-schedule", "smp-precare", "smp-aftercare")]
    rows += [("smp-publish", NOW + words + ("feeds",), failing)
             for words, failing in ((("--key", "key"), "key"),
                                    (("--clients", "clients"), "clients"))]
    rows.append(("smp-import", NOW + ("--match", "."), "busy.ics"))
    for program, args, failing in rows:
        source = "busy.ics" if "--match" in args else "plans"
        with open(source, "rb") as file:
            usual = run(program, *args, stdin=file)
        at = 0
        while True:
            at += 1
            env = {**ENVIRONMENT, "LD_PRELOAD": os.path.abspath("shim.so"),
                   "FAILING": failing, "FAILS_AT": str(at)}
            with open(source, "rb") as file:
                done = run(program, *args, stdin=file, env=env)
            if done.stdout == usual.stdout and done.stderr == usual.stderr:
                break
            tap.ok(one_message(done, program, 4),
                   f"{program} {' '.join(args)}: read {at} of {failing}",
                   *told(done))
        tap.ok(at > 1, f"{program} {' '.join(args)}: {failing} is read")


def wrong_zone(tap):
    """Opening hours are not read on the plan's clock if theirs is unknown."""
    os.makedirs("studios", exist_ok=True)
    write("studios/pine.json",
          b'{"studio":{"openingHours":"Mo-Su 10:00-18:00",'
          b'"timeZone":"Europe/Pariss"}}')
    done = run("smp-schedule", "-j", "--studios", "studios",
               input=PLANS.replace(b'"timeZone"', b'"studio":"pine","timeZone"'))
    tap.ok(done.returncode == 3 and not done.stdout and
           done.stderr.count(b"studio.timeZone") == 2,
           "a studio's zone that is unknown rejects its plans", *told(done))


def named_pipes(tap):
    os.makedirs("piped", exist_ok=True)
    for name in ("fifo", "unread", "piped/maple.json", "piped/oak.ics"):
        if not os.path.exists(name):
            os.mkfifo(name)
    write("piped/oak.json", b"{}")
    maple = PLANS.replace(b'"timeZone"', b'"studio":"maple","timeZone"')
    oak = maple.replace(b"maple", b"oak")
    env = {**ENVIRONMENT, "SMP_PROTOCOL": "fifo"}
    rows = [
        ("SMP_PROTOCOL", 2, "smp-aftercare", ("-j",),
         {"env": env, "input": PLANS}),
        ("-p", 2, "smp-faq", ("-p", "fifo", "pain"), {}),
        ("--busy", 4, "smp-schedule", ("--busy", "fifo", "2026-12-01"), {}),
        ("--key", 2, "smp-publish", ("--key", "fifo", "feeds"),
         {"input": PLANS}),
        ("--clients", 2, "smp-publish", ("--clients", "fifo", "feeds"),
         {"input": PLANS}),
        ("--rejects", 4, "smp-aftercare", ("--rejects", "unread"),
         {"input": PLANS})]
    rows += [(f"a {label} of --studios", 3, "smp-schedule",
              ("-j", "--studios", "piped"), {"input": plans})
             for plans, label in ((maple, "protocol"), (oak, "calendar"))]
    with ThreadPoolExecutor(len(rows)) as pool:
        for row, done in zip(rows, pool.map(
                lambda row: run(row[2], *row[3], **row[4]), rows)):
            tap.ok(not done.stdout and
                   (one_message(done, row[2], row[1]) or
                    (row[1] == 3 and done.returncode == 3)),
                   f"{row[0]}: a pipe that nobody opens is no input",
                   *told(done))
    with subprocess.Popen(["sh", "-c", "sleep 1; cat busy.ics > fifo"]) as late:
        done = run("smp-schedule", "-j", "--busy", "fifo", "2027-01-05T11:00")
        late.wait()
    tap.ok(done.returncode == 0 and b"chairs" in done.stderr,
           "a pipe that somebody opens a second later is read", *told(done))
    for label, script, status, wanted in (
            ("-p <(...)", "%s/smp-protocol -j -p <(sleep 3; echo "
             "'{\"title\":\"Slow\"}')", 0, b"Slow"),
            ("--rejects >(...)", "%s/smp-aftercare -j --rejects >(cat >&2) < "
             "wrong; sleep 1", 0, b'2026-13-01"]}'),
            ("--rejects /dev/stderr", "%s/smp-aftercare -j --rejects "
             "/dev/stderr < wrong 2>> log; cat log", 0,
             b"old\nsmp-aftercare: <stdin>:1: w: sessions[0]: not a date: "
             b"\"2026-13-01\"\n" + WRONG)):
        write("wrong", WRONG)
        write("log", b"old\n")
        done = run("../" * 9 + "bin/bash", "-c", script % BIN)
        tap.ok(done.returncode == status and
               wanted in done.stdout + done.stderr, label, *told(done))


def kept(tap, label, path, program, args, data, **how):
    """The file stays as it was, and the use is wrong."""
    write(path, data)
    os.chmod(path, 0o644)
    done = run(program, *args, **how)
    tap.ok(one_message(done, program, 2) and not done.stdout and
           read(path) == data and
           stat.S_IMODE(os.stat(path).st_mode) == 0o644,
           f"{label} stays as it was", f"now {read(path)[:80]}", *told(done))


def rejects_elsewhere(tap):
    feeds = NOW + ("--only", "post")
    os.makedirs("studios", exist_ok=True)
    os.makedirs("feeds", exist_ok=True)
    write("studios/maple.json", b"{}")
    write("key", b"0123456789abcdef\n")
    write("protocol", b"{}")
    for label, path, program, args, data in (
            ("-p", "protocol", "smp-aftercare",
             ("-p", "protocol", "--rejects", "protocol"), b"{}"),
            ("-p by another name", "protocol", "smp-aftercare",
             ("-p", "./protocol", "--rejects", "link"), b"{}"),
            ("--key", "key", "smp-publish",
             feeds + ("--key", "key", "--rejects", "key", "feeds"),
             b"0123456789abcdef\n"),
            ("--clients", "clients", "smp-publish",
             feeds + ("--clients", "clients", "--rejects", "clients", "feeds"),
             b"a\n"),
            ("--withdraw", "withdraw", "smp-publish",
             feeds + ("--withdraw", "withdraw", "--rejects", "withdraw",
                      "feeds"), b"z\n"),
            ("--key of ids", "key", "smp-import",
             NOW + ("--key", "key", "--rejects", "key"),
             b"0123456789abcdef\n"),
            ("--format", "format", "smp-import",
             NOW + ("--format", "./format", "--rejects", "format"),
             b'{"f": {"columns": {"id": "id", "start": "start"}}}'),
            ("the old plans of merge", "old", "smp-plan",
             ("merge", "old", "--rejects", "old"), PLANS),
            ("the old plans of diff", "old", "smp-plan",
             ("diff", "old", "--rejects", "old"), PLANS),
            ("--busy", "busy", "smp-schedule",
             ("--busy", "busy", "--rejects", "busy"), CALENDAR),
            ("a protocol of --studios", "studios/maple.json", "smp-schedule",
             ("--studios", "studios", "--rejects", "studios/maple.json"),
             b"{}"),
            ("a calendar of --studios", "studios/maple.ics", "smp-schedule",
             ("--studios", "studios", "--rejects", "studios/../"
              "studios/maple.ics"), CALENDAR),
            ("a feed", "feeds/a.ics", "smp-publish",
             feeds + ("--rejects", "feeds/a.ics", "feeds"), CALENDAR),
            ("the last run's rejects, with a wrong option,", "rejects",
             "smp-aftercare", ("--rejects", "rejects", "--alarm", "soon"),
             WRONG),
            ("the last run's rejects, with a SESSION that is none,", "rejects",
             "smp-aftercare", ("--rejects", "rejects", "soon"), WRONG),
            ("the last run's rejects, with an unknown option,", "rejects",
             "smp-aftercare", ("--rejects", "rejects", "--no-such"), WRONG),
            ("the last run's rejects, with a wrong protocol,", "rejects",
             "smp-aftercare", ("--rejects", "rejects", "-p", "none"), WRONG),
            ("the last run's rejects, with a wrong date,", "rejects",
             "smp-schedule", ("--rejects", "rejects", "--away", "x"), WRONG)):
        if os.path.lexists("link"):
            os.remove("link")
        os.link("protocol", "link")
        if "no-such" in args[-1]:
            write(path, data)
            done = run(program, *args, input=PLANS)
            tap.ok(done.returncode == 2 and read(path) == data,
                   f"{label} stays as it was", *told(done))
        else:
            kept(tap, f"--rejects: {label}", path, program, args, data,
                 input=PLANS)
    env = {**ENVIRONMENT, "SMP_PROTOCOL": "protocol"}
    kept(tap, "--rejects: SMP_PROTOCOL", "protocol", "smp-schedule",
         ("--rejects", "protocol"), b"{}", input=PLANS, env=env)
    done = run("smp-publish", *feeds, "--rejects", "feeds/new", "feeds",
               input=WRONG)
    tap.ok(one_message(done, "smp-publish", 2) and
           not os.path.exists("feeds/new"),
           "--rejects: nothing is put among the feeds", *told(done))
    write("plans", PLANS)
    with open("plans", "rb") as file:
        kept(tap, "--rejects: the input", "plans", "smp-aftercare",
             ("--rejects", "plans"), PLANS, stdin=file)


def outputs(tap):
    """What is read is not written to."""
    write("questions", b"does it hurt\n")
    for label, script, path in (
            ("standard input", "smp-schedule -j < plans >> plans", "plans"),
            ("questions", "smp-faq --batch < questions >> questions",
             "questions"),
            ("--busy", "smp-schedule -j --busy busy.ics 2026-12-01 >> busy.ics",
             "busy.ics"),
            ("-p", "smp-aftercare -i -p protocol 2026-12-01 >> protocol",
             "protocol"),
            ("--key", "smp-publish -t --key key feeds < plans >> key", "key")):
        before = read(path)
        done = run("../" * 9 + "bin/sh", "-c", f"{BIN}/{script}")
        tap.ok(done.returncode == 2 and done.stderr.count(b"\n") == 1 and
               read(path) == before,
               f"standard output that is also an input: {label}", *told(done))


def plan(client, day, **more):
    return {"id": client, "timeZone": "UTC",
            "sessions": [f"2026-12-{day:02}T10:00"], **more}


def lines(plans):
    return b"".join(json.dumps(one).encode() + b"\n" for one in plans)


TWICE = lines([plan("a", 1), plan("b", 2, studio="x"), plan("a", 3),
               plan("A ", 4), plan("b", 5, studio="y"), plan("a", 6),
               plan("\u00c9", 7), plan("\u00e9", 8), plan("c", 9)])
SAID = (b"<stdin>:3: a: %sa plan with the same id came before, in line 1\n",
        b"<stdin>:4: A : the id in line 1 differs only in case or blanks\n",
        b"<stdin>:5: b: %sa plan of another studio with the same id came "
        b"before, in line 2\n",
        b"<stdin>:6: a: %sa plan with the same id came before, in line 1\n",
        b"<stdin>:8: %s: the id in line 7 differs only in case or blanks\n" %
        "\u00e9".encode())


def ids_twice(tap):
    """Each program says it; nothing is twice in a calendar."""
    filters = ("smp-schedule", "smp-precare", "smp-aftercare")
    for program, form, operands in (
            *((program, form, ()) for program in filters
              for form in ("-j", "-t")),
            ("smp-schedule", "-j", ("--chairs", "9", "--fair")),
            ("smp-may", "-j", ("swimming",))):
        done = run(program, form, *NOW, *operands, input=TWICE)
        told_once = b"".join(
            program.encode() + b": " + (line % b"" if b"%s" in line else line)
            for line in SAID[:3] + SAID[4:])
        tap.ok(done.stderr == told_once and done.returncode in (0, 1, 5, 6) and
               (form != "-j" or done.stdout.count(b"\n") == 9),
               f"{program} {form} {' '.join(operands)}: ids that come twice "
               "are said once, and passed on", *told(done))
    for program in filters:
        for more in ((), ("--chairs", "9", "--fair")):
            if more and program != "smp-schedule":
                continue
            done = run(program, "-i", *NOW, *more, "--rejects", "rejects",
                       input=TWICE)
            uids = re.findall(rb"^UID:(.*)", done.stdout, re.MULTILINE)
            tap.ok(done.returncode == 3 and len(uids) == len(set(uids)) and
                   done.stderr == b"".join(
                       program.encode() + b": " +
                       (line % b"id: " if b"%s" in line else line)
                       for line in SAID) and
                   read("rejects").count(b"\n") == 3,
                   f"{program} -i {' '.join(more)}: a second plan of an id is "
                   "rejected", *told(done))
    cared = run("smp-aftercare", "-j", *NOW, input=TWICE).stdout
    for what in ("published", "published again, by its short way"):
        done = run("smp-publish", "--only", "post", *NOW, "twice", input=cared)
        tap.ok(done.returncode == 3 and done.stderr.count(b"\n") == 5 and
               all(line % b"id: " if b"%s" in line else line in done.stderr
                   for line in SAID), f"ids that come twice are {what}",
               *told(done))
    tap.same(sorted(name for name in os.listdir("twice") if name[0] != "."),
             sorted(["a.ics", "b.ics", "c.ics", "A~20.ics", "~C3~89.ics",
                     "~C3~A9.ics"]), "each id has one feed")
    many = [plan(f"m-{number}", 1) for number in range(100)]
    done = run("smp-aftercare", "-j", *NOW, input=lines(many + many))
    tap.ok(done.returncode == 0 and done.stderr.count(b"\n") == 9 and
           done.stderr.endswith(b"smp-aftercare: 92 more plans have an id that "
                                b"came before\n") and
           done.stdout.count(b"\n") == 200, "of many, eight are named",
           *told(done))


def set_twice(tap):
    for more in ((), ("-v",)):
        done = run("smp-plan", "set", *NOW, *more, "a:1=done", input=TWICE)
        first = [json.loads(line)["sessions"][0]
                 for line in done.stdout.splitlines()]
        states = ["booked" if isinstance(s, str) else s["status"]
                  for s in first]
        tap.ok(states == ["done"] + ["booked"] * 8 and done.returncode == 1 and
               b"set a:1=done: only the plan in line 1 is changed, and not "
               b"the one with the same id in line 3\n" in done.stderr,
               f"set {' '.join(more)}: changes the first plan of an id",
               states, *told(done))


def uids_twice(tap):
    """A calendar program shows one of two events with one UID."""
    sessions = [{"start": "2026-12-01T10:00", "uid": "b-1"},
                {"start": "2027-01-05T10:00", "uid": "b-2"}]
    gone = [{**sessions[1], "status": "cancelled"}]
    plans = lines([plan("a", 1, sessions=sessions),
                   plan("b", 1, sessions=sessions[1:]),
                   plan("c", 1, sessions=gone),
                   plan("d", 1, sessions=[{**gone[0], "uid": "not one"}]),
                   plan("e", 1, sessions=[{**gone[0], "uid": "not one"}])])
    done = run("smp-aftercare", "-i", *NOW, input=plans)
    tap.ok(done.returncode == 3 and done.stderr ==
           b"smp-aftercare: <stdin>:2: b: sessions: the uid of session 1 came "
           b"before, in line 1\n" and done.stdout.count(b"UID:b-2") == 1,
           "-i: a second session of one uid is rejected", *told(done))
    done = run("smp-aftercare", "-j", *NOW, input=plans)
    tap.ok(done.returncode == 0 and not done.stderr,
           "-j: plans may share a uid", *told(done))


def input_twice(tap):
    for label, program, args in (
            ("-p", "smp-aftercare", ("-j", "-p", "/dev/stdin")),
            ("--busy", "smp-schedule", ("-j", "--busy", "/dev/stdin")),
            ("--clients", "smp-publish", ("--clients", "/dev/stdin", "feeds"))):
        data = {"-p": b"{}", "--busy": CALENDAR, "--clients": b"a\n"}[label]
        done = run(program, *args, input=data)
        tap.ok(one_message(done, program, 2) and not done.stdout,
               f"{label} /dev/stdin leaves no plans there", *told(done))
    done = run("smp-aftercare", "-j", "-p", "/dev/stdin", "2026-12-01",
               input=b"{}")
    tap.ok(done.returncode == 0 and done.stdout,
           "-p /dev/stdin with a SESSION", *told(done))


def same_time(tap):
    both = plan("a", 1)
    both["sessions"] *= 2
    other = {**both, "id": "b"}
    other["sessions"] = [both["sessions"][0],
                         {"start": both["sessions"][0], "status": "cancelled"}]
    said = b"a: sessions 1 and 2 begin at the same time\n"
    done = run("smp-aftercare", "-i", *NOW, input=lines([both, other]))
    tap.ok(done.returncode == 0 and done.stderr == b"smp-aftercare: " + said,
           "-i: two sessions at one time are said", *told(done))
    done = run("smp-schedule", "-i", *NOW, input=lines([both]))
    tap.ok(done.returncode == 0 and done.stderr ==
           b"smp-schedule: a: session 2 is not after session 1\n",
           "smp-schedule -i says it once", *told(done))
    cared = run("smp-aftercare", "-j", *NOW, input=lines([both, other])).stdout
    for what in ("published", "published again"):
        done = run("smp-publish", "--only", "post", *NOW, "same", input=cared)
        tap.ok(done.returncode == 0 and done.stderr == b"smp-publish: " + said,
               f"two sessions at one time are said when {what}", *told(done))


def ends(tap):
    """A last line needs no newline; one that is cut off is rejected."""
    for program, args in (("smp-schedule", ()), ("smp-aftercare", ()),
                          ("smp-schedule", ("--chairs", "9", "--fair"))):
        whole = run(program, "-j", *NOW, *args, input=PLANS)
        done = run(program, "-j", *NOW, *args, input=PLANS[:-1])
        tap.ok(done.returncode == 0 and done.stdout == whole.stdout,
               f"{program} {' '.join(args)}: no newline at the end",
               *told(done))
        done = run(program, "-j", *NOW, *args, input=PLANS[:-2])
        tap.ok(one_message(done, program, 3) and
               done.stdout == whole.stdout[:whole.stdout.index(b"\n") + 1],
               f"{program} {' '.join(args)}: a plan that is cut off",
               *told(done))


def busy_twice(tap):
    """An event takes one chair, whatever its file is called."""
    os.makedirs("twofold", exist_ok=True)
    write("busy.ics", CALENDAR)
    write("twofold/maple.json", b'{"studio":{"chairs":2}}')
    for name in ("twofold/maple.ics", "other.ics"):
        if not os.path.exists(name):
            os.link("busy.ics", name)
    record = lines([plan("a", 1, studio="maple",
                         sessions=["2027-01-05T11:00"])])
    for args in (("--chairs", "2", "--busy", "busy.ics", "--busy", "busy.ics"),
                 ("--chairs", "2", "--busy", "busy.ics", "--busy", "other.ics"),
                 ("--studios", "twofold", "--busy", "./busy.ics")):
        done = run("smp-schedule", "-j", *NOW, *args, input=record)
        tap.ok(done.returncode == 0 and not done.stderr,
               f"{' '.join(args)}: one event", *told(done))


def secrets_served(tap):
    os.makedirs("served", exist_ok=True)
    write("served/key", b"0123456789abcdef\n")
    os.chmod("served/key", 0o600)
    write("list", b"a\n")
    done = run("smp-publish", "--only", "post", *NOW, "--key", "served/key",
               "--clients", "list", "served", input=run(
                   "smp-aftercare", "-j", *NOW, input=lines([plan("a", 1)])
               ).stdout)
    tap.ok(done.returncode == 0 and done.stderr ==
           b"smp-publish: --key served/key lies among the feeds in served: "
           b"others may read it there\n", "a key among the feeds is said",
           *told(done))


def not_blocking(tap):
    """Pipes that another program left so are waited for."""
    many = lines([plan(f"m-{number}", 1) for number in range(400)])
    whole = run("smp-aftercare", "-j", *NOW, input=many).stdout
    source, into = os.pipe()
    output, sink = os.pipe()
    for end in (source, sink):
        os.set_blocking(end, False)
    with subprocess.Popen([os.path.join(BIN, "smp-aftercare"), "-j", *NOW],
                          stdin=source, stdout=sink, stderr=subprocess.PIPE,
                          env=ENVIRONMENT) as process:
        os.close(source)
        os.close(sink)
        time.sleep(0.1)
        with os.fdopen(into, "wb") as file:
            file.write(many)
        time.sleep(0.1)
        with os.fdopen(output, "rb") as file:
            got = file.read()
        err = process.stderr.read()
    tap.ok(process.returncode == 0 and got == whole and not err,
           "standard streams that do not block", process.returncode, err,
           len(got))


def is_open(pid, path):
    """Whether the process has the file open."""
    place = f"/proc/{pid}/fd"
    for name in os.listdir(place):
        try:
            if os.path.samefile(os.path.join(place, name), path):
                return True
        except OSError: # closed meanwhile
            pass
    return False


def changed_input(tap):
    """Plans are read twice where chairs are shared: what comes in between has
    no chair in the first look, and may be booked over."""
    if not os.path.isdir("/proc/self/fd"):
        tap.skip("an input that changes", "no /proc")
        return
    os.makedirs("shop", exist_ok=True)
    write("shop/oak.json", b'{"studio":{"timeZone":"UTC"}}')
    os.mkfifo("shop/oak.ics")
    oak = PLANS.replace(b'"timeZone"', b'"studio":"oak","timeZone"')
    first = oak.splitlines(True)[0]
    for label, change, status in (
            ("longer", lambda: write("input", oak), 4),
            ("empty", lambda: write("input", b""), 4),
            ("of the same size", lambda: write("input", first), 4),
            ("the same", lambda: None, 0)):
        write("input", first)
        os.utime("input", (1e9, 1e9))
        pipe = os.open("shop/oak.ics", os.O_RDWR)
        with open("input", "rb") as file, subprocess.Popen(
                [os.path.join(BIN, "smp-schedule"), "-j", "--studios", "shop",
                 *NOW], stdin=file, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
            deadline = time.monotonic() + SLOW
            while (not is_open(process.pid, "shop/oak.ics") and
                   process.poll() is None and time.monotonic() < deadline):
                time.sleep(0.01)
            change()
            os.write(pipe, CALENDAR)
            os.close(pipe)
            out, err = process.communicate(timeout=SLOW)
        tap.ok(process.returncode == status and
               (b"changed" in err and err.count(b"\n") == 1 if status
                else out and not err), f"an input that is {label} the second "
               "time", process.returncode, err, out[:300])


def main():
    tap = Tap()
    began = time.monotonic()
    with own_directory():
        write("busy.ics", CALENDAR)
        write("clients", b"a\nb\n")
        for test in (failing_reads, wrong_zone, named_pipes, rejects_elsewhere,
                     outputs, ids_twice, set_twice, uids_twice, input_twice,
                     same_time, ends, busy_twice, secrets_served, not_blocking,
                     changed_input):
            test(tap)
    print(f"# {time.monotonic() - began:.1f} s")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
