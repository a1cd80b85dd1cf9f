#!/usr/bin/env python3
"""Feeds when things go wrong: no feed is torn or lost; prints TAP.

What is in a feed's place, who may not write, a full disk, two runs at once,
and runs that are killed. $SMP_BIN names the programs; SMP_KILLS and SMP_FEEDS
are how often one is killed and how many feeds it has.
"""

import datetime
import fcntl
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import publish as feeds  # pylint: disable=wrong-import-position
from results import Tap  # pylint: disable=wrong-import-position

KILLS = int(os.environ.get("SMP_KILLS", "5"))
FEEDS = int(os.environ.get("SMP_FEEDS", "150"))
NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}
NOW = "2026-11-21T10:00:00Z"
ROW = [feeds.plan(f"c-{n}", "2026-12-01T10:00") for n in range(1, 4)]
LATER = [feeds.plan(f"c-{n}", "2026-12-02T10:00") for n in range(1, 4)]


def program():
    return os.path.join(feeds.BIN, "smp-publish")


def is_instrumented():
    with open(program(), "rb") as file:
        head = file.read()
    return head[:4] != b"\x7fELF" or b"__asan_init" in head


def served(case, done, without):
    """The other feeds are the new ones; nothing is left over."""
    new = {name: feeds.feed(case.directory, name)
           for name in ("c-1.ics", "c-2.ics", "c-3.ics") if name != without}
    left = [n for n in os.listdir(case.directory)
            if n.startswith(".") and n != feeds.LOCK]
    return done[0] == 4 and not left and len(done[1]) == 2 and all(
        any(e["DTSTART"] == "20261202T150000Z" for e in f.values())
        for f in new.values()) and without in done[2]


def in_the_way(tap):
    """Something else where c-2's feed should be."""
    def directory(path):
        os.remove(path)
        os.mkdir(path)

    def link(path):
        os.rename(path, path[:-len(".ics")])
        os.symlink("c-2", path)

    def pipe(path):
        os.remove(path)
        os.mkfifo(path)

    def edited(path):
        with open(path, "r+b") as file:
            text = file.read().replace(b"SMP session", b"SMP_session")
            file.seek(0)
            file.write(text)

    def converted(path):
        with open(path, "r+b") as file:
            text = file.read().replace(b"\r\n", b"\n")
            file.seek(0)
            file.truncate()
            file.write(text)

    def foreign(path):
        with open(path, "wb") as file:
            file.write(b"my notes\n")

    def noted(path):
        with open(path, "ab") as file:
            file.write(b"my notes\n")

    def cut_and_noted(path):
        os.truncate(path, 2000)
        noted(path)

    def unsealed(path):
        with open(path, "wb") as file:
            file.write(b"\n\nPRODID:xx0000000000000000 0000000000000000//EN\r\n")

    for change in (directory, link, pipe, edited, converted, foreign, noted,
                   cut_and_noted, unsealed):
        case = feeds.Case(ROW)
        path = os.path.join(case.directory, "c-2.ics")
        change(path)
        before = os.lstat(path)
        done = case.again(LATER)
        after = os.lstat(path)
        tap.ok(served(case, done, "c-2.ics") and
               (before.st_ino, before.st_mtime_ns, before.st_size) ==
               (after.st_ino, after.st_mtime_ns, after.st_size),
               f"{change.__name__}: said, left alone, others served", done)


def torn(tap):
    """What nobody can want is written anew, its entries known as far."""
    for size in (0, 1, 40, 80, 97, 98, 100, 101, 600, 1000, 5000):
        case = feeds.Case(ROW)
        old = feeds.feed(case.directory, "c-2.ics")
        os.truncate(os.path.join(case.directory, "c-2.ics"), size)
        done = case.again(ROW)
        new = feeds.feed(case.directory, "c-2.ics")
        tap.ok(done[0] == 0 and "incomplete" in done[2] and
               set(new) == set(old) and "unchanged" not in done[1][1] and
               case.again(ROW)[1][1][0] == "unchanged",
               f"{size} octets of a feed: written anew", done)
    case = feeds.Case(ROW)
    path = os.path.join(case.directory, "c-2.ics")
    with open(path, "r+b") as file:
        text = file.read()
        file.seek(0)
        file.write(text.replace(b"SUMMARY:SMP", b"SUMMARY:XXX"))
        file.truncate(len(text) - 10)
    done = case.again(ROW, now="2027-06-01T10:00:00Z")
    with open(path, "rb") as file:
        now = file.read()
    tap.ok(done[1][1][0] == "text" and b"XXX" not in now and
           b"BEGIN:VALARM" in now, "words of what is torn are not kept", done)


