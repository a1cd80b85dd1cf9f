#!/usr/bin/env python3
"""Feeds: the short way to find them unchanged, and the long way; prints TAP.

Where the short way is taken, and where it never may be: told by feeds whose
words have been changed and whose seal has been made anew, which only the long
way sees. Then both ways side by side, on streams and feeds that change at
random: a blank more at the end of each line is enough for the long way.
$SMP_BIN names the programs; SMP_SEED and SMP_ROUNDS are for others and more.
"""

import datetime
import json
import os
import random
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import publish as feeds  # pylint: disable=wrong-import-position
from results import Tap  # pylint: disable=wrong-import-position

SEED = int(os.environ.get("SMP_SEED", "1"))
ROUNDS = int(os.environ.get("SMP_ROUNDS", "60")) // \
    int(os.environ.get("SMP_SAMPLE", "1"))
NOW = "2026-11-21T10:00:00Z"
HASHES = re.compile(rb"(?<= )([0-9a-f]{16}) ([0-9a-f]{16})(?=//EN\r\n)")
WORD = (1 << 64) - 1
PRIMES = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
          0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)


def turned(word, bits):
    word &= WORD
    return (word << bits | word >> (64 - bits)) & WORD


def mix(lane, word):
    return turned(lane + word * PRIMES[1], 31) * PRIMES[0] & WORD


def xxh64(text, seed):
    """After the xxHash specification, apart from the library's own."""
    words = [int.from_bytes(text[i:i + 8], "little")
             for i in range(0, len(text) - 7, 8)]
    if len(text) < 32:
        total, blocks = seed + PRIMES[4], 0
    else:
        lanes = [seed + PRIMES[0] + PRIMES[1], seed + PRIMES[1], seed,
                 seed - PRIMES[0]]
        blocks = len(text) // 32 * 4
        for i, word in enumerate(words[:blocks]):
            lanes[i % 4] = mix(lanes[i % 4], word)
        total = sum(turned(lane, bits)
                    for lane, bits in zip(lanes, (1, 7, 12, 18)))
        for lane in lanes:
            total = (total ^ mix(0, lane)) * PRIMES[0] + PRIMES[3] & WORD
    total = total + len(text) & WORD
    for word in words[blocks:]:
        total = turned(total ^ mix(0, word), 27) * PRIMES[0] + PRIMES[3] & WORD
    rest = text[len(words) * 8:]
    if len(rest) >= 4:
        four = int.from_bytes(rest[:4], "little")
        total = turned(total ^ four * PRIMES[0], 23) * PRIMES[1] + \
            PRIMES[2] & WORD
        rest = rest[4:]
    for octet in rest:
        total = turned(total ^ octet * PRIMES[4], 11) * PRIMES[0] & WORD
    for shift, prime in ((33, PRIMES[1]), (29, PRIMES[2]), (32, 1)):
        total = (total ^ total >> shift) * prime & WORD
    return total


def sealed(text):
    found = HASHES.search(text)
    seal = xxh64(text[found.end(1):], found.start(1))
    return text[:found.start(1)] + b"%016x" % seal + text[found.end(1):]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    with open(path, "wb") as file:
        file.write(text)


def feed_of(directory):
    return os.path.join(directory, next(
        name for name in sorted(os.listdir(directory))
        if name.endswith(".ics")))


def forge(directory):
    """Other words under a seal that holds."""
    path = feed_of(directory)
    text = read(path)
    other = sealed(text.replace(b"\r\nNAME:", b"\r\nNAME:Not ", 1))
    assert other != text and sealed(text) == text
    write(path, other)


def takes_short_way(directory, data, *options, **more):
    """Whether another run leaves alone what only the long way would see."""
    forge(directory)
    done = feeds.publish(directory, data, *options, **more)
    return feeds.changes(done) == ["unchanged"] and \
        b"\r\nNAME:Not " in read(feed_of(directory))


def record(**members):
    whole = json.loads(feeds.cared_for([feeds.ONE]))
    late = members.pop("late", {})
    return feeds.lines([{"id": whole.pop("id"), **members, **whole, **late}])


def overlay(top, name, text):
    os.makedirs(os.path.join(top, "studios"), exist_ok=True)
    path = os.path.join(top, "studios", name)
    write(path, json.dumps({
        "format": "smp-protocol/1", "id": "maple",
        "labels": {"entry.session.title": text}}).encode())
    return path


