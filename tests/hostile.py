#!/usr/bin/env python3
"""Hostile lines between good ones, for every program that reads plans.

Each good line comes out as if it were alone, each bad one is told on one line
and kept byte for byte. The lines are made from a fixed seed. Prints TAP.
$SMP_BIN names the programs.
"""

import json
import os
import random
import re
import stat
import subprocess
import sys
import tempfile

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 3
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
NOW = ("--now", "2026-11-20T09:00:00Z", "-z", "America/Toronto")
FILTERS = (("smp-schedule", "-j"), ("smp-precare", "-j"),
           ("smp-aftercare", "-j"), ("smp-aftercare", "-t"),
           ("smp-aftercare", "-i"), ("smp-may", "-j"))
OPERANDS = {"smp-may": ("--on", "2026-12-05", "swimming")}
UNKNOWN = 6
ANSWERS = {"smp-may": (0, 1, 5, UNKNOWN)}
JSON_FILTERS = FILTERS[:3]
# Fewer for runs that are slow.
SAMPLE = int(os.environ.get("SMP_SAMPLE", "1"))
BAD, GOOD = 10000 // SAMPLE, 1000 // SAMPLE
LINE_MAX = 1 << 20

# Never to be seen on standard error.
SECRET = "Zz-secret"


def run(program, *args, **how):
    return subprocess.run([os.path.join(BIN, program), *NOW, *args,
                           *OPERANDS.get(program, ())],
                          capture_output=True, timeout=TIMEOUT, check=False,
                          env=ENVIRONMENT, **how)


def is_done(program, done):
    """Nothing failed; for a question, whatever the answer."""
    return done.returncode in ANSWERS.get(program, (0,)) and \
        not without_size(done.stderr)


def told(done):
    return (f"status {done.returncode}", f"stdout {done.stdout[:200]}",
            f"stderr {done.stderr[:400]}")


def dumps(value):
    return json.dumps(value, separators=(",", ":")).encode()


# Good lines

GOOD_NAMES = ("Jo Field", 'a "b" \\ c', "\x1b[31mred\x07", "Zo\u00eb",
              "x\r\nBEGIN:VEVENT", "\u2028\u202e", "\x7f\x85\x9b", "N" * 500,
              "\U0001f9d1\u200d\U0001f3a8", "", "<b>", "%s%n", "\t")


def good_line(number):
    """Ids in the order of the lines, and a session that needs no warning."""
    session = f"20{26 + number % 30}-{1 + number % 12:02}-" \
              f"{1 + number % 28:02}T10:00"
    plan = {"id": f"g-{number:04}", "name": GOOD_NAMES[number % 13],
            "own": {"x": [1.5, None, "\x1b\U0001f600"]},
            "sessions": [session if number % 2 else {"start": session}]}
    if number % 4 == 0:
        text = GOOD_NAMES[number % 11]
        plan["items"] = [{"uid": "own", "rule": text, "phase": "post",
                          "verb": "do", "session": 1, "start": session,
                          "title": text, "text": text, "every": text}]
    if number % 3 == 0:
        plan["timeZone"] = "Europe/Berlin"
    return json.dumps(plan, ensure_ascii=number % 5 > 0).encode()


# Bad lines: each function makes one, of a kind of its own

DATES = ("0000-01-01", "9999-12-31", "1899-12-31", "2101-01-01", "2026-13-01",
         "2026-00-10", "2026-02-29", "2026-11-31", "2026-12-00", "2026-12-1",
         "26-12-01", "", "soon", "x" * 2000, "2026-12-01T", "2026-12-01T25:00",
         "2026-12-01T10:60", "2026-12-01T10:00+25:00", "2026-12-01T10",
         "-2026-12-01", "2026-12-01x", "2026-12-01T10:00:00-99:99",
         "\u0968\u0966\u0968\u096c-12-01", "\x1b[2J", "\u202e2026-12-01",
         "99999999999999-01-01", "2026-12-99999999999999999999", "1e3")