def permissions(tap):
    case = feeds.Case(ROW)
    path = os.path.join(case.directory, "c-2.ics")
    os.chmod(path, 0o640)
    case.again(LATER)
    tap.same(oct(os.stat(path).st_mode & 0o7777), "0o640",
             "a feed keeps its permissions")
    if os.geteuid():
        return
    os.chown(path, 65534, 65533)
    case.again(ROW)
    now = os.stat(path)
    tap.same((now.st_uid, now.st_gid, oct(now.st_mode & 0o7777)),
             (65534, 65533, "0o640"), "and its owner and group")
    os.chmod(path, 0)
    case.again(LATER)
    tap.same(oct(os.stat(path).st_mode & 0o7777), "0o0",
             "one that an administrator has hidden stays hidden")
    clients = feeds.key_file(case, "clients", b"c-1\nc-3\n")
    done = case.again(ROW[::2], "--prune", "--clients", clients)
    tap.ok(feeds.changes(done)[-1] == "retired" and
           not os.stat(path).st_mode & 0o7777, "even if it is withdrawn", done)
    case = feeds.Case(ROW)
    os.chmod(case.top.name, 0o755)
    bins = os.path.join(case.top.name, "bin")
    shutil.copytree(feeds.BIN, bins)
    data = feeds.cared_for(LATER)
    args = [os.path.join(bins, "smp-publish"), "--now", NOW, case.directory]
    try:
        done = subprocess.run(args, input=data, capture_output=True,
                              check=False, env=feeds.ENVIRONMENT, **NOBODY)
    except PermissionError:
        tap.skip("a directory of somebody else", "closed to other users")
        return
    tap.ok(done.returncode == 4 and b"Permission denied" in done.stderr and
           feeds.tree(case.directory) == case.old,
           "a directory of somebody else: said, nothing changed", done)
    os.chmod(case.directory, 0o777)
    os.chmod(os.path.join(case.directory, feeds.LOCK), 0o666)
    os.chmod(os.path.join(case.directory, "c-2.ics"), 0o600)
    done = subprocess.run(args[:1] + ["-j"] + args[1:], input=data,
                          capture_output=True, check=False,
                          env=feeds.ENVIRONMENT, **NOBODY)
    tap.ok(done.returncode == 4 and done.stdout.count(b"\n") == 2 and
           done.stderr.count(b"\n") == 1 and b"c-2.ics" in done.stderr,
           "a feed that cannot be read: said, others served", done)


def masks(tap):
    """New feeds follow the umask, or what the directory has instead."""
    for mask, mode in ((0o022, "0o644"), (0o027, "0o640"), (0o077, "0o600"),
                       (0, "0o666")):
        case = feeds.Case([])
        subprocess.run([program(), "--now", NOW, case.directory], check=True,
                       input=feeds.cared_for(ROW), env=feeds.ENVIRONMENT,
                       umask=mask)
        tap.same({oct(os.stat(os.path.join(case.directory, f"c-{n}.ics"))
                      .st_mode & 0o7777) for n in (1, 2, 3)}, {mode},
                 f"umask {mask:03o}: new feeds are {mode}")


class Held:
    """A run that has much pending and waits for more plans."""

    def __init__(self, case, count=60, hangup=signal.SIG_DFL):
        self.case = case
        data = feeds.cared_for([feeds.plan(f"c-{n}", "2026-12-02T10:00")
                                for n in range(count)])
        self.one = subprocess.Popen(
            [program(), "--now", NOW, case.directory], stderr=subprocess.PIPE,
            stdin=subprocess.PIPE, env=feeds.ENVIRONMENT,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, hangup))
        self.one.stdin.write(data)
        self.one.stdin.flush()
        for _ in range(500):
            if len(self.left()) >= count or self.one.poll() is not None:
                break
            time.sleep(0.02)

    def left(self):
        return [n for n in os.listdir(self.case.directory)
                if n.endswith(".tmp")]

    def end(self, number):
        self.one.send_signal(number)
        self.one.communicate(timeout=60)
        return self.one.returncode


