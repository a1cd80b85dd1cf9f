#!/usr/bin/env python3
"""Feeds that are to go: each is withdrawn, or said with status 4; prints TAP.

Whatever stands in a feed's place when its client has left the list, or when
its address has been given up, and whoever may not read it. $SMP_BIN names the
programs.
"""

import functools
import json
import os
import shutil
import subprocess
import sys

import publish as feeds
from results import Tap

NOW = "2026-11-23T10:00:00Z"
ROOT = os.geteuid() == 0
SAMPLE = int(os.environ.get("SMP_SAMPLE", "1"))
NOBODY = {"user": 65534, "group": 65534, "extra_groups": []} if ROOT else {}
ONE, TWO, THREE = (feeds.plan(f"c-{n}", "2026-12-01T10:00") for n in (1, 2, 3))
KEY = b"0123456789abcdef0123456789abcdef\n"


@functools.lru_cache(maxsize=None)
def care_of(text):
    return feeds.cared_for(json.loads(text))


def cared_for(plans):
    return care_of(json.dumps(plans))


def rewrite(path, change):
    with open(path, "r+b") as file:
        text = change(file.read())
        file.seek(0)
        file.truncate()
        file.write(text)


def closed(path):
    os.chmod(path, 0)


def directory(path):
    os.remove(path)
    os.mkdir(path)


def pipe(path):
    os.remove(path)
    os.mkfifo(path)


def link(path):
    there = os.path.join(os.path.dirname(os.path.dirname(path)), "elsewhere")
    os.rename(path, there)
    os.symlink(there, path)


def link_to_nowhere(path):
    os.remove(path)
    os.symlink("nowhere", path)


def link_to_closed(path):
    link(path)
    os.chmod(os.path.realpath(path), 0)


