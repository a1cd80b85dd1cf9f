#!/usr/bin/env python3
"""Faults of the system, one at a time, in all programs; prints TAP.

usage: faults.py SHIM [all]

SHIM, from tests/faults/shim.c, makes the n-th allocation, open, read, write,
rename ... fail, for n = 1, 2, ... until none is left, over the commands of
tests/faults/commands.py; without `all` only some of them. (A protocol takes
18,000 allocations: after the first 1000 only each 31st fails.)

After a fault the output is the very same as without it, or the status is 4 with
one message, and then there are only whole records and whole feeds of the run
without it, and the next run brings feeds in order. If a call was interrupted,
or did a part, the output is the same in any case.

$SMP_BIN names the programs. $SMP_FAULTS=REGEX picks commands, and
$SMP_KINDS=REGEX kinds.
"""

import errno
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "faults"))
import commands as given  # pylint: disable=wrong-import-position
from results import Tap  # pylint: disable=wrong-import-position

ROOT = given.ROOT
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
SHIM = os.path.abspath(sys.argv[1])
ALL = sys.argv[2:] == ["all"]
SAMPLE = 25  # faults a command
FIRST = 6    # calls of a kind
HANGS = 10  # seconds
EACH, STEP = 1000, 31  # allocations: each one, then only some
LOCK = ".smp-publish.lock"
FOLLOWS = (b": no feed is withdrawn: ", b": the feed under the old number is withdrawn; ")

# What happens, by kind: those that are to change nothing stand apart.
HARMLESS = {
    "read": ["EINTR", "short", "short+"],
    "write": ["EINTR", "short", "short+"],
    "sync": ["EINVAL"],
    "poll": ["EINTR"],
    "lock": ["EINTR"],
}
HARMFUL = {
    "alloc": ["ENOMEM", "ENOMEM+"],
    "open": ["EIO", "EMFILE"],
    "read": ["EIO"],
    "write": ["ENOSPC", "EIO", "zero", "ENOSPC+", "zero+"],
    "close": ["EIO"],
    "stat": ["EIO"],
    "seek": ["EIO"],
    "sync": ["EIO"],
    "rename": ["EIO"],
    "unlink": ["EIO"],
    "mkdir": ["ENOSPC"],
    "readdir": ["EIO"],
    "readlink": ["EIO"],
    "lock": ["ENOLCK"],
    "truncate": ["EIO"],
    "chmod": ["EIO"],
    "times": ["EIO"],
    "temporary": ["ENOSPC"],
    "mmap": ["ENOMEM"],
    "dlopen": ["ENOENT"],
}


def harmless(kind):
    return [str(getattr(errno, word, word)) for word in HARMLESS.get(kind, ())]


def kinds():
    """Their names, in the order of the shim's counts."""
    with open(os.path.join(ROOT, "tests", "faults", "shim.c"),
              encoding="utf-8") as file:
        return re.findall(r"^    X\((\w+)\)", file.read(), re.MULTILINE)


KINDS = kinds()


class Run:
    """What a run said and left."""

    def __init__(self, place, command, fault=None):
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
               "TMPDIR": place.temporary, "SOURCE_DATE_EPOCH": "1795000000",
               "LD_PRELOAD": SHIM, "SMP_FAULT_COUNTS": place.counts,
               **command.environment}
        if fault:
            env["SMP_FAULT"] = fault
        with open(place.counts, "wb") as file:
            file.write(bytes(8 * (len(KINDS) + 1)))
        data = place.file(command.data) if command.data else os.devnull
        words = [os.path.join(BIN, command.words[0]), *command.words[1:]]
        with open(data, "rb") as file:
            text = file.read() if command.pipe else None
            try:
                done = subprocess.run(
                    words, cwd=place.work, env=env, timeout=HANGS,
                    check=False, capture_output=True,
                    **({"input": text} if command.pipe else {"stdin": file}))
                self.status, self.out = done.returncode, done.stdout
                self.said = done.stderr
            except subprocess.TimeoutExpired:
                self.status, self.out, self.said = "hangs", b"", b""
        with open(place.counts, "rb") as file:
            octets = file.read()
        numbers = [int.from_bytes(octets[i:i + 8], "little")
                   for i in range(0, len(octets), 8)]
        self.calls, self.hits = dict(zip(KINDS, numbers)), numbers[-1]
        self.files = place.tree()

    def same(self, other):
        return (self.status, self.out, self.said, self.finished()) == (
            other.status, other.out, other.said, other.finished())

    def finished(self):
        """The files but those that the next run removes."""
        return {name: file for name, file in self.files.items()
                if not is_leftover(name, *file)}