def ended(tap):
    """What waits for its place is nobody's to read, and goes by a signal."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                   signal.SIGTERM):
        case = feeds.Case(ROW)
        held = Held(case)
        names = held.left()
        modes = {oct(os.stat(os.path.join(case.directory, n)).st_mode & 0o7777)
                 for n in names}
        tap.ok(len(names) == 60 and modes == {"0o600"},
               "temporary files: 0600", len(names), modes)
        status = held.end(number)
        tap.ok(status == -number and not held.left() and
               feeds.tree(case.directory) == case.old,
               f"{number.name}: they are gone, feeds as they were", status)
    case = feeds.Case(ROW)
    held = Held(case, hangup=signal.SIG_IGN)
    held.one.send_signal(signal.SIGHUP)
    held.one.communicate(timeout=60)
    tap.ok(held.one.returncode == 0 and len(feeds.tree(case.directory)) == 60,
           "nohup: goes on")
    case = feeds.Case(ROW)
    with open(os.path.join(case.directory, feeds.LOCK), "r+b") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        theirs = feeds.key_file(case, "feeds/.smp-publish.1.tmp", b"theirs")
        waiting = subprocess.Popen([program(), "--wait", case.directory],
                                   stdin=subprocess.PIPE,
                                   env=feeds.ENVIRONMENT)
        time.sleep(0.3)
        waiting.send_signal(signal.SIGTERM)
        waiting.communicate(timeout=60)
        tap.ok(waiting.returncode == -signal.SIGTERM and
               os.path.exists(theirs),
               "SIGTERM while it waits: what the other one has stays")
    held = Held(case)
    held.end(signal.SIGKILL)
    left = held.left()
    done = case.again(ROW)
    tap.ok(len(left) == 60 and done[0] == 0 and not held.left(),
           "killed: the next run removes what is left", done)
    os.mkdir(os.path.join(case.directory, ".smp-publish.7.tmp"))
    done = case.again(LATER)
    tap.ok(done[0] == 4 and ".smp-publish.7.tmp" in done[2] and
           len(done[1]) == 3, "what cannot be removed is said", done)


def unsynced(tap):
    """A file system that cannot put a directory, or a file, on the disk."""
    label = "fsync"
    if not shutil.which("strace") or is_instrumented():
        tap.ok(True, f"{label} # SKIP no strace, or instrumented")
        return
    for error, status in (("EINVAL", 0), ("ENOSYS", 0), ("EOPNOTSUPP", 0),
                          ("EIO", 4), ("ENOSPC", 4)):
        case = feeds.Case(ROW)
        done = subprocess.run(
            ["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "-e",
             f"inject=fsync:error={error}:when=4+", program(), "-j", "--now",
             NOW, case.directory], input=feeds.cared_for(LATER),
            capture_output=True, check=False, env=feeds.ENVIRONMENT)
        if done.returncode and b"ptrace" in done.stderr:
            tap.ok(True, f"{label} # SKIP no tracing here")
            return
        tap.ok(done.returncode == status and done.stdout.count(b"\n") == 3 and
               bool(done.stderr) == (status == 4),
               f"{label} of the directory: {error}: {status}", done)
        done = subprocess.run(
            ["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "-e",
             f"inject=fsync:error={error}:when=1", program(), "-j", "--now",
             "2026-11-22T10:00Z", case.directory], check=False,
            input=feeds.cared_for(ROW), capture_output=True,
            env=feeds.ENVIRONMENT)
        tap.ok(done.returncode == status and done.stdout.count(b"\n") ==
               (2 if status else 3), f"{label} of a feed: {error}: {status}",
               done)


def open_keys(tap):
    """A key that others can read is said, and used."""
    case = feeds.Case([])
    key = feeds.key_file(case, "key", b"0123456789abcdef")
    for mode, told in ((0o600, False), (0o400, False), (0o644, True),
                       (0o640, True), (0o602, True)):
        os.chmod(key, mode)
        done = case.again(ROW, "--key", key)
        tap.ok(done[0] == 0 and len(done[1]) == 3 and
               (f"mode {mode:04o}" in done[2]) == told and
               done[2].count("\n") == told, f"a key of mode {mode:o}", done)
    if not os.geteuid():
        os.chown(key, 65534, 65534)
        os.chmod(key, 0o640)
        done = case.again(ROW, "--key", key)
        tap.same(done[2], "", "a key of somebody else: for its group")


def unwritable_reports(tap):
    """The feeds matter more than what is said about them; that nobody reads
    it is no news."""
    plans = [feeds.plan(f"c-{n}", "2026-12-01T10:00") for n in range(1300)]
    data = feeds.cared_for(plans)
    for label in ("a full disk", "a closed pipe"):
        case = feeds.Case([])
        closed, out = os.pipe()
        if label == "a full disk":
            os.dup2(os.open("/dev/full", os.O_WRONLY), out)
        os.close(closed)
        done = subprocess.run(
            [program(), "-j", "--now", NOW, case.directory], input=data,
            stdout=out, stderr=subprocess.PIPE, check=False,
            env=feeds.ENVIRONMENT)
        os.close(out)
        names = os.listdir(case.directory)
        told = b"cannot write" in done.stderr
        tap.ok(done.returncode == 4 and told == (label == "a full disk") and
               len(names) == 1301 and not any("tmp" in n for n in names),
               f"a report to {label}: all is published, status 4", done)


def full_disk(tap):
    """A file that would grow too large fails as on a full disk."""
    case = feeds.Case(ROW)
    long = dict(ROW[1], sessions=[f"2027-{m:02}-01T10:00"
                                  for m in range(1, 13)])

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))

    done = subprocess.run(
        [program(), "-j", "--now", NOW, case.directory], capture_output=True,
        input=feeds.cared_for([LATER[0], long, LATER[2]]), check=False,
        env=feeds.ENVIRONMENT, preexec_fn=limit)
    status = (done.returncode, [json.loads(x) for x in
                                done.stdout.splitlines()],
              done.stderr.decode())
    tap.ok(served(case, status, "c-2.ics") and
           feeds.tree(case.directory)["c-2.ics"] == case.old["c-2.ics"],
           "a feed there is no room for: said, as it was, others served",
           status)


def few_descriptors(tap):
    plans, later = ([feeds.plan(f"c-{n}", f"2026-12-0{day}T10:00")
                     for n in range(20)] for day in (1, 2))
    case = feeds.Case(plans)
    data = feeds.cared_for(later)
    for limit in (8, 9, 10, 12, 14):
        shutil.rmtree(case.directory)
        feeds.publish(case.directory, feeds.cared_for(plans))
        done = subprocess.run(
            [program(), "-j", "--now", NOW, case.directory], input=data,
            capture_output=True, check=False, env=feeds.ENVIRONMENT,
            preexec_fn=lambda n=limit: resource.setrlimit(
                resource.RLIMIT_NOFILE, (n, n)))
        tap.ok(done.returncode == 0 and done.stdout.count(b'"moved"') == 20,
               f"{limit} descriptors: enough", done)


def too_large(tap):
    """What would not be read again is not written."""
    case = feeds.Case(ROW)
    first = datetime.date(2027, 6, 1)
    days = [(first + datetime.timedelta(n)).isoformat() for n in range(1800)]
    long = dict(ROW[1], items=[
        {"uid": f"i{n}", "rule": f"r{n}", "phase": "post", "verb": "do",
         "session": 1, "title": "t", "text": "," * 295,
         "start": days[n], "end": days[n + 900]}
        for n in range(900)])
    done = case.again([LATER[0], long, LATER[2]])
    tap.ok(done[0] == 4 and "larger" in done[2] and "c-2" in done[2] and
           feeds.changes(done) == ["moved"] * 2 and
           feeds.tree(case.directory)["c-2.ics"] == case.old["c-2.ics"],
           "a feed larger than any: said, as it was, others served",
           done[0], feeds.changes(done), done[2][:2000])


def tmpfs(tap):
    """A disk that is really full."""
    label = "a full disk: each feed is old or new, the next run does the rest"
    top = tempfile.mkdtemp()
    if os.geteuid() or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "none", top],
            capture_output=True, check=False).returncode:
        os.rmdir(top)
        tap.ok(True, f"{label} # SKIP no tmpfs")
        return
    try:
        plans = [feeds.plan(f"c-{n}", "2026-12-01T10:00") for n in range(40)]
        data = feeds.cared_for(plans)
        done = feeds.publish(top, data)
        whole = {n: t[0] for n, t in feeds.tree(top).items()}
        tap.ok(done[0] == 4 and done[1] and "No space left" in done[2] and
               len(whole) == len(done[1]) and all(
                   t.endswith(b"END:VCALENDAR\r\n") for t in whole.values()),
               label, done)
        subprocess.run(["mount", "-o", "remount,size=4m", top], check=True)
        done = feeds.publish(top, data)
        tap.ok(done[0] == 0 and len(done[1]) == 40 and
               feeds.changes(done).count("unchanged") == len(whole),
               "a full disk: and the next run did", done)
    finally:
        subprocess.run(["umount", top], check=True)
        os.rmdir(top)


def locks(tap):
    case = feeds.Case(ROW)
    with open(os.path.join(case.directory, feeds.LOCK), "r+b") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        done = case.again(LATER)
        tap.ok(done[0] == 4 and "another smp-publish" in done[2] and not done[1] and
               feeds.tree(case.directory) == case.old,
               "while another run is at work: an error", done)
        done = case.again(LATER, "--dry-run")
        tap.same(feeds.changes(done), ["moved"] * 3, "--dry-run needs no lock")
        waiting = subprocess.Popen(
            [program(), "--wait", "--now", NOW, case.directory],
            stdin=subprocess.PIPE, env=feeds.ENVIRONMENT)
        waiting.stdin.write(feeds.cared_for(LATER))
        waiting.stdin.close()
        time.sleep(0.3)
        still = waiting.poll() is None and \
            feeds.tree(case.directory) == case.old
        fcntl.lockf(lock, fcntl.LOCK_UN)
        waiting.wait(60)
    tap.ok(still and waiting.returncode == 0 and
           feeds.tree(case.directory) != case.old,
           "--wait: it waits, and does its work then")
    case = feeds.Case([])
    data = feeds.cared_for(ROW)
    runs = [subprocess.Popen([program(), "--wait", "--now", NOW,
                              case.directory], stdin=subprocess.PIPE,
                             env=feeds.ENVIRONMENT) for _ in range(6)]
    for one in runs:
        one.stdin.write(data)
        one.stdin.close()
    tap.ok(all(one.wait(60) == 0 for one in runs) and
           sorted(os.listdir(case.directory)) ==
           [feeds.LOCK, "c-1.ics", "c-2.ics", "c-3.ics"],
           "six at once: one after the other")


def dry_run(tap):
    case = feeds.Case(ROW)
    listed = sorted(os.listdir(case.directory))
    done = case.again(LATER, "--dry-run")
    tap.ok(feeds.changes(done) == ["moved"] * 3 and
           feeds.tree(case.directory) == case.old and
           sorted(os.listdir(case.directory)) == listed,
           "--dry-run: nothing is written", done)
    missing = os.path.join(case.top.name, "missing")
    done = feeds.publish(missing, feeds.cared_for(ROW), "--dry-run")
    tap.ok(done[0] == 0 and feeds.changes(done) == ["new"] * 3 and
           not os.path.exists(missing),
           "--dry-run: nor is a directory made, all would be new", done)


def traced(tap):
    """What the second run asks of the system."""
    label = "a second run opens feeds for reading alone"
    if not shutil.which("strace") or is_instrumented():
        tap.ok(True, f"{label} # SKIP no strace, or instrumented")
        return
    case = feeds.Case(ROW)
    trace = os.path.join(case.top.name, "trace")
    done = subprocess.run(
        ["strace", "-f", "-o", trace, program(), "--now", NOW,
         case.directory], input=feeds.cared_for(ROW), capture_output=True,
        check=False, env=feeds.ENVIRONMENT)
    if done.returncode and b"ptrace" in done.stderr:
        tap.ok(True, f"{label} # SKIP no tracing here")
        return
    with open(trace, encoding="utf-8") as file:
        calls = [line for line in file if '.ics"' in line or "rename" in line
                 or "unlink" in line or "sync" in line or "utime" in line]
    tap.ok(len(calls) == 3 and all("O_RDONLY" in c for c in calls), label,
           *calls)


def durable(tap):
    """The order in which a changed feed reaches the disk."""
    label = "to the disk, then in place, then the directory to the disk"
    if not shutil.which("strace") or is_instrumented():
        tap.ok(True, f"{label} # SKIP no strace, or instrumented")
        return
    for count in (3, 40):
        case = feeds.Case([feeds.plan(f"c-{n}", "2026-12-01T10:00")
                           for n in range(count)])
        trace = os.path.join(case.top.name, "trace")
        done = subprocess.run(
            ["strace", "-f", "-o", trace, "-e", "trace=write,fsync,syncfs,"
             "rename,renameat,renameat2,openat", program(), "--now", NOW,
             case.directory], capture_output=True, check=False,
            input=feeds.cared_for([feeds.plan(f"c-{n}", "2026-12-02T10:00")
                                   for n in range(count)]),
            env=feeds.ENVIRONMENT)
        if done.returncode and b"ptrace" in done.stderr:
            tap.ok(True, f"{label} # SKIP no tracing here")
            return
        with open(trace, encoding="utf-8", errors="replace") as file:
            kinds = ["r" if "rename" in line else "s" if "sync" in line else
                     "w" if "BEGIN:VCALENDAR" in line else ""
                     for line in file]
        order = "".join(kinds)
        synced = "s" * count if count == 3 else "s"
        tap.same(order, "w" * count + synced + "r" * count + "s",
                 f"{count} feeds: {label}")


def state(directory):
    """The feeds' texts, and what else there is."""
    texts, other = {}, []
    for name in os.listdir(directory):
        if name.endswith(".ics") and not name.startswith("."):
            with open(os.path.join(directory, name), "rb") as file:
                texts[name] = file.read()
        elif name != feeds.LOCK:
            other.append(name)
    return texts, other