ZONES = ("Mars/Olympus", "", "/etc/localtime", "../../../etc/passwd",
         "America/", "America", "America/Toronto/", "Z" * 3000, "\x1b[31m",
         "America/Toronto\n", "zone.tab", "./America/Toronto", "\u2603")
DURATIONS = ("", "3h", "PT", "P", "PT25H", "-PT3H", "PT0S", "PT99999999999H",
             "PT1e3S", "three hours")
INVALID_UTF8 = (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
                b"\x80", b"\xe2\x82", b"\xf8\x88\x80\x80\x80", b"\xc3")
BROKEN = (b"{}{}", b"{", b"[", b"}", b"nul", b"truE", b"'a'", b"{'id':1}",
          b"[]", b'"x"', b"5", b"null", b"true", b"-", b"{,}", b'{"id"}',
          b'{"id":}', b'{"id":"a",}', b'{"id":"a" "b":1}', b"//", b"# id",
          b"id,name,start", b"\xef\xbb\xbf{}", b"<!DOCTYPE html>",
          b"BEGIN:VCALENDAR", b"{} x", b"\x00", b"\x1b[2J", b"{\x00}", b"\\",
          b'{"id":"\\x41"}', b'{"id":"\\u12"}', b'{"id":"\\', b"[1,]",
          b"\x0c{}", b"\xc2\xa0{}", b"{}", b"{}\x00", b"\xff\xfe{\x00}\x00")
NUMBERS = (b"1e999", b"-1e400", b"01", b"1.", b".5", b"+1", b"--1", b"NaN",
           b"Infinity", b"0x10", b"1e", b"1e+", b"9007199254740993", b"- 1",
           b"-9007199254740993", b"123456789012345678901234567890",
           b"18446744073709551617", b"1" * 5000)
SURROGATES = (rb"\ud800", rb"\udc00", rb"\ud83d x", rb"\ud800\u0041",
              rb"\udc00\ud800", rb"\uD83D\uD83D", rb"\u0000", rb"a\u0000b")
CONTROLS = tuple(bytes([c]) for c in range(0x20) if c != 0x0a)

# What a member may be: values of other kinds than these are wrong.
TYPES = {"string": "text", "number": 5, "boolean": True, "array": ["soon"],
         "object": {SECRET: SECRET}, "nested": [[SECRET]], "list": [5]}
STRING = {"string"}
STRINGS = {"string", "array"}
PLAN_TYPES = {
    "id": STRING, "name": STRING, "email": STRING,
    "timeZone": STRING, "timeZoneAssumed": {"boolean"}, "lang": STRING,
    "studio": STRING, "facts": STRINGS, "away": STRINGS, "updated": STRING,
    "feed": {"number"}, "sessions": set(), "items": set(), "care": {"object"},
    "partial": {"boolean"}, "changes": STRINGS, "warnings": STRINGS}
SESSION_TYPES = {
    "number": {"number"}, "start": STRING, "duration": STRING,
    "status": STRING, "uid": STRING, "sequence": {"number"},
    "created": STRING, "healed": STRING,
    "tooLate": STRINGS}
ITEM_TYPES = {
    "uid": STRING, "rule": STRING, "phase": STRING, "verb": STRING,
    "what": STRINGS, "session": {"number"}, "title": STRING, "text": STRING,
    "start": STRING, "startLatest": STRING, "endEarliest": STRING,
    "end": STRING, "every": STRING, "at": set()}
PLAN_VALUES = {"id": ("",), "timeZone": ZONES, "updated": DATES,
               "feed": (-1, 1.5, 2 ** 31), "away": ("soon", ["2027/2026"])}
SESSION_VALUES = {
    "number": (0, -1, 100, 1.5, 2 ** 31, 2 ** 40), "start": DATES,
    "duration": DURATIONS, "status": ("maybe", "", "BOOKED", "\x1b" * 90),
    "sequence": (-1, 0.5, 2 ** 31), "created": DATES,
    "healed": DATES}
ITEM_VALUES = {"phase": ("mid", ""), "verb": ("eat", ""),
               "session": (0, 100, 1.5), "start": DATES, "end": DATES,
               "endEarliest": DATES, "startLatest": DATES,
               "at": (["2026-12-01T10:00"], ["soon"], [""])}