ROWS = [  # what is there, options then, options later, the short way?
    ("the same again", {}, [], [], {}, True),
    ("half a year later", {}, [], [], {"now": "2027-06-01T10:00:00Z"}, True),
    ("a year earlier", {}, [], [], {"now": "2025-06-01T10:00:00Z"}, True),
    ("another stamp", {}, [], [], {"SOURCE_DATE_EPOCH": "1800000000"}, True),
    ("only tried", {}, [], ["--dry-run"], {}, True),
    ("another zone, which the plan has no need of", {}, [], ["-z", "UTC"], {},
     True),
    ("with proposals", {}, [], ["--proposed"], {}, False),
    ("one phase", {}, [], ["--only", "pre"], {}, False),
    ("discreet", {}, [], ["--discreet"], {}, False),
    ("discreet again", {}, ["--discreet"], ["--discreet"], {}, True),
    ("secret", {}, ["--discreet"], ["--discreet=full"], {}, False),
    ("another language", {}, [], ["--lang", "fr"], {}, False),
    ("another protocol", {}, [], ["-p", "WORDS"], {}, False),
    ("a plan in another language", {"lang": "fr"}, [], [], {}, True),
    ("a language that there is not", {"lang": "tlh"}, [], [], {}, False),
    ("a key", {}, ["--key", "KEY"], ["--key", "KEY"], {}, True),
    ("a studio", {"studio": "maple"}, ["--studios", "STUDIOS"],
     ["--studios", "STUDIOS"], {}, True),
    ("studios that are no more", {"studio": "maple"},
     ["--studios", "STUDIOS"], [], {}, False),
    ("phases of different protocols",
     {"late": {"care": {"pre": "smp@0", "post": "smp@1"}}}, [], [], {}, False),
    ("a number of the feed that comes late", {"late": {"feed": 3}},
     ["--key", "KEY"], ["--key", "KEY"], {}, False),
    ("a number of the feed", {"feed": 3}, ["--key", "KEY"], ["--key", "KEY"],
     {}, True),
    ("a language that comes late", {"late": {"lang": "fr"}}, [], [], {},
     False),
    ("lists and a number first", {"facts": ["x", "[{"], "feed": 0,
                                  "away": ["2026-12-20/2026-12-21"]}, [], [],
     {}, True),
    ("no zone of its own", {"late": {"timeZone": None}},
     ["-z", "Europe/Paris"], ["-z", "Europe/Paris"], {}, True),
    ("another zone, which it has", {"late": {"timeZone": None}},
     ["-z", "Europe/Paris"], ["-z", "Europe/Rome"], {}, False),
    ("the same zone, but the machine's", {"late": {"timeZone": None}},
     ["-z", "Europe/Paris"], [], {"TZ": "Europe/Paris"}, False),
]


def ways(tap):
    for label, members, then, later, more, short in ROWS:
        with tempfile.TemporaryDirectory() as top:
            directory = os.path.join(top, "feeds")
            overlay(top, "maple.json", "At Maple's")
            write(os.path.join(top, "key"), b"0123456789abcdef")
            names = {"WORDS": overlay(top, "other.json", "Elsewhere"),
                     "STUDIOS": os.path.join(top, "studios"),
                     "KEY": os.path.join(top, "key")}
            then, later = ([names.get(word, word) for word in options]
                           for options in (then, later))
            data = record(**members)
            if "timeZone" in members.get("late", {}):
                whole = json.loads(data)
                del whole["timeZone"]
                data = feeds.lines([whole])
            done = feeds.publish(directory, data, *then)
            tap.ok(feeds.changes(done) == ["new"] and takes_short_way(
                directory, data, *later, **{"now": NOW, **more}) == short,
                f"{label}: the {'short' if short else 'long'} way", done)


def records(tap):
    """What else may change."""
    data = record()
    for label, other, short in (
            ("a blank more", data[:-1] + b" \n", False),
            ("a word", data.replace(b"crusts", b"flakes"), False),
            ("another order", feeds.lines([dict(reversed(
                json.loads(data).items()))]), False),
            ("the id escaped", data.replace(b'"c-1"', b'"\\u0063-1"'), False),
            ("a line before it", b"\n" + data, True),
            ("no newline", data[:-1], True),
            ("a carriage return", data[:-1] + b"\r\n", False)):
        with tempfile.TemporaryDirectory() as top:
            feeds.publish(top, data)
            tap.ok(takes_short_way(top, other) == short,
                   f"{label}: the {'short' if short else 'long'} way")
    with tempfile.TemporaryDirectory() as top:
        path = overlay(top, "maple.json", "Maple")
        options = ("--studios", os.path.dirname(path))
        directory = os.path.join(top, "feeds")
        data = record(studio="maple")
        feeds.publish(directory, data, *options)
        overlay(top, "maple.json", "Maple tree")
        tap.ok(not takes_short_way(directory, data, *options),
               "the studio has other words: the long way")