def link_to_foreign(path):
    link(path)
    rewrite(path, lambda text: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")


def edited(path):
    rewrite(path, lambda text: text.replace(b"SMP session", b"SMP_session"))


def converted(path):
    rewrite(path, lambda text: text.replace(b"\r\n", b"\n"))


def marked(path):
    rewrite(path, lambda text: b"\xef\xbb\xbf" + text)


def too_large(path):
    with open(path, "ab") as file:
        file.truncate(17 << 20)


def foreign(path):
    rewrite(path, lambda text: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")


# What stands there, and whether it is told of one whose name has no key. One
# with a key is nobody else's.
OBSTACLES = ((closed, True), (link, True), (link_to_closed, True),
             (edited, True), (converted, True), (marked, True),
             (too_large, True), (directory, False), (pipe, False),
             (link_to_nowhere, False), (link_to_foreign, False),
             (foreign, False))


class Place:
    """Three feeds of somebody who is not root."""

    def __init__(self, key=False):
        self.case = feeds.Case([])
        self.top, self.directory = self.case.top.name, self.case.directory
        self.program = os.path.join(self.top, "smp-publish")
        shutil.copy(os.path.join(feeds.BIN, "smp-publish"), self.program)
        self.key = ["--key", feeds.key_file(self.case, "key", KEY)] \
            if key else []
        done = feeds.publish(self.directory, cared_for([ONE, TWO, THREE]),
                             *self.key)
        self.paths = [os.path.join(self.directory, r[2]) for r in done[1]]
        clients = feeds.key_file(self.case, "clients", b"c-1\n")
        self.list = ["--clients", clients]

    def hand_over(self):
        if ROOT:
            for path, _, names in os.walk(self.top):
                for name in (".", *names):
                    os.chown(os.path.join(path, name), 65534, 65534,
                             follow_symlinks=False)
                os.chmod(path, 0o755)

    def run(self, plans, *options, before=()):
        """(status, [(change, file)], standard error), or None: not here."""
        self.hand_over()
        try:
            done = subprocess.run(
                [*before, self.program, "-j", "--now", NOW, *self.key,
                 *options, self.directory], input=cared_for(plans),
                capture_output=True, check=False, env=feeds.ENVIRONMENT,
                timeout=60, **NOBODY)
        except PermissionError:
            return None
        reports = [json.loads(x) for x in done.stdout.splitlines()]
        return (done.returncode, [(r["change"], r["file"]) for r in reports],
                done.stderr.decode())


def told(tap, done, path, label, status=4):
    name = os.path.basename(path)
    named = done and [x for x in done[2].splitlines()
                      if "not withdrawn" in x and name in x]
    tap.ok(done is None or (
        done[0] == status and bool(named) == (status == 4) and
        name not in [r[1] for r in done[1]]), label, done)


def is_withdrawn(done, path):
    return done is None or ("retired", os.path.basename(path)) in done[1]


def listed(tap):
    """A client who is in the list no more."""
    rows = [(option, key, obstacle) for obstacle in OBSTACLES
            for option in ("--prune", "--prune=now") for key in (False, True)]
    for option, key, (obstacle, suspect) in rows[::SAMPLE]:
        place = Place(key)
        obstacle(place.paths[1])
        before = os.lstat(place.paths[1])
        done = place.run([ONE], option, *place.list)
        label = f"{option}, {key}, {obstacle.__name__}"
        told(tap, done, place.paths[1], f"{label}: told",
             4 if suspect or key else 0)
        after = os.lstat(place.paths[1])
        tap.ok(is_withdrawn(done, place.paths[2]) and
               (before.st_ino, before.st_mode, before.st_size) ==
               (after.st_ino, after.st_mode, after.st_size),
               f"{label}: it stays, the others go", done)


def revoked(tap):
    """An address that has been given up."""
    new = [dict(p, feed=1) for p in (ONE, TWO, THREE)]
    for obstacle, _ in OBSTACLES[::SAMPLE]:
        place = Place(True)
        obstacle(place.paths[1])
        done = place.run(new)
        told(tap, done, place.paths[1], f"feed 1, {obstacle.__name__}: told")
        tap.ok(is_withdrawn(done, place.paths[0]) and
               is_withdrawn(done, place.paths[2]) and
               (not done or [r[0] for r in done[1]].count("new") == 3),
               f"feed 1, {obstacle.__name__}: the others go", done)


def missing(tap):
    """A client without a plan, whose feed cannot be read."""
    place = Place()
    closed(place.paths[1])
    clients = feeds.key_file(place.case, "all", b"c-1\nc-2\nc-3\n")
    done = place.run([ONE, THREE], "--clients", clients)
    tap.ok(not done or (done[0] == 4 and "c-2.ics: Permission" in done[2]),
           "missing, its feed unreadable: told", done)
    edited(place.paths[2])
    os.chmod(place.paths[1], 0o644)
    done = place.run([ONE, TWO], "--clients", clients)
    tap.ok(not done or done[1][-1] == ("missing", "c-3.ics"),
           "missing, its feed edited: it is its feed", done)


def plain_besides(tap):
    """A feed without a key that cannot be read may be in use."""
    place = Place()
    closed(place.paths[1])
    place.key = ["--key", feeds.key_file(place.case, "key", KEY)]
    done = place.run([ONE, TWO, THREE])
    tap.ok(not done or "c-1, c-2, c-3: the client also has a feed" in
           done[2],
           "a feed without a key, unreadable: said", done)


def read_only(tap):
    """A directory that nothing can be written to."""
    for option in ("--prune", "--prune=now"):
        place = Place()
        place.hand_over()
        os.chmod(place.directory, 0o555)
        hand_over, place.hand_over = place.hand_over, lambda: None
        done = place.run([ONE], option, *place.list)
        told(tap, done, place.paths[1],
             f"{option}, a directory that is read only: told")
        hand_over()


def failing_disk(tap):
    """EIO from one feed."""
    label = "EIO: told"
    if not shutil.which("strace"):
        tap.ok(True, f"{label} # SKIP no strace")
        return
    stats = "?fstat,?newfstatat,?fstat64,?fstatat64,?statx"  # by machine
    for call in ("openat", "read", stats):
        for key in (False, True):
            place = Place(key)
            trace = os.path.join(place.top, "trace")
            done = place.run(
                [ONE], "--prune=now", *place.list,
                before=["strace", "-o", trace, "-P", place.paths[1], "-P",
                        os.path.basename(place.paths[1]), "-e",
                        f"trace={call}", "-e", f"inject={call}:error=EIO"])
            if done and "ptrace" in done[2]:
                tap.ok(True, f"{label} # SKIP no tracing here")
                return
            told(tap, done, place.paths[1], f"{call}, {key}: {label}")
            tap.ok(is_withdrawn(done, place.paths[2]), f"{call}, {key}: the "
                   "others go", done)


def cut_names(tap):
    """Ids that are cut in a name, in the middle of an escape too."""
    ids = [start + "\u00e9" * 60 for start in ("", "a", "ab", "abc", "abcd",
                                               "abcde")]
    ids += ["a" * n + " b" * 100 for n in range(1, 4)]
    ids += ["a" * n + '"b' * 100 for n in range(1, 4)]
    ids += ["a" * n + "\U0001f600" * 60 for n in range(12)]
    for option in ("--prune", "--prune=now"):
        case = feeds.Case([ONE] + [dict(ONE, id=i) for i in ids])
        clients = feeds.key_file(case, "clients", b"c-1\n")
        done = feeds.publish(case.directory, feeds.cared_for([ONE]), option,
                             "--clients", clients, now=NOW)
        tap.same((done[0], feeds.changes(done).count("retired"), done[2]),
                 (0, len(ids), ""), f"{option}: names that are cut")
    case = feeds.Case([ONE] + [dict(ONE, id=i) for i in ids])
    everybody = "".join(f"{i}\n" for i in ["c-1", *ids]).encode()
    clients = feeds.key_file(case, "clients", everybody)
    done = feeds.publish(case.directory, feeds.cared_for([ONE]), "--prune",
                         "--clients", clients, now=NOW)
    tap.same((done[0], {r[0] for r in done[1][1:]}, sum(
        r[2] is None for r in done[1])), (3, {"missing"}, 0),
        "who is in the list keeps a feed whose name is cut")


def unlistable(tap):
    """Ids that no list can hold are said."""
    odd = [dict(ONE, id="a\nb"), dict(ONE, id=" x"), dict(ONE, id='"q"')]
    case = feeds.Case([TWO, *odd])
    clients = feeds.key_file(case, "clients", b"c-2\n")
    done = feeds.publish(case.directory, feeds.cared_for([TWO]), "--prune",
                         "--clients", clients, now=NOW)
    tap.ok(done[0] == 0 and "a~0Ab, ~20x, ~22q~22: not withdrawn" in done[2],
           "ids that cannot be listed: said", done)


def main():
    tap = Tap()
    for tests in (listed, revoked, missing, plain_besides, read_only,
                  failing_disk, cut_names, unlistable):
        tests(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