class Maker:
    """Makes bad lines, in a sequence that the seed decides."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.kinds = (
            self.cut, self.noise, self.broken, self.wrong_type,
            self.wrong_type, self.wrong_value, self.wrong_value,
            self.bad_utf8, self.number, self.nested, self.control,
            self.surrogate, self.duplicate, self.missing, self.zero,
            self.sessions)

    def plan(self):
        """One that would be good, with what is not to be told."""
        session = {"start": f"2026-12-{self.rng.randint(1, 28):02}T10:00",
                   SECRET: SECRET}
        item = {"uid": "u", "rule": "own", "phase": "post", "verb": "do",
                "session": 1, "start": "2026-12-01", "title": SECRET,
                "text": SECRET}
        return {"id": self.rng.choice(("b", "\x1b[31mb", "\u202eb", "b" * 900,
                                       "\u00e4" * 99, "\x9b\x7f b\r\n")),
                "name": SECRET, SECRET: {SECRET: SECRET},
                "sessions": [session], "items": [item]}

    def wrapped(self, raw):
        """A plan with this as the value of a member of its own."""
        where = self.rng.choice((b'"' + SECRET.encode() + b'":%s', b'"x":[%s]',
                                 b'"x":{"y":[1,%s]}'))
        line = dumps(self.plan())
        return line[:-1] + b"," + where.replace(b"%s", raw) + b"}" \
            if b'"x"' in where else b'{"a":' + raw + b"," + line[1:]

    def string(self, raw):
        """A plan with these octets inside a string, or in a member's name."""
        if self.rng.random() < 0.3:
            line = dumps(self.plan())
            return line[:-1] + b',"x' + raw + b'y":1}'
        return self.wrapped(b'"' + SECRET.encode() + raw + b'"')

    def cut(self):
        line = dumps(self.plan())
        return line[:self.rng.randrange(1, len(line))]

    def noise(self):
        line = self.rng.randbytes(self.rng.randrange(1, 200))
        return b"\x01" + line.replace(b"\n", b"")

    def broken(self):
        return self.rng.choice(BROKEN)

    def place(self, plan):
        """The object to spoil, and what is known of its members."""
        return self.rng.choice((
            (plan, PLAN_TYPES, PLAN_VALUES),
            (plan["sessions"][0], SESSION_TYPES, SESSION_VALUES),
            (plan["items"][0], ITEM_TYPES, ITEM_VALUES)))

    def wrong_type(self):
        plan = self.plan()
        place, types, _ = self.place(plan)
        key = self.rng.choice(sorted(types))
        wrong = [v for k, v in TYPES.items() if k not in types[key]]
        place[key] = self.rng.choice(wrong)
        return dumps(plan)

    def wrong_value(self):
        plan = self.plan()
        place, _, values = self.place(plan)
        key = self.rng.choice(sorted(values))
        place[key] = self.rng.choice(values[key])
        return dumps(plan)

    def bad_utf8(self):
        return self.string(self.rng.choice(INVALID_UTF8))

    def number(self):
        return self.wrapped(self.rng.choice(NUMBERS))

    def nested(self):
        depth = self.rng.randrange(2000, 4000)
        opened, closed = self.rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
        return self.wrapped(opened * depth + b"1" + closed * depth)

    def control(self):
        return self.string(self.rng.choice(CONTROLS))

    def surrogate(self):
        return self.string(self.rng.choice(SURROGATES))

    def duplicate(self):
        key = self.rng.choice((b"id", b"name", b"sessions", b"items",
                               rb"\u0069d", rb"sessi\u006Fns",
                               SECRET.encode()))
        line = dumps(self.plan())
        if self.rng.random() < 0.5:
            return line[:-1] + b',"' + key + b'":"x"}'
        return self.wrapped(b'{"k":1,"q":2,"\\u006B":3}')

    def missing(self):
        plan = self.plan()
        place, key = self.rng.choice((
            (plan, "id"), (plan, "sessions"), (plan["sessions"][0], "start"),
            (plan["items"][0], "uid"), (plan["items"][0], "phase"),
            (plan["items"][0], "start")))
        del place[key]
        return dumps(plan)

    def zero(self):
        line = dumps(self.plan())
        at = self.rng.randrange(1, len(line))
        return line[:at] + b"\0" + line[at:]

    def sessions(self):
        plan = self.plan()
        plan["sessions"] = self.rng.choice((
            ["soon"], [5], [None], [[]], [True], ["2026-12-01"] * 100,
            ["2026-12-01", 5], [{"start": "2026-12-01", "number": 2}] * 2,
            [{}], {"start": "2026-12-01"}, "2026-12-01", 5))
        return dumps(plan)

    def line(self):
        made = self.rng.choice(self.kinds)()
        return made + b"\r" if self.rng.random() < 0.05 else made