def damaged(tap):
    """A feed with the right source that is not as it was published."""
    data = record()
    for label, change, status in (
            ("edited", lambda text: text.replace(b"SMP", b"XXX"), 4),
            ("with more at its end", lambda text: text + b" ", 4),
            ("cut off", lambda text: text[:1000], 0),
            ("cut off after its beginning", lambda text: text[:101], 0)):
        with tempfile.TemporaryDirectory() as top:
            feeds.publish(top, data)
            write(feed_of(top), change(read(feed_of(top))))
            done = feeds.publish(top, data)
            tap.ok(done[0] == status and done[2] and
                   "unchanged" not in feeds.changes(done),
                   f"a feed {label}: seen", done)


def source_of(directory):
    return HASHES.search(read(feed_of(directory)))[2]


def kept_words(tap):
    """What is past keeps its words, so the feed is not what the plan says."""
    then, hour, day = (f"2026-12-{n}:00:00Z"
                       for n in ("25T10", "25T23", "26T00"))
    with tempfile.TemporaryDirectory() as top:
        old = record()
        new = old.replace(b"crusts", b"flakes").replace(b"shampoo", b"soap")
        feeds.publish(top, old)
        tap.ok(source_of(top).endswith(b"0000"), "the source holds for ever")
        done = feeds.publish(top, new, now=then)
        days = (datetime.date(2026, 12, 26) - datetime.date(1970, 1, 1)).days
        tap.ok(feeds.changes(done) == ["text"] and
               source_of(top)[12:] == b"%04x" % days,
               "words of the past are kept: it holds from the next day", done)
        kept = read(feed_of(top))
        for now, short in ((then, False), (hour, False), (day, True),
                           ("2027-03-01T10:00:00Z", True)):
            write(feed_of(top), kept)
            tap.same(takes_short_way(top, new, now=now), short,
                     f"{now}: the {'short' if short else 'long'} way")
        write(feed_of(top), kept)
        done = feeds.publish(top, new, now=day)
        tap.ok(feeds.changes(done) == ["unchanged"] and
               read(feed_of(top)) == kept, "the next day: unchanged", done)
        done = feeds.publish(top, new, now=NOW)
        text = read(feed_of(top))
        tap.ok(feeds.changes(done) == ["text"] and
               source_of(top).endswith(b"0000") and
               takes_short_way(top, new),
               "before that time: its words, and the short way", done)
        cleared = sealed(HASHES.sub(rb"\1 " + b"0" * 16, text))
        write(feed_of(top), cleared)
        done = feeds.publish(top, new)
        tap.ok(feeds.changes(done) == ["unchanged"] and
               read(feed_of(top)) == cleared,
               "a source that is cleared: unchanged, by the long way", done)


def secrets(tap):
    """The same plan under another key, and of another client."""
    data = record()
    with tempfile.TemporaryDirectory() as top:
        found = set()
        for name in ("a", "b"):
            write(os.path.join(top, name), name.encode() * 16)
            directory = os.path.join(top, name + "s")
            feeds.publish(directory, data, "--key", os.path.join(top, name),
                          "--discreet=full")
            found.add(source_of(directory))
        tap.same(len(found), 2, "another key: another source")