def kills(tap):
    """Ended at random moments of publishing a change of all feeds."""
    chance = random.Random(5)
    top = tempfile.mkdtemp()
    try:
        before, after, work = (os.path.join(top, n) for n in "baw")
        old, new = (feeds.cared_for(
            [feeds.plan(f"c-{n}", f"2026-12-0{day}T10:00")
             for n in range(FEEDS)]) for day in (1, 2))
        feeds.publish(before, old)
        shutil.copytree(before, after)
        start = time.monotonic()
        feeds.publish(after, new)
        length = time.monotonic() - start
        olds, news = state(before)[0], state(after)[0]
        torn, different, left, mixed = [], [], [], 0
        for number in [signal.SIGKILL, signal.SIGTERM, signal.SIGINT] * KILLS:
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(before, work)
            one = subprocess.Popen([program(), "--now", NOW, work],
                                   stdin=subprocess.PIPE,
                                   env=feeds.ENVIRONMENT)
            killer = length * chance.uniform(0, 1.1)
            try:
                one.communicate(new, timeout=killer)
            except subprocess.TimeoutExpired:
                one.send_signal(number)
                one.communicate()
            texts, other = state(work)
            left += other if number != signal.SIGKILL else []
            torn += [n for n in olds
                     if texts.get(n) not in (olds[n], news[n])]
            mixed += texts not in (olds, news)
            feeds.publish(work, new)
            if state(work) != (news, []):
                different.append(killer)
        tap.ok(not torn and len(olds) == FEEDS,
               f"{KILLS} kills, {FEEDS} feeds: each feed is old or new", torn)
        tap.ok(not different, f"{KILLS} kills: the next run ends as an "
               "undisturbed one", different)
        tap.ok(not left, f"{KILLS} times SIGTERM and SIGINT: nothing is left",
               left)
        print(f"# killed while some were old and some new: {mixed} times")
    finally:
        shutil.rmtree(top)


def main():
    # A job in the background is born deaf to some, and so are its children.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                   signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    tap = Tap()
    for tests in (in_the_way, torn, permissions, masks, ended, unsynced,
                  open_keys, unwritable_reports, full_disk, few_descriptors,
                  too_large, tmpfs, locks, dry_run, traced, durable, kills):
        tests(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