def monsters():
    """Some that are large."""
    members = b",".join(b'"%d":0' % i for i in range(100000))
    return [b'{"id":"big","sessions":["2026-12-01"],"name":"' +
            b"a" * (2 * LINE_MAX) + b'"}',
            b"\xff" * (LINE_MAX + 1), b"[" * LINE_MAX,
            b'{"a":' * 100000 + b"1" + b"}" * 100000,
            b'{"id":"b","sessions":["2026-12-01"],' + members + b',"77":1}',
            b'{"id":"b","sessions":["2026-12-01"],"x":"' + b"\\u00" * 9999]


def mixture():
    """[(good, line)], a good one first."""
    maker = Maker(20261201)
    bad = [maker.line() for _ in range(BAD - 6)] + monsters()
    rest = [(False, line) for line in bad] + \
        [(True, None)] * (GOOD - 1)
    maker.rng.shuffle(rest)
    lines, number = [(True, good_line(0))], 0
    for good, line in rest:
        number += good
        lines.append((good, good_line(number) if good else line))
    return lines


def ended(lines):
    return b"".join(line + b"\n" for line in lines)


def bad_controls(data, allowed=b"\n"):
    """Where the first character is that a terminal obeys, or None."""
    others = bytes(c for c in range(0x20) if c not in allowed) + b"\x7f"
    found = re.search(rb"[" + re.escape(others) + rb"]|\xc2[\x80-\x9f]", data)
    return found and data[max(0, found.start() - 60):found.end() + 20]


def without_size(stderr):
    """The calendars here are larger than what some programs read."""
    return re.sub(rb"(?m)^.*: the calendar is larger than 900 kB;.*\n", b"",
                  stderr)


def check_messages(tap, label, program, stderr, numbers):
    """One line for each of the bad lines, and nothing else."""
    lines = without_size(stderr).split(b"\n")[:-1]
    pattern = re.compile(rb"%s: <stdin>:(\d+): .+" % program.encode())
    matches = [pattern.fullmatch(line) for line in lines]
    strange = [a for a, match in zip(lines, matches) if not match]
    tap.ok(not strange, f"{label}: PROGRAM: <stdin>:LINE: WHAT", *strange)
    got = [int(match[1]) for match in matches if match]
    missing = sorted(set(numbers) - set(got))
    more = sorted(set(got) - set(numbers))
    tap.ok(got == numbers, f"{label}: each bad line is told once, in order",
           f"not told {missing[:5]}", f"told {more[:5]}")
    tap.same(bad_controls(stderr), None,
             f"{label}: no control character on standard error")
    leaks = [line for line in lines if SECRET.encode() in line]
    tap.ok(not leaks, f"{label}: no name and no unknown member told", *leaks)
    long = [line for line in lines if len(line) > 400]
    tap.ok(not long, f"{label}: no message is very long", *long)
    return missing


