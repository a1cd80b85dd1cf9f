#!/usr/bin/env python3
"""Programs at a terminal: colour, marks, what is said to somebody who types
nothing, and the count of feeds while they are published. Prints TAP.

A pseudo-terminal stands for the real one. $SMP_BIN names the programs.
"""

import os
import pty
import re
import subprocess
import sys
import time

from results import Tap, own_directory

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
ENVIRONMENT = {"PATH": os.environ["PATH"], "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
DAY = "2026-12-01T10:00"
UTF8 = {"LC_ALL": "C.UTF-8"}


def drain(terminal):
    """All that is written to it, until nobody has it open."""
    got = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError: # EIO: closed on the other side
            more = b""
        if not more:
            os.close(terminal)
            return got.replace(b"\r\n", b"\n")
        got += more


def run(program, *args, at=("stdin",), environment=None, feed=None):
    """(status, what the terminal got, the other output, the errors).

    `at` has the streams that are a terminal; feed writes standard input.
    """
    master, slave = pty.openpty()
    ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE, **{name: slave for name in at}}
    with subprocess.Popen([os.path.join(BIN, program), *args], **ends,
                          env={**ENVIRONMENT, **(environment or UTF8)}) as done:
        os.close(slave)
        if done.stdin:
            for part in feed or ():
                done.stdin.write(part)
                done.stdin.flush()
            done.stdin.close()
            done.stdin = None
        if "stdin" in at:
            out, err = done.communicate(timeout=TIMEOUT)
            os.close(master)
            return done.returncode, b"", out, err
        shown = drain(master)
        out, err = done.communicate(timeout=TIMEOUT)
    return done.returncode, shown, out, err


def looks(tap):
    """Colour where the terminal has it, marks as the locale's codeset has."""
    drawn, plain = "─".encode(), b"Dec 2026  1"
    for label, environment, colored, utf8 in (
            ("a terminal", {"TERM": "xterm", **UTF8}, True, True),
            ("no TERM", UTF8, False, True),
            ("NO_COLOR", {"TERM": "xterm", "NO_COLOR": "1", **UTF8}, False,
             True),
            ("an empty NO_COLOR", {"TERM": "xterm", "NO_COLOR": "", **UTF8},
             True, True),
            ("utf8 in LANG", {"LANG": "en_CA.utf8"}, False, True),
            ("UTF-8 in LC_CTYPE", {"LC_CTYPE": "fr_CA.UTF-8", "LANG": "C"},
             False, True),
            ("an empty LC_ALL", {"LC_ALL": "", "LANG": "fr_CA.UTF-8"}, False,
             True),
            ("LC_ALL before LANG", {"LC_ALL": "C", "LANG": "fr_CA.UTF-8"},
             False, False),
            ("another codeset", {"LC_ALL": "fr_CA.ISO-8859-1"}, False, False),
            ("no locale", {"TERM": "xterm"}, True, False)):
        status, shown, _, err = run("smp-schedule", "--open", "Tu-Sa 10:00-18:00",
                                    DAY, at=("stdout",),
                                    environment=environment)
        text = re.sub(rb"\x1b\[[0-9;]*m", b"", shown)
        tap.ok(status == 0 and not err and plain in text and
               (b"\x1b[" in shown) == colored and (drawn in text) == utf8 and
               (utf8 or all(c < 128 for c in text)), label, status, shown, err)
        if colored:
            ends = [line.rfind(b"\x1b[") for line in shown.splitlines()
                    if b"\x1b[" in line]
            tap.ok(all(line[end:end + 4] == b"\x1b[0m" for line, end in zip(
                (x for x in shown.splitlines() if b"\x1b[" in x), ends)),
                f"{label}: no line ends in colour", shown)