class Pair:
    """Two directories with the same feeds, served by the two ways."""

    def __init__(self, top, chance):
        self.top, self.chance = top, chance
        self.short, self.long = (os.path.join(top, name)
                                 for name in ("short", "long."))
        self.rounds = 0
        self.keyed = False
        self.lines = []
        for name in ("one", "two"):
            write(os.path.join(top, name), name.encode() * 8)
        overlay(top, "maple.json", "At Maple's")
        self.words = overlay(top, "words.json", "Elsewhere")
        self.others = [self.plan(n) for n in range(24)]

    def plan(self, number):
        chance = self.chance
        plan = feeds.plan(f"c-{number % 12}", *(
            f"2026-{chance.choice((11, 12))}-{chance.randrange(1, 29):02}T10:00"
            for _ in range(chance.randrange(1, 3))))
        for name, values in (("lang", ("fr", "en-CA", "tlh")),
                             ("studio", ("maple", "elm")), ("feed", (1, 2)),
                             ("name", ("Jo", 'J "o" {')), ("facts", (["x"],)),
                             ("updated", ("2026-11-20T09:00:00Z",))):
            if chance.random() < 0.2:
                plan[name] = chance.choice(values)
        whole = json.loads(feeds.cared_for([plan]))
        if chance.random() < 0.1:
            whole["care"]["pre"] = "smp@0"
        if chance.random() < 0.1:
            del whole["timeZone"]
        members = list(whole.items())
        if chance.random() < 0.2:
            chance.shuffle(members)
        return json.dumps(dict(members)).encode()

    def edit_lines(self):
        chance = self.chance
        for _ in range(chance.choice((0, 0, 1, 3))):
            at = chance.randrange(len(self.lines) + 1)
            kind = chance.randrange(6)
            if kind < 2 or not self.lines:
                self.lines.insert(at, chance.choice(self.others))
            elif kind == 2:
                del self.lines[at:at + 2]
            elif kind == 3:
                self.lines.insert(at, chance.choice(
                    (b"", b"{}", b'{"id":"c-1" x}', b'{"id":"c-2"}')))
            else:
                at %= len(self.lines)
                self.lines[at] = self.lines[at].replace(
                    *chance.choice(((b"T10:", b"T11:"), (b"crusts", b"flakes"),
                                    (b"flakes", b"crusts"), (b", ", b","),
                                    (b"Toronto", b"Halifax"))))

    def edit_feeds(self):
        """Both directories alike."""
        chance = self.chance
        names = [n for n in sorted(os.listdir(self.short)) if
                 n.endswith(".ics")] if os.path.isdir(self.short) else []
        if not names:
            return
        name, other = chance.choice(names), chance.choice(names)
        kind = chance.randrange(7)
        for directory in (self.short, self.long):
            path = os.path.join(directory, name)
            if os.path.islink(path) or os.path.isdir(path):
                continue
            if kind == 0:
                os.remove(path)
            elif kind == 1:
                write(path, read(path)[:len(read(path)) // 2])
            elif kind == 2:
                write(path, read(path) + b" ")
            elif kind == 3 and os.path.isfile(os.path.join(directory, other)):
                write(path, read(os.path.join(directory, other)))
            elif kind == 4:
                os.remove(path)
                os.symlink("nowhere", path)
            elif kind == 5:
                write(path, b"")
            elif kind == 6:
                os.chmod(path, 0o600)

    def clean(self):
        """What is in the way of feeds goes, now and then."""
        if self.rounds % 10:
            return
        self.keyed = self.chance.random() < 0.3
        for directory in (self.short, self.long):
            if os.path.isdir(directory):
                shutil.rmtree(directory)

    def options(self):
        chance = self.chance
        found = [] if not self.keyed else [
            "--key", os.path.join(self.top, chance.choice(("one", "two")))]
        for options in (["--proposed"], ["--only", "pre"], ["--only", "post"],
                        ["--discreet"], ["--discreet=full"], ["--dry-run"],
                        ["--lang", "es"], ["-p", self.words], ["-z", "UTC"],
                        ["-z", "Europe/Paris"],
                        ["--studios", os.path.dirname(self.words)],
                        ["--clients", self.clients(), "--prune"],
                        ["--clients", self.clients()]):
            if chance.random() < 0.05:
                found += options
        return found

    def clients(self):
        path = os.path.join(self.top, "clients")
        write(path, b"".join(b"c-%d\n" % n for n in range(12)
                             if self.chance.random() < 0.9))
        return path

    def publish(self, directory, blanks, options, now):
        data = b"".join(line + b" " * blanks * bool(line) + b"\n"
                        for line in self.lines)
        done = feeds.run("smp-publish", ["-jv", "--now", now, *options,
                                         directory], data)
        return done.returncode, done.stdout, done.stderr.replace(
            self.long.encode(), self.short.encode())

    def state(self, directory):
        """{name: (what it is, its text but for the hashes)}, {name: stamp}"""
        found, stamps = {}, {}
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            status = os.lstat(path)
            text = read(path) if os.path.isfile(path) else b""
            found[name] = (oct(status.st_mode), HASHES.sub(b"", text))
            stamps[name] = (status.st_mtime_ns, status.st_ino)
        return found, stamps

    def step(self):
        """What both ways did: how they differ, or None."""
        self.rounds += 1
        self.clean()
        self.edit_lines()
        self.edit_feeds()
        now = f"2026-{self.chance.choice((11, 11, 12))}-" \
              f"{self.chance.randrange(1, 29):02}T10:00:00Z"
        options = self.options()
        before = [self.state(d)[1] if os.path.isdir(d) else {}
                  for d in (self.short, self.long)]
        done = [self.publish(self.short, 0, options, now),
                self.publish(self.long, self.rounds, options, now)]
        if done[0] != done[1]:
            return options, now, done
        if not os.path.isdir(self.short):
            return None
        after = [self.state(d) for d in (self.short, self.long)]
        touched = [{n for n, stamp in stamps.items() if old.get(n) != stamp}
                   for old, (_, stamps) in zip(before, after)]
        if after[0][0] != after[1][0] or touched[0] != touched[1]:
            return options, now, touched, [
                n for n in after[0][0]
                if after[0][0][n] != after[1][0].get(n)]
        return None


def both_ways(tap):
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as top:
        pair = Pair(top, chance)
        found = None
        while not found and pair.rounds < ROUNDS:
            found = pair.step()
    tap.ok(not found, f"{ROUNDS} runs at random: both ways say and do the "
           "same", f"run {pair.rounds}", *found or ())


def main():
    tap = Tap()
    for tests in (ways, records, damaged, kept_words, secrets, both_ways):
        tests(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
