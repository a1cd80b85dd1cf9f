#!/usr/bin/env python3
"""Words that programs do not take: values that are none of an option's,
options that contradict each other or lack what they speak of. Prints TAP.

Each is told in one message that names the option, with status 2, and nothing
is written. $SMP_BIN names the programs.
"""

import os
import subprocess
import sys

from results import Tap, own_directory

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
DAY = "2026-12-01T10:00"
PLAN = b'{"id":"a","timeZone":"UTC","sessions":["2026-12-01T10:00"]}\n'

# What both programs of care do not take, and what the message names.
CARE = (
    ("--on soon " + DAY, "--on"),
    ("--from soon " + DAY, "--from"),
    ("--until 2026-02-30 " + DAY, "--until"),
    ("--from 2026-12-02 --until 2026-12-01 " + DAY, "--until"),
    ("--on 2026-12-02 --from 2026-12-01 " + DAY, "--from"),
    ("--on 2026-12-02 --until 2026-12-03 " + DAY, "--until"),
    ("--healed never " + DAY, "--healed"),
    ("--healed 2026-11-30 " + DAY, "--healed"),
    ("--healed 2026-12-09", "--healed"),
    ("--id c-1", "--id"),
    ("--name Jo", "--name"),
    ("--email jo@example.org", "--email"),
    ("--session 2", "--session"),
    ("--session 0 " + DAY, "--session"),
    ("--session 100 " + DAY, "--session"),
    ("--session two " + DAY, "--session"),
    ("--session 99999999999999999999 " + DAY, "--session"),
    ("--session 99 " + DAY + " 2027-01-05T10:00", "sessions"),
    ("--id= " + DAY, "--id"),
    ("--id \udcff " + DAY, "--id"),
    ("--name \udcff " + DAY, "--name"),
    ("--email \udcff " + DAY, "--email"),
    ("--sheet " + DAY, "--sheet"),
    ("--sheet -j", "--sheet"),
    ("--sheet --on 2026-12-01", "--sheet"),
    ("--sheet --from 2026-12-01", "--sheet"),
    ("--sheet --until 2026-12-01", "--sheet"),
    ("--by month " + DAY, "--by"),
    ("--alarm soon " + DAY, "--alarm"),
    ("--discreet=little " + DAY, "--discreet"),
    ("-i --method=add " + DAY, "--method"),
    ("-i --method= " + DAY, "--method"),
    ("--method=request " + DAY, "--method"),
    ("--lang de " + DAY, "--lang"),
    ("--now soon " + DAY, "--now"),
    ("--studios Makefile " + DAY, "--studios"),
    ("--studios nowhere " + DAY, "--studios"),
    ("-z Mars/Base " + DAY, "Mars/Base"),
    ("-z ../etc/passwd " + DAY, "../etc/passwd"),
    ("tomorrow-ish", "tomorrow-ish"),
    ("2026-13-01", "2026-13-01"),
)

SCHEDULE = (
    ("-n 0 " + DAY, "--sessions"),
    ("-n 100 " + DAY, "--sessions"),
    ("--choices 0 " + DAY, "--choices"),
    ("--choices 1000 " + DAY, "--choices"),
    ("--length long " + DAY, "--length"),
    ("--length 0h " + DAY, "--length"),
    ("--length 25h " + DAY, "--length"),
    ("--length 1month " + DAY, "--length"),
    ("--away never " + DAY, "--away"),
    ("--away 2027-01-01/never " + DAY, "--away"),
    ("--away 2027-01-10/2027-01-01 " + DAY, "--away"),
    ("--from never " + DAY, "--from"),
    ("--set a:1=done", "smp-plan set"),
    ("--match SMP", "smp-import"),
    ("--client SMP", "smp-import"),
    ("--since=today", "smp-import"),
    ("--chairs 0 " + DAY, "--chairs"),
    ("--open never " + DAY, "--open"),
    ("--id c-1", "--id"),
    ("--name Jo", "--name"),
    ("--email jo@example.org", "--email"),
    ("--session 2", "--session"),
)

IMPORT = (
    ("--match SMP(", "--match"),
    ("--match (S)\\1", "--match"),
    ("--match S{1}M{2}P{3}", "--match"),
    ("--match " + 501 * "S", "--match"),
    ("--match SMP --client [", "--client"),
    ("--since never", "--since"),
    ("--dates fr", "--dates"),
    ("--format nowhere", "--format"),
    ("--format ./nowhere", "./nowhere"),
    ("--status Late", "--status"),
    ("--status Late=maybe", "--status"),
    ("--studio=", "--studio"),
    ("--key nowhere", "nowhere"),
    ("nowhere.csv", "nowhere.csv"),
)