def check_filter(tap, command, lines, alone):
    label = " ".join(command)
    program, form = command
    numbers = [n for n, (good, _) in enumerate(lines, 1) if not good]
    with tempfile.TemporaryDirectory() as directory:
        rejects = os.path.join(directory, "rejects")
        done = run(program, form, "--rejects", rejects,
                   input=ended(line for _, line in lines))
        with open(rejects, "rb") as file:
            kept = file.read()
    tap.ok(done.returncode == 3, f"{label}: status 3", *told(done)[:1])
    tap.ok(done.stdout == alone.stdout,
           f"{label}: the good ones come out as if alone",
           f"{len(done.stdout)} octets, not {len(alone.stdout)}")
    untold = check_messages(tap, label, program, done.stderr, numbers)
    for number in untold[:5]:
        print(f"#   line {number}: {lines[number - 1][1][:300]!a}")
    tap.ok(kept == ended(line for good, line in lines if not good),
           f"{label}: --rejects has the bad ones byte for byte",
           f"{len(kept)} octets")


def check_output(tap, command, done):
    """What came out of the good lines alone."""
    label = " ".join(command)
    tap.ok(is_done(command[0], done), f"{label}: good lines are good",
           *told(done))
    allowed = b"\r\n" if command[1] == "-i" else b"\n"
    tap.same(bad_controls(done.stdout, allowed), None,
             f"{label}: no control character on standard output")
    if command[1] == "-j":
        try:
            ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
        except ValueError as problem:
            ids = problem
        tap.same(ids, [f"g-{n:04}" for n in range(GOOD)],
                 f"{label}: every one comes out, in order")


def stream_tests(tap):
    lines = mixture()
    good = ended(line for good, line in lines if good)
    for command in FILTERS:
        alone = run(*command, input=good)
        check_output(tap, command, alone)
        check_filter(tap, command, lines, alone)


# Ends, begins and sizes

PLAN = b'{"id":"a","sessions":["2026-12-01T10:00"]}'
WRONG = b'{"id":"w","sessions":["2026-13-01"]}'


def one_message(done, program, status=4):
    lines = done.stderr.split(b"\n")
    return done.returncode == status and len(lines) == 2 and \
        lines[0].startswith(program.encode() + b": ")


def page_tests(tap):
    """What is no stream of plans at all"""
    pages = (b"<!DOCTYPE html>\n<html>\n<p>Log in</p>\n", b"<html>", b"<")
    for program, form in FILTERS:
        for page in pages:
            done = run(program, form, input=page)
            tap.ok(one_message(done, program),
                   f"{program} {form}: {page[:9]!a}: one message, status 4",
                   *told(done))
            tap.ok(b"END:VCALENDAR" not in done.stdout and
                   (form == "-i" or not done.stdout),
                   f"{program} {form}: {page[:9]!a}: nothing that looks whole",
                   *told(done))
        with tempfile.TemporaryDirectory() as directory:
            descriptor = os.open(directory, os.O_RDONLY)
            done = run(program, form, stdin=descriptor)
            os.close(descriptor)
        tap.ok(one_message(done, program) and
               b"END:VCALENDAR" not in done.stdout,
               f"{program} {form}: a directory", *told(done))


def line_tests(tap):
    for program, form in FILTERS:
        one = run(program, form, input=PLAN + b"\n")
        for label, text in (
                ("no newline at the end", PLAN),
                ("blank lines", b"\n \n" + PLAN + b"\n\t\n\n"),
                ("CRLF", b"\r\n" + PLAN + b"\r\n\r\n"),
                ("space around", b" \t" + PLAN + b" \t\n")):
            done = run(program, form, input=text)
            tap.ok(is_done(program, done) and done.stdout == one.stdout and
                   done.returncode == one.returncode,
                   f"{program} {form}: {label}", *told(done))
        done = run(program, form, input=b"")
        tap.ok(is_done(program, done) if program != "smp-may" else
               done.returncode == UNKNOWN and not done.stdout,
               f"{program} {form}: nothing at all", *told(done))


