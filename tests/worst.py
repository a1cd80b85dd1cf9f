#!/usr/bin/env python3
"""The worst protocols and plans that the limits allow, through every program.

What a file may hold many of, it holds many of here: rules, activities that
are kinds of each other, names, tags, places to fill in, members nobody knows.
Whatever a program says to that, it has to come to an end: a time limit, far
above what any of it takes, catches what would not. Prints TAP. $SMP_BIN names
the programs.

usage: worst.py [NAME...]    with names: only those, and how long each takes
SMP_WORST=all: every program with every file, not one in three
"""

import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
# Slow runs, under valgrind or sanitizers, have more time.
TIMEOUT = 20 * max(1, int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 300)
SLOW = TIMEOUT > 20 or "asan" in BIN
TIMEOUT *= 5 if "asan" in BIN else 1
MEMORY = 1 << 30
FILE_MAX = 1 << 20
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
NOW = ("--now", "2026-11-20T09:00:00Z", "-z", "America/Toronto")


def dumps(value):
    return json.dumps(value, separators=(",", ":")).encode()


# Protocols

def protocol(**members):
    return {"format": "smp-protocol/1", "id": "w", "extends": None,
            "plan": {"sessions": {"typical": 99, "max": 99},
                     "gaps": [{"after": "*", "min": "1d", "max": "40d"}]},
            **members}


def rule(number, verb="do", phase="post", during="0d/60d", **members):
    return {"phase": phase, "verb": verb, "during": during, **members}


def kinds():
    """Each activity is a kind of all of its half; the halves never meet."""
    halves = [[f"{h}{i}" for i in range(150)] for h in "ab"]
    what = [half[:50] for half in halves]
    rules = {}
    for i in range(100):
        rules[f"p{i}"] = rule(i, "do", "pre", "-30d/0", what=what[0])
        rules[f"q{i}"] = rule(i, "avoid", "post", "0d/90d", what=what[1])
        rules[f"m{i}"] = rule(i, "may", "post", "0d/90d", what=what[0])
    return protocol(
        activities={a: {"is": half[50:]} for half in halves for a in half},
        rules=rules)


def circles():
    """Activities without a rule that are kinds of each other."""
    ids = [f"a{i}" for i in range(300)]
    return protocol(activities={a: {"is": ids[:150]} for a in ids},
                    rules={f"r{i}": rule(i, what=["other"])
                           for i in range(300)})


def unknown_members():
    names = {f"{i:x}": 0 for i in range(4900)}
    rules = {f"r{i}": rule(i, **names) for i in range(9)}
    return protocol(rules=rules)


def long_ids():
    """Every remark names a place, and a place may have a long name."""
    names = {f"{i:x}": 0 for i in range(4900)}
    return protocol(rules={"r" * 1000: rule(0, **names)})


def faults():
    forms = {f"{i:x}": 0 for i in range(4900)}
    return protocol(labels={f"l{i}": forms for i in range(10)})


def small_faults():
    forms = {f"{i:x}": 0 for i in range(100)}
    return protocol(labels={f"l{i}": forms for i in range(450)})


def unknown_activities():
    """None of them exists, and each is like many names."""
    what = [f"swimmings{i:03x}" for i in range(50)]
    names = [f"swimming{i:04x}" for i in range(4000)]
    return protocol(
        activities={f"a{i}": {"names": [f"{n}{i}" for n in names]}
                    for i in range(8)},
        rules={f"r{i}": rule(i, what=[f"{w}{i:03}" for w in what])
               for i in range(300)})


def names():
    """All rules are about an activity of many names."""
    return protocol(
        activities={f"a{i}": {"names": [f"name{i} number{j:x}"
                                        for j in range(4900)]}
                    for i in range(7)},
        rules={f"r{i}": rule(i, what=[f"a{j}" for j in range(7)])
               for i in range(300)})


def words():
    """Words that are one like the other."""
    return protocol(faq={
        f"f{i}": {"question": f"q{i}", "answer": f"a{i}",
                  "ask": [" ".join(f"swim{(i * 40 + j) * 25 + k:06x}"
                                   for k in range(25))
                          for j in range(10)]}
        for i in range(290)})