def is_leftover(name, mode, text):
    """Private until it is in its place, or without any contents."""
    return ("/feeds/.smp-publish." in name or name.endswith("/.new.tmp")) and \
        not (text and mode & 0o077)


def known(text):
    """Without seal and source of a feed: the latter only saves time."""
    return re.sub(rb"^(PRODID:\S+ ?\S*) [0-9a-f]{16} [0-9a-f]{16}", rb"\1",
                  text, flags=re.MULTILINE)


class Place:
    """A directory for runs, one at a time."""

    def __init__(self, source):
        self.top = tempfile.mkdtemp()
        self.source = source
        self.work = os.path.join(self.top, "work")
        self.temporary = os.path.join(self.top, "tmp")
        self.counts = os.path.join(self.top, "counts")
        os.mkdir(self.temporary)
        shutil.copytree(os.path.join(source, "files"), self.work)
        self.unchanged = set(os.listdir(self.work))

    def file(self, name):
        return os.path.join(self.work, name)

    def reset(self, command):
        for name in set(os.listdir(self.work)) - self.unchanged:
            path = os.path.join(self.work, name)
            if os.path.isdir(path):
                shutil.rmtree(path)
            else:
                os.remove(path)
        for name in os.listdir(self.temporary):
            os.remove(os.path.join(self.temporary, name))
        before = os.path.join(self.source, str(command.before))
        if os.path.isdir(before):
            shutil.copytree(before, self.file("feeds"))

    def tree(self):
        """{name: (mode, octets)} of what runs leave, but the lock."""
        found = {}
        for top in [self.temporary] + [
                self.file(name)
                for name in set(os.listdir(self.work)) - self.unchanged]:
            for path in [top] if os.path.isfile(top) else [
                    os.path.join(where, name)
                    for where, _, names in os.walk(top) for name in names]:
                if os.path.basename(path) == LOCK:
                    continue
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.top)] = (
                        os.stat(path).st_mode, known(file.read()))
        return found

    def run(self, command, fault=None):
        self.reset(command)
        return Run(self, command, fault)


def is_within(some, all_of_them, end):
    """Whether they are records of all, whole and in order."""
    if all_of_them.startswith(some):
        return some in (b"", all_of_them) or some.endswith(end)
    rest = iter(all_of_them.split(end))
    return all(one in rest for one in some.split(end))


def new_lines(run, base):
    """What the faultless run does not say, but for what follows from it."""
    said = base.said.splitlines()
    return [line for line in run.said.splitlines()
            if line not in said and not any(s in line for s in FOLLOWS)]


def wrong_files(run, before, base):
    """Those that are neither the old nor the new ones, nor in part."""
    wrong = []
    for name, (mode, text) in run.finished().items():
        if name.endswith("rejects"):
            known_lines = base.files.get(name, (0, b""))[1]
            if not is_within(text, known_lines, b"\n"):
                wrong.append(name)
        elif (mode, text) not in (before.get(name), base.files.get(name)):
            wrong.append(name)
    return wrong


def judge_next(place, command, base):
    """The run after a fault brings everything in order."""
    run = Run(place, command)
    if run.files != base.files or run.status != base.status or \
            new_lines(run, base):
        return f"WRONG next run: {run.status} {run.said!a:.200} " + str(
            sorted(set(run.files) ^ set(base.files)))
    return None


def judge(place, command, base, before, fault):
    """What is wrong after a fault, or the name of what is right."""
    kind, number, what = fault.split()
    run = place.run(command, fault)
    if run.status == "hangs" or run.status < 0:
        return f"CRASH {run.status}"
    if not run.hits: # caches by address take more memory or less
        return "same" if run.same(base) else "WRONG without a fault"
    if command.before and run.files != base.files:
        wrong = judge_next(place, command, base)
        if wrong:
            return wrong
    if run.same(base):
        return "same"
    if what in harmless(kind):
        return f"WRONG {what}: status {run.status} {run.said!a:.200}"
    if run.status != 4:
        return f"WRONG status {run.status} {run.said!a:.200}"
    told = len(new_lines(run, base))
    if told != 1 and not (told and number.endswith("+")):
        return f"WRONG messages {run.said!a:.300}"
    if not is_within(run.out, base.out, command.record):
        return f"WRONG output {run.out[-100:]!a}"
    wrong = wrong_files(run, before, base)
    if wrong and not (kind == "unlink" and all("tmp/" in w for w in wrong)):
        return f"WRONG files {wrong}"
    return "told"