def rejects_tests(tap):
    for program, form in FILTERS:
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "rejects")
            for label, text, expected in (
                    ("no newline at the end", PLAN + b"\n" + WRONG, WRONG),
                    ("CRLF and blank lines",
                     b"\n" + WRONG + b"\r\n\r\n" + PLAN + b"\r\n",
                     WRONG + b"\r\n"),
                    ("none, the old ones go", PLAN, b"")):
                done = run(program, form, "--rejects", path, input=text,
                           umask=0)
                with open(path, "rb") as file:
                    kept = file.read()
                mode = stat.S_IMODE(os.stat(path).st_mode)
                tap.ok(kept == expected and mode == 0o600 and
                       (done.returncode == 3 if expected else
                        is_done(program, done)),
                       f"{program} {form} --rejects: {label}", kept, oct(mode),
                       *told(done))
            numbers = re.findall(rb"<stdin>:(\d+): w: sessions\[0\]", run(
                program, form, input=b"\n\n" + WRONG + b"\r\n" + PLAN +
                b"\n\n" + WRONG).stderr)
            tap.same(numbers, [b"3", b"6"],
                     f"{program} {form}: blank lines count as lines")
            done = run(program, form, "--rejects", directory, input=PLAN)
            tap.ok(one_message(done, program),
                   f"{program} {form} --rejects: a directory", *told(done))
            done = run(program, form, "--rejects", "/dev/full", input=WRONG)
            tap.ok(done.returncode == 4,
                   f"{program} {form} --rejects: a full disk", *told(done))


def size_tests(tap):
    for program, form in JSON_FILTERS:
        for size, status in ((LINE_MAX, 0), (LINE_MAX + 1, 3)):
            begin = PLAN[:-1] + b',"x":"'
            line = begin + b"a" * (size - len(begin) - 2) + b'"}'
            done = run(program, form, input=line + b"\n" + PLAN + b"\n")
            tap.ok(done.returncode == status and
                   done.stdout.count(b"\n") == 2 - (status == 3),
                   f"{program} {form}: a line of {size} octets",
                   *told(done))
        members = b",".join(b'"%d":%d' % (i, i % 10) for i in range(99999))
        done = run(program, form, input=PLAN[:-1] + b"," + members + b"}")
        tap.ok(done.returncode == 0 and members in done.stdout,
               f"{program} {form}: 100,000 members", *told(done))
        deep = b"[" * 20 + b"]" * 20
        done = run(program, form, input=PLAN[:-1] + b',"x":' + deep + b"}")
        tap.ok(done.returncode == 0 and deep in done.stdout,
               f"{program} {form}: 20 levels", *told(done))


# What is not ours, and who comes first

class Written(str):
    """A number as it was written."""


def loads(line):
    """Objects as lists of pairs, numbers as they were written."""
    return json.loads(line, object_pairs_hook=list, parse_int=Written,
                      parse_float=Written)


STRANGE = (
    b'{"a":1.50,"id":"a","b":[1e2,-0,1E+2,0.10,100000000000000000000.0,'
    b'9007199254740992,1e-7],"name":"Jo","c":{"z":null,"y":true,"":[]},'
    b'"sessions":[{"memo":{"n":1.0},"start":"2026-12-01T10:00","t":[{}]},'
    b'{"start":"2027-01-05T10:00","room":"\\ud83d\\ude00\\u001b/\\""}],'
    b'"items":[{"i":1.0,"uid":"own-1","phase":"post","session":1,'
    b'"start":"2026-12-01","rule":"own","j":[1e1]}],"d":"\\u00e9\\u2028",'
    b'"care":{"mine":2.0}}')