def places():
    """Texts full of places to fill in, and what goes there is long."""
    text = "{limit}{studio}{every}{healed}" * 300
    return protocol(
        studio={"name": "n" * 999, "contact": "c" * 999},
        milestones={"healed": "7d..1mo"},
        rules={f"r{i}": rule(i, every="e" * 900, limit="l" * 999, text=text,
                             title="{studio}" * 99, why=text)
               for i in range(30)},
        faq={f"f{i}": {"question": "q", "answer": text} for i in range(10)})


def long_texts():
    text = "{limit}{studio}" * 6000
    return protocol(studio={"name": "n" * 1000},
                    rules={f"r{i}": rule(i, text=text if i < 8 else "{studio}")
                           for i in range(300) if i < 8 or i > 20})


def labels():
    """Each label has the others in it many times."""
    plain = protocol(
        milestones={"healed": "7d..1mo"},
        rules={f"r{i}": rule(i, ("do", "avoid")[i % 2], ("pre", "post")[i % 2],
                             ("-7d..5d/0", "5d..1mo/healed+7d..1w")[i % 2])
               for i in range(300)})
    plain["labels"] = {
        "range": "{a}{b}" * 160, "point.before": "{span}{anchor}" * 70,
        "point.after": "{span}{anchor}" * 70,
        "unit.d": {"one": "{n}" * 300, "other": "{n}" * 300},
        "unit.mo": {"one": "{n}" * 300, "other": "{n}" * 300},
        "window.both": "{start}{end}" * 80,
        "window.milestone": "{range}{milestone}" * 50,
        "date.range.long": "{a}{b}" * 160,
        "date.day": "{month}{weekday}" * 50,
        "sheet.post": "{date}{n}" * 99, "sheet.times": "{date}{time}" * 80,
        "months": "m" * 999, "weekdays": "w" * 999,
        "caution": "{contact}" * 99, "caution.contact": "{contact}" * 99}
    plain["studio"] = {"contact": "c" * 999}
    return plain


def titles():
    """Rules that are told by what they are about."""
    return protocol(
        activities={"a": {"title": "t" * 1000}},
        rules={f"r{i}": rule(i, what=["a"] * 180) for i in range(250)})


def tags():
    """Every tag is to be among the facts."""
    return protocol(rules={
        f"r{i}": rule(i, **{"if": [f"t{j:x}" for j in range(4000, 4150)]})
        for i in range(300)})


def sentences():
    """Each names all that there is to ask about."""
    ids = [f"a{i}" for i in range(40)]
    return protocol(
        activities={a: {"is": ids[i + 1:]} for i, a in enumerate(ids)},
        rules={f"r{i}": rule(i, "avoid" if i % 2 else "may", during=(
            f"{i % 20}d/healed+{i}d"), what=ids[i % 40:]) for i in range(150)},
        never=[f"{', '.join(ids)} for {i}d after" for i in range(1, 400)])


def clashes():
    return protocol(
        activities={"a": {}},
        rules={**{f"p{i}": rule(i, "do", "pre", "-30d/0", what=["a"])
                  for i in range(150)},
               **{f"q{i}": rule(i, "avoid", "post", "0d/90d", what=["a"])
                  for i in range(150)}})


def times():
    """At each hour of many days."""
    hours = "@" + ",".join(f"{h:02}:30" for h in range(24))
    return protocol(rules={f"r{i}": rule(i, during="0d/120d", every=hours)
                           for i in range(17)})


def windows():
    """Something begins or ends on every day."""
    return protocol(rules={
        f"r{i}": rule(i, ("avoid", "do")[i % 2], during=f"{i}d..{i + 301}d/"
                      f"{i + 700}d..{i + 1300}d", text=f"{i} " * 700)
        for i in range(300)})