def faults_of(base):
    for kind in KINDS:
        if not re.search(os.environ.get("SMP_KINDS", ""), kind):
            continue
        for table in (HARMLESS, HARMFUL):
            for word in table.get(kind, ()):
                name = word.rstrip("+")
                what = name if name in ("short", "zero") else str(
                    getattr(errno, name))
                sign = "+" if word.endswith("+") else ""
                numbers = range(1, base.calls[kind] + 1)
                if sign == "+" and name == "short": # from the first one on
                    numbers = numbers[:1]
                elif sign: # what lasts is all the same soon
                    numbers = [n for n in numbers if n < 6 or n % 64 == 0]
                if kind == "alloc": # many are of one loop
                    numbers = [n for n in numbers if n <= EACH or n % STEP == 0]
                for n in numbers:
                    yield f"{kind} {n}{sign} {what}"


def sample(faults, label):
    """The first calls of the system of each kind, and some of all faults: the
    same ones in every run."""
    dice = random.Random(label)
    groups, chosen = {}, set()
    for fault in faults:
        kind, number, what = fault.split()
        groups.setdefault((kind, what), []).append(fault)
        if kind != "alloc" and int(number.rstrip("+")) <= FIRST:
            chosen.add(fault)
    for _ in range(SAMPLE):
        chosen.add(dice.choice(groups[dice.choice(sorted(groups))]))
    return sorted(chosen)


def work(arguments):
    """(command, base status, {outcome: count}, [wrong]) of one command."""
    source, command = arguments
    place = Place(source)
    try:
        place.reset(command)
        before = place.tree()
        base = place.run(command)
        again = place.run(command)
        if not base.same(again) or base.status not in (0, 1, 3, 5, 6):
            return command.label, {}, [f"no base: {base.status} {base.said}"]
        faults = list(faults_of(base))
        counts, wrong = {}, []
        for fault in faults if ALL else sample(faults, command.label):
            outcome = judge(place, command, base, before, fault)
            counts[outcome.split()[0]] = counts.get(outcome.split()[0], 0) + 1
            if outcome.split()[0] in ("CRASH", "WRONG"):
                wrong.append(f"{fault}: {outcome}")
        return command.label, counts, wrong
    finally:
        shutil.rmtree(place.top)


def make(source):
    """The files of the commands, and the feeds that they find."""
    def run(program, words, data):
        done = subprocess.run(
            [os.path.join(BIN, program), *words], input=data, check=False,
            capture_output=True, cwd=files)
        assert done.returncode in (0, 3), done.stderr
        return done.stdout

    def cared(plans):
        return run("smp-aftercare", ["-j"], run("smp-precare", ["-j"], plans))

    def write(name, data):
        path = os.path.join(files, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    files = os.path.join(source, "files")
    os.mkdir(files)
    for name, data in given.FILES.items():
        write(name, data)
    write("cared", cared(given.PLANS))
    write("cared-many", cared(given.FILES["many"]))
    write("cared-moved", cared(given.PLANS.replace(b'{"id"',
                                                   b'{"feed": 7, "id"')))
    write("cared-one", cared(given.PLANS.split(b"\n")[0] + b"\n"))
    write("cared-broken", cared(given.PLANS) + b"no plan\n")
    earlier = cared(given.PLANS.replace(b"10:00", b"11:00"))
    for name, options in (("earlier", []), ("keyed", ["--key", "key"])):
        run("smp-publish", ["--now", "2026-11-20T10:00:00Z", *options,
                            os.path.join(source, name)], earlier)


def main():
    tap = Tap()
    with open(os.path.join(BIN, "smp-publish"), "rb") as file:
        head = file.read()
    if head[:4] != b"\x7fELF" or b"__asan_init" in head:
        tap.skip("faults", "the programs run under another")
        return tap.end()
    source = tempfile.mkdtemp()
    try:
        make(source)
        chosen = [c for c in given.COMMANDS
                  if re.search(os.environ.get("SMP_FAULTS", ""), c.label)]
        sums, quiet = {}, 0
        with multiprocessing.Pool(2 if ALL else 1) as pool:
            for label, counts, wrong in pool.imap(
                    work, [(source, c) for c in chosen]):
                told = ", ".join(f"{n} {k}" for k, n in sorted(counts.items()))
                tap.ok(not wrong, f"{label}: {told}", *wrong)
                quiet += sum(": WRONG status 0" in line for line in wrong)
                for outcome, n in counts.items():
                    sums[outcome] = sums.get(outcome, 0) + n
    finally:
        shutil.rmtree(source)
    print(f"# {sum(sums.values())} faults injected: {sums.get('same', 0)} the "
          f"same output, {sums.get('told', 0)} status 4, "
          f"{sums.get('WRONG', 0)} another result, {quiet} of them with status "
          f"0, {sums.get('CRASH', 0)} crashes or hangs")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