def words(tap):
    """Without a picture, what it would say."""
    said = b"Closed: Sundays; Mondays.\n"
    for label, args, terminal, drawn in (
            ("a dumb terminal", (), "dumb", False),
            ("a dumb terminal, --picture=auto", ("--picture=auto",), "dumb",
             False),
            ("a dumb terminal, --picture=always", ("--picture=always",), "dumb",
             True),
            ("a terminal, --picture=never", ("--picture=never",), "xterm",
             False),
            ("a terminal, --picture=auto", ("--picture=auto",), "xterm", True)):
        status, shown, _, err = run(
            "smp-schedule", "--open", "Tu-Sa 10:00-18:00", *args, DAY,
            at=("stdout",), environment={"TERM": terminal, **UTF8})
        text = re.sub(rb"\x1b\[[0-9;]*m", b"", shown)
        tap.ok(status == 0 and not err and
               (b"Dec 2026  1" in text) == drawn and (said in text) != drawn,
               label, status, shown, err)


def silence(tap):
    """Who gives neither a SESSION nor plans: the sheet, or what is missing."""
    for program in ("smp-precare", "smp-aftercare"):
        sheet = run(program, "--sheet", at=())[2]
        status, _, out, err = run(program)
        tap.ok(status == 0 and out == sheet and out and
               err.startswith(program.encode() + b": no SESSION") and
               err.count(b"\n") == 1, f"{program}: the sheet", status, err)
        for words in ("-j", "-i"):
            status, _, out, err = run(program, words)
            tap.ok(status == 2 and not out and b"SESSION" in err and
                   err.count(b"\n") == 1, f"{program} {words}", status, err)
    for program, words, named in (
            ("smp-schedule", (), b"SESSION"),
            ("smp-schedule", ("-j",), b"SESSION"),
            ("smp-may", ("swimming",), b"SESSION"),
            ("smp-publish", ("feeds",), b"standard input")):
        status, _, out, err = run(program, *words)
        tap.ok(status == 2 and not out and named in err and
               err.count(b"\n") == 1, f"{program} {' '.join(words)}", status,
               err)
    tap.ok(not os.path.exists("feeds"), "no directory is made")


def plans():
    """Sixteen clients, and one record that is none."""
    made = b"".join(b'{"id":"c-%d","timeZone":"UTC","sessions":'
                    b'["2026-12-01T10:00"]}\n' % n for n in range(64))
    cared = subprocess.run([os.path.join(BIN, "smp-aftercare"), "-j"],
                           input=made, capture_output=True, check=True,
                           env={**ENVIRONMENT, **UTF8}).stdout.splitlines(True)
    return [b"".join(cared[n:n + 16]) + b"no plan\n"
            for n in range(0, 64, 16)]


def slowly(parts):
    yield parts[0]
    for part in parts[1:]:
        time.sleep(1.1)
        yield part


def counting(tap):
    """A long run counts feeds at a terminal; messages are not joined to it."""
    parts = plans()
    status, shown, _, _ = run("smp-publish", "--only", "post", "feeds",
                              at=("stderr",), feed=slowly(parts))
    rejected = rb"smp-publish: <stdin>:\d+: [^\r\n]*\n"
    tap.ok(status == 3 and
           re.fullmatch(rb"(%s|\d+ feeds\r)+\n" % rejected, shown) and
           len(re.findall(rejected, shown)) == 4, "a count of feeds", status,
           shown)
    counts = [int(n) for n in re.findall(rb"(\d+) feeds\r", shown)]
    tap.ok(counts and counts == sorted(counts) and counts[-1] <= 64,
           "it grows", counts)
    status, shown, _, _ = run("smp-publish", "--only", "post", "feeds",
                              at=("stderr",), feed=parts[:1])
    if TIMEOUT <= 60: # valgrind makes no short run
        tap.ok(status == 3 and re.fullmatch(rejected, shown),
               "a short run counts nothing", shown)
    tap.same(len([n for n in os.listdir("feeds") if n.endswith(".ics")]), 64,
             "all are published")


def main():
    tap = Tap()
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as why:
        tap.skip("programs at a terminal", why)
        return tap.end()
    with own_directory():
        looks(tap)
        words(tap)
        silence(tap)
        counting(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