def within(ours, theirs):
    """Whether all of ours is in theirs, in the order given."""
    if ours and isinstance(ours, list) and isinstance(ours[0], tuple):
        if not isinstance(theirs, list):
            return False
        values = dict(theirs)
        keys = [k for k, _ in theirs]
        order = [k for k, _ in ours]
        return [k for k in keys if k in order] == order and \
            all(within(v, values[k]) for k, v in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return all(any(within(a, b) for b in theirs) for a in ours) \
            if ours and isinstance(ours[0], list) else ours == theirs
    if isinstance(ours, str) and isinstance(theirs, str) and \
            re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d", ours):
        return theirs == ours + ":00"
    return ours == theirs and isinstance(ours, Written) == \
        isinstance(theirs, Written)


def verbatim_tests(tap):
    for program, form in JSON_FILTERS:
        label = f"{program} {form}"
        done = run(program, form, "-v", input=STRANGE)
        line = done.stdout.rstrip(b"\n")
        ok = done.returncode in (0, 1) and within(loads(STRANGE), loads(line))
        tap.ok(ok, f"{label}: what is not ours passes, in place", line)
        added = [k for k, _ in loads(line)][:9]
        tap.same(added, [k for k, _ in loads(STRANGE)],
                 f"{label}: what is added stands behind")
        for number in (b"9007199254740993", b"-9007199254740993",
                       b"123456789012345678", b"1e309"):
            done = run(program, form, input=PLAN[:-1] + b',"x":' + number +
                       b"}")
            tap.ok(done.returncode == 3 and not done.stdout,
                   f"{label}: {number.decode()} is no number to keep",
                   *told(done))


def pipe(text, *programs, last="-j"):
    for program in programs[:-1]:
        text = run(program, "-j", input=text).stdout
    return run(programs[-1], last, input=text).stdout


def again_tests(tap):
    healed = b'{"id":"h","facts":["skin:oily"],"sessions":[{"start":' \
             b'"2026-12-01T10:00","healed":"2026-12-09"},' \
             b'{"start":"2027-01-05","status":"cancelled"},' \
             b'"2027-01-07T10:00"]}\n'
    plans = PLAN + b"\n" + STRANGE + b"\n" + healed + \
        ended(map(good_line, range(20)))
    for program, form in JSON_FILTERS:
        once = pipe(plans, program)
        tap.ok(once and pipe(plans, program, program) == once,
               f"{program} {form}: twice is once")
        three = (program, "smp-precare", "smp-aftercare")
        tap.same(unordered(pipe(plans, *three, program)),
                 unordered(pipe(plans, *three)),
                 f"{program} {form}: once more at the end changes nothing")
    for day in ("1900-01-01", "1900-01-20", "2100-11-20", "2100-12-31"):
        for first, second in (FILTERS[1:3], FILTERS[2:0:-1]):
            done = run(*first, day, stdin=subprocess.DEVNULL)
            then = run(*second, input=done.stdout)
            tap.ok(done.returncode == 2 or done.returncode == 0 and
                   then.returncode == 0,
                   f"{first[0]} {day}: what it writes, {second[0]} reads",
                   *told(done), *told(then))
    before, after = "smp-precare", "smp-aftercare"
    one, two = (pipe(plans, before, after), pipe(plans, after, before))
    tap.ok(one and unordered(one) == unordered(two),
           "precare and aftercare -j in both orders")
    one, two = (pipe(plans, before, after, last="-i"),
                pipe(plans, after, before, last="-i"))
    tap.ok(one and one == two, "precare and aftercare -i in both orders")


def argument_tests(tap):
    """The command line may hold anything, too."""
    for program, form in FILTERS[:5]:
        for option in ("--id", "--name"):
            for text in (b"\xff", b"\xed\xa0\x80", b"a\x1b[31m\x7f\xc2\x9b",
                         b"a\r\nBEGIN:VEVENT", b"n" * 100000):
                done = run(program, form, option, text, "2026-12-01T10:00",
                           stdin=subprocess.DEVNULL)
                allowed = b"\r\n" if form == "-i" else b"\n"
                try:
                    done.stdout.decode("utf-8")
                    good = done.returncode in (0, 2)
                except UnicodeDecodeError:
                    good = False
                tap.ok(good and not bad_controls(done.stdout, allowed) and
                       not bad_controls(done.stderr),
                       f"{program} {form} {option} {text[:12]!a}",
                       *told(done))


def unordered(text):
    """The plans of the lines, with their items and members in any order."""
    plans = [json.loads(line) for line in text.splitlines()]
    for plan in plans:
        plan["items"].sort(key=lambda item: item["uid"])
    return plans


def main():
    tap = Tap()
    for tests in (stream_tests, page_tests, line_tests, rejects_tests,
                  size_tests, verbatim_tests, again_tests,
                  argument_tests):
        try:
            tests(tap)
        except (ValueError, KeyError, TypeError, OSError,
                subprocess.TimeoutExpired) as problem:
            tap.ok(False, f"{tests.__name__} came to its end",
                   f"{type(problem).__name__}: {problem}")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