def course():
    names = ["m" + chr(97 + i // 20) + chr(97 + i % 20) for i in range(299)]
    return protocol(
        milestones={"healed": "7d..10d", **{n: "1d..2d" for n in names}},
        plan={"sessions": {"typical": 99, "max": 99},
              "gaps": [{"after": "*", "min": "1d", "max": "40d", "if": "x",
                        "from": ("first", "previous")[i % 2]}
                       for i in range(4999)]},
        studio={"openingHours": ", ".join(["Mo-Su 10:00-18:00"] * 5000)},
        rules={f"r{i}": rule(i, during=f"{names[i % 299]}/{names[-1]}+5d")
               for i in range(300)})


def translation():
    return {"format": "smp-protocol/1", "id": "w", "lang": "xx",
            "note": "n" * 9000,
            "labels": {f"l{i}": {"other": "x" * 600} for i in range(600)},
            "activities": {f"a{i}": {"names": ["x"]} for i in range(270)},
            "faq": {f"f{i}": {} for i in range(270)},
            "rules": {f"r{i}": rule(i, text="{nobody}" * 100)
                      for i in range(270)}}


def merges():
    """Long objects over long objects."""
    many = {"ask": [f"{i:x}" for i in range(4999)]}
    return protocol(faq={f"f{i}": many for i in range(9)})


PROTOCOLS = (kinds, circles, unknown_members, long_ids,
             faults, small_faults, unknown_activities, names, words, places,
             long_texts, labels, titles, tags, sentences,
             clashes, times, windows, course,
             translation, merges)


# Plans

SESSIONS = [f"20{26 + i // 12}-{1 + i % 12:02}-03T10:00" for i in range(99)]


def some():
    """So many that the care of most rules is still within a plan."""
    return {"id": "m", "sessions": SESSIONS[:16]}


def sessions():
    return {"id": "s", "sessions": SESSIONS}


def day(number):
    """A date of the years 1970 and after."""
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(number))


def item(number, start, end, **members):
    return {"uid": f"i{number}", "rule": f"own{number % 3}", "phase": "post",
            "verb": ("do", "avoid")[number % 2], "session": 1,
            "title": "t", "text": "x" * 250,
            "start": day(start), "end": day(end), **members}


def items():
    """All of one session, each with days of its own."""
    return {"id": "i", "sessions": SESSIONS[:2],
            "items": [item(i, 20790 + i, 22800 + i) for i in range(2000)]}


def same_items():
    """All of one rule, on one day."""
    return {"id": "i", "sessions": SESSIONS,
            "items": [item(i, 20790, 22800 + i, session=1 + i % 99, rule="r",
                           verb="do")
                      for i in range(2000)]}


def facts():
    return {"id": "f", "sessions": SESSIONS,
            "facts": [f"t{i:x}" for i in range(90000)]}


def away():
    return {"id": "a", "sessions": SESSIONS[:1],
            "away": [f"{day(20790 + 2 * i % 9000)}/{day(20791 + 2 * i % 9000)}"
                     for i in range(40000)]}


def instants():
    return {"id": "t", "sessions": SESSIONS[:1],
            "items": [item(0, 20790, 30000, at=[
                time.strftime("%Y-%m-%dT%H:%M:%SZ",
                              time.gmtime(20790 * 86400 + 60 * i))
                for i in range(40000)])]}


PLANS = (sessions, items, same_items, facts, away, instants)


# Programs

OPERANDS = ("2026-12-03T10:00",)
# Of these, {p} is the protocol; what has no SESSION reads a plan.
WITH_PROTOCOL = (
    ("smp-protocol", "check", "{p}"), ("smp-protocol", "show", "{p}"),
    ("smp-protocol", "diff", "{p}"),
    ("smp-faq", "-p", "{p}"), ("smp-faq", "-p", "{p}", "swimming"),
    ("smp-may", "-p", "{p}", "--on", "2026-12-20", "swimmingz", *OPERANDS))
WITH_BOTH = (
    ("smp-schedule", "-j"), ("smp-schedule", "-t"),
    ("smp-precare", "-t"), ("smp-precare", "-t", "--sheet"),
    ("smp-aftercare", "-j"),
    ("smp-aftercare", "-t", "--on", "2030-01-01"),
    ("smp-aftercare", "-i"), ("smp-aftercare", "-i", "--by", "rule", "--timed"),
    ("smp-may", "-j", "--on", "2026-12-20", "a1"),
    ("smp-publish", "--only", "post", "{d}"))


WITH_MANY = tuple(c for c in WITH_BOTH
                  if c[0] in ("smp-schedule", "smp-may") or "--on" in c)


class Runner:
    def __init__(self, tap, directory, loud):
        self.turn = 0
        self.tap = tap
        self.directory = directory
        self.loud = loud

    def path(self, name):
        return os.path.join(self.directory, name)

    def is_due(self, command):
        """What the others need is always run."""
        self.turn += 1
        return (self.loud or os.environ.get("SMP_WORST") == "all" or
                self.turn % 3 == 0 or command[1] == "show" or
                command[:2] == ("smp-aftercare", "-j"))

    def run(self, label, command, text=b""):
        def confine():
            if not SLOW:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

        program = os.path.join(BIN, command[0])
        began = time.monotonic()
        try:
            done = subprocess.run(
                [program, *NOW, *command[1:]], input=text, env=ENVIRONMENT,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                timeout=TIMEOUT, check=False, preexec_fn=confine)
            status, said = done.returncode, done.stderr[:300]
            out = done.stdout
        except subprocess.TimeoutExpired:
            status, said, out = "none", b"", b""
        took = time.monotonic() - began
        if self.loud:
            print(f"# {took:6.2f} s {len(out):10} octets, status {status}: {label}"
                  f" {said[:100]!a}", flush=True)
        self.tap.ok(status in (0, 1, 2, 3, 5, 6), f"{label} comes to an end",
                    f"status {status}", f"stderr {said}")
        return status, out

    def protocol(self, make):
        file = self.path(make.__name__ + ".json")
        text = dumps(make())
        with open(file, "wb") as out:
            out.write(text)
        self.tap.ok(len(text) <= FILE_MAX, f"{make.__name__}: within a file",
                    f"{len(text)} octets")
        refused = False
        for command in filter(self.is_due, WITH_PROTOCOL):
            label = " ".join((make.__name__ + ":",) + command[:2])
            status = self.run(label,
                              [a.format(p=file) for a in command])[0]
            refused = refused or (command[1] == "show" and status == 2)
        return file, refused

    def plan(self, label, plan, protocol_file=None, commands=WITH_BOTH):
        text = after = dumps(plan) + b"\n"
        assert len(text) <= FILE_MAX, len(text)
        given = ("-p", protocol_file) if protocol_file else ()
        for command in filter(self.is_due, commands):
            if command[0] == "smp-publish":
                text = after
            out = self.run(" ".join((label + ":",) + command),
                           [command[0], *given] + [
                               a.format(d=self.path("feeds"))
                               for a in command[1:]], text)[1]
            if command[:2] == ("smp-aftercare", "-j"):
                after = out


def questions():
    """Misspelt words, as many as are looked at."""
    return b"".join(
        b" ".join(b"swim%06xz" % (i * 128 + j) for j in range(128)) + b"\n"
        for i in range(3))


def main():
    tap = Tap()
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(os.path.join(directory, "feeds"))
        runner = Runner(tap, directory, bool(wanted))
        for make in PROTOCOLS:
            if wanted and make.__name__ not in wanted:
                continue
            file, refused = runner.protocol(make)
            if refused:
                continue
            if make in (words, names):
                runner.run(f"{make.__name__}: smp-faq --batch",
                           ("smp-faq", "-p", file, "--batch"), questions())
            runner.plan(make.__name__ + " and some", some(), file)
            runner.plan(make.__name__ + " and sessions", sessions(), file,
                        WITH_MANY)
        if not wanted or "tags" in wanted:
            runner.plan("tags and facts", facts(), runner.path("tags.json"))
        for make in PLANS:
            if not wanted or make.__name__ in wanted:
                runner.plan(make.__name__, make())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