PLAN_SET = (
    ("", "merge, set, diff"),
    ("mend", "merge, set, diff"),
    ("set", "ID:N=VALUE"),
    ("set a", "ID:N=VALUE"),
    ("set a:1", "ID:N=VALUE"),
    ("set :1=done", "ID:N=VALUE"),
    ("set a:100=done", "ID:N=VALUE"),
    ("set a:x=done", "ID:N=VALUE"),
    ("set a:0=done", "from 1"),
    ("set a:1=soon", "soon"),
    ("set a:1=healed=soon", "soon"),
    ("merge one two", "merge"),
    ("merge nowhere", "nowhere"),
    ("merge --gone away", "--gone"),
    ("merge --most 101", "--most"),
    ("merge --from never", "--from"),
    ("merge --declined maybe", "--declined"),
    ("diff", "diff"),
    ("diff one two", "diff"),
    ("diff nowhere", "nowhere"),
    ("check nowhere", "check takes no operand"),
)

PUBLISH = (
    ("", "DIR"),
    ("one two", "DIR"),
    ("--prune=soon --clients list feeds", "--prune"),
    ("--prune feeds", "--clients"),
    ("--only both feeds", "--only"),
    ("--discreet=little feeds", "--discreet"),
    ("--key short feeds", "--key"),
    ("--clients empty feeds", "--clients"),
    ("--clients blank feeds", "--clients"),
    ("--lang de feeds", "--lang"),
)

MAY = (
    ("", "ACTIVITY"),
    ("--day 3 --hours 3 swimming", "--day"),
    ("--day 3 --on 2026-12-03 swimming", "--on"),
    ("--day 3 swimming " + DAY, "--day"),
    ("--day many swimming", "--day"),
    ("--hours many swimming", "--hours"),
    ("--hours= swimming", "--hours"),
    ("--hours 1e9 swimming", "--hours"),
    ("--hours -1e9 swimming", "--hours"),
    ("--hours nan swimming", "--hours"),
    ("--hours 1e999 swimming", "--hours"),
    ("--next 3 swimming " + DAY, "--next"),
    ("--next 0 --day 3 swimming", "--next"),
    ("--session 0 --day 3 swimming", "--session"),
    ("--healed 2026-12-09 --day 3 swimming", "--healed"),
    ("--healed never swimming " + DAY, "--healed"),
    ("--on soon swimming " + DAY, "--on"),
)

REST = (
    ("smp-faq", "--batch pain", "--batch"),
    ("smp-faq", "-n 0 pain", "--number"),
    ("smp-protocol", "diff", "diff"),
    ("smp-protocol", "diff a b c", "diff"),
    ("smp-protocol", "mend", "mend"),
)


def files():
    """What the rows speak of, in an empty directory."""
    for name, text in (("Makefile", b"all:\n"), ("list", b"a\n"),
                       ("empty", b""), ("blank", b"\n\n"),
                       ("short", b"0123\n")):
        with open(name, "wb") as file:
            file.write(text)


def check(tap, program, words, *names):
    """One of the names is in the message."""
    done = subprocess.run([os.path.join(BIN, program), *words.split()],
                          input=PLAN, capture_output=True, env=ENVIRONMENT,
                          timeout=TIMEOUT, check=False)
    said = done.stderr.decode("utf-8", "replace")
    tap.ok(done.returncode == 2 and not done.stdout and
           said.count("\n") == 1 and said.startswith(program + ": ") and
           any(name in said for name in names),
           f"{program} {words[:60]!a}", f"status {done.returncode}", said,
           done.stdout[:300])


def check_epoch(tap):
    """SOURCE_DATE_EPOCH is what stamps are made from, or a mistake."""
    for epoch, status, stamp in (
            ("86400", 0, b"DTSTAMP:19700102T000000Z"),
            ("", 0, b"DTSTAMP:20261120T000000Z"),
            ("-1", 2, b""), ("soon", 2, b""), ("4133980800", 2, b""),
            ("99999999999999999999", 2, b"")):
        done = subprocess.run(
            [os.path.join(BIN, "smp-aftercare"), "-i", "--now",
             "2026-11-20T00:00:00Z", DAY], stdin=subprocess.DEVNULL,
            capture_output=True, timeout=TIMEOUT, check=False,
            env={**ENVIRONMENT, "SOURCE_DATE_EPOCH": epoch})
        tap.ok(done.returncode == status and stamp in done.stdout and
               (not status or b"SOURCE_DATE_EPOCH" in done.stderr),
               f"SOURCE_DATE_EPOCH={epoch}", done.stderr, done.stdout[:300])


def main():
    tap = Tap()
    with own_directory():
        files()
        there = os.listdir(".")
        for program in ("smp-precare", "smp-aftercare"):
            for words, *names in CARE:
                check(tap, program, words, *names)
        for program, rows in (("smp-schedule", SCHEDULE),
                              ("smp-import", IMPORT),
                              ("smp-plan", PLAN_SET),
                              ("smp-publish", PUBLISH), ("smp-may", MAY)):
            for words, *names in rows:
                check(tap, program, words, *names)
        for program, words, *names in REST:
            check(tap, program, words, *names)
        tap.same(os.listdir("."), there, "no file is made")
        check_epoch(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
