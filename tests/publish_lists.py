#!/usr/bin/env python3
"""Feeds: whom a list of clients withdraws, and whom it never may; prints TAP.

Lists as databases and people write them, what lies in the directory besides,
and addresses that are given up. $SMP_BIN names the programs.
"""

import json
import os
import resource
import signal
import subprocess
import sys

import publish as feeds
from results import Tap

NOW = "2026-11-23T10:00:00Z"
ONE, TWO = feeds.ONE, feeds.TWO


def pruned(case, data, text, *options, now=NOW, **more):
    clients = feeds.key_file(case, "clients", text)
    return feeds.publish(case.directory, data, "--prune", "--clients", clients,
                         *options, now=now, **more)


def contents(case):
    """What is in the directory, but the lock."""
    return feeds.tree(case.directory)


def lists(tap):
    data = feeds.cared_for([ONE, TWO])
    good = (("a byte order mark", b"\xef\xbb\xbfc-1\nc-2\n"),
            ("blanks and carriage returns", b" c-1\t\r\n\r\n\nc-2  \r\n"))
    for label, text in good:
        case = feeds.Case([ONE, TWO])
        done = pruned(case, data, text)
        tap.ok(done[0] == 0 and contents(case) == case.old,
               f"{label}: read as it is meant", done)
    unusable = (("quotes", b'"c-1"\n"c-2"\n'), ("not UTF-8", b"c-1\nc-\xff\n"),
                ("a control", b"c-1\nc\x072\n"), ("a NUL", b"c-1\nc\x002\n"),
                ("columns", b"c-1\tJo\nc-2\tJi\n"), ("blank", b" \n\n"),
                ("UTF-16", "c-1\nc-2\n".encode("utf-16")))
    for label, text in unusable:
        case = feeds.Case([ONE, TWO])
        done = pruned(case, data, text)
        tap.ok(done[0] == 2 and not done[1] and "clients" in done[2] and
               contents(case) == case.old, f"{label}: status 2", done)
    only = feeds.cared_for([TWO])
    doubtful = (("cut off", only, b"c-2\nc-", "newline"),
                ("without the last newline", only, b"c-2", "newline"),
                ("not the plans'", data, b"c-2\n", "not in --clients"),
                ("of others", data, b"d-1\n", "not in --clients"))
    for label, stream, text, what in doubtful:
        case = feeds.Case([ONE, TWO])
        done = pruned(case, stream, text)
        tap.ok(done[0] == 3 and "no feed is withdrawn" in done[2] and
               what in done[2] and contents(case) == case.old,
               f"a list {label}: nothing is withdrawn", done)
    case = feeds.Case([ONE, TWO])
    lead = feeds.cared_for([dict(TWO, id="d-1")])
    done = pruned(case, lead, b"d-1\n")
    tap.same((done[0], feeds.changes(done)), (0, ["new", "retired", "retired"]),
             "a list that is right: the others are withdrawn")


def strangers(tap):
    """Of all in the list nobody has a feed: it is another studio's."""
    case = feeds.Case([ONE, TWO])
    other = feeds.key_file(case, "key", b"0123456789abcdef")
    done = pruned(case, feeds.cared_for([dict(ONE, partial=True)]), b"d-1\n")
    tap.ok(done[0] == 3 and contents(case) == case.old,
           "a rejected plan and a strange list: nothing is withdrawn", done)
    stranger = feeds.cared_for([dict(ONE, id="d-2")])
    done = pruned(case, stranger, b"d-1\n", "--key", other)
    tap.ok(done[0] == 3 and contents(case) == case.old,
           "a plan of nobody in the list: nothing is withdrawn", done)


def unlistable(tap):
    """Ids that no line can hold."""
    odd = [dict(ONE, id="a\nb"), dict(ONE, id=" x"), dict(ONE, id='"q"')]
    case = feeds.Case([TWO, *odd])
    done = pruned(case, feeds.cared_for([TWO]), b"c-2\n")
    tap.ok(done[0] == 0 and contents(case) == case.old,
           "ids that cannot be listed are not missing from the list", done)
    done = pruned(case, feeds.cared_for([TWO, odd[0]]), b"c-2\n")
    tap.ok(done[0] == 3 and contents(case) == case.old,
           "one of them arrives: a contradiction", done)


def not_ours(tap):
    """What other programs have put there."""
    case = feeds.Case([ONE, TWO])
    whole = case.old["c-2.ics"][0]
    files = {"holidays.ics": b"", "new.ics": b"BEGIN:VCAL",
             "cal.ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"}
    for name, text in files.items():
        feeds.key_file(case, os.path.join("feeds", name), text)
    with open(os.path.join(case.directory.encode(), b"\xff.ics"), "wb") as odd:
        odd.write(whole)
    for option in ((), ("--prune=now",)):
        done = pruned(case, feeds.cared_for([ONE]), b"c-1\n", *option)
        new = {n: t[0] for n, t in contents(case).items()}
        tap.ok(done[0] == 0 and all(new[n] == t for n, t in files.items()) and
               new["\udcff.ics"] == whole and
               feeds.changes(done) == ["unchanged", "retired"],
               f"{option}: what we have not written stays", done)


def missing_files(tap):
    case = feeds.Case([])
    key = feeds.key_file(case, "key", b"0123456789abcdef")
    first = case.again([ONE], "--key", key)[1][0][2]
    second = case.again([dict(ONE, feed=1)], "--key", key)[1][0][2]
    for name in ("0" * 32, "f" * 32):
        feeds.key_file(case, f"feeds/{first[:16]}-{name}.ics", b"notes\n")
    clients = feeds.key_file(case, "list", b"c-1\nc-2\n")
    euros = "\u20ac" * 30
    feeds.key_file(case, "euros", (euros + "\nc-2\n").encode())
    done = case.again([TWO], "--key", key, "--clients",
                      os.path.join(case.top.name, "euros"))
    tap.ok(f": {euros[:21]}: missing" in done[2] and "more" not in done[2],
           "a long id is cut between characters", done)
    done = case.again([TWO], "--key", key, "--clients", clients)
    tap.same(done[1][1:], [("missing", "c-1", second)],
             "the file of a missing client is a feed in use")


def stamps(tap):
    """The days are those of the clock, not of the stamps."""
    case = feeds.Case([ONE, TWO])
    data = feeds.cared_for([ONE])
    epoch = {"SOURCE_DATE_EPOCH": "1000000000"}
    for day, there in (("2026-11-23", True), ("2026-11-24", True),
                       ("2026-12-22", True), ("2026-12-23", False)):
        pruned(case, data, b"c-1\n", now=f"{day}T10:00:00Z", **epoch)
        tap.same("c-2.ics" in contents(case), there,
                 f"SOURCE_DATE_EPOCH, {day}: {there}")


def torn_and_retired(tap):
    case = feeds.Case([ONE, TWO])
    data = feeds.cared_for([ONE])
    pruned(case, data, b"c-1\n")
    path = os.path.join(case.directory, "c-2.ics")
    whole = contents(case)["c-2.ics"][0]
    os.truncate(path, len(whole) - 20)
    done = pruned(case, data, b"c-1\n")
    tap.ok(("retired", None, "c-2.ics") in done[1] and
           contents(case)["c-2.ics"][0] == whole,
           "a withdrawn feed that is torn: emptied anew", done)


def revoked(tap):
    """The old address goes even if there is no room for the new one."""
    case = feeds.Case([])
    key = feeds.key_file(case, "key", b"0123456789abcdef")
    old = case.again([ONE], "--key", key)[1][0][2]
    long = dict(ONE, feed=1, sessions=[f"2027-{m:02}-01T10:00"
                                       for m in range(1, 13)])

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))

    done = subprocess.run(
        [os.path.join(feeds.BIN, "smp-publish"), "-j", "--now", NOW, "--key",
         key, case.directory], input=feeds.cared_for([long]), check=False,
        capture_output=True, env=feeds.ENVIRONMENT, preexec_fn=limit)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    tap.ok(done.returncode == 4 and not feeds.feed(case.directory, old) and
           [r["change"] for r in reports] == ["retired"] and
           b"the client has no feed until" in done.stderr,
           "an address given up goes, and what is lacking is said", done)
    done = case.again([long], "--key", key)
    tap.same((done[0], feeds.changes(done)), (0, ["new"]),
             "the next run writes the new one")


def doubles(tap):
    """A session that bears the identity of another entry."""
    case = feeds.Case([ONE])
    uid = next(u for u, e in case.events.items() if "STATUS" not in e and
               e["DTSTART"] < "20261201")
    done = case.again([dict(ONE, sessions=[
        "2026-12-01T10:00", feeds.session("2027-01-12T10:00", uid=uid)]), TWO])
    tap.ok(done[0] == 3 and "c-1" in done[2] and uid in done[2] and
           feeds.changes(done) == ["new"] and
           contents(case)["c-1.ics"] == case.old["c-1.ics"],
           "two entries with one UID: rejected, by name", done)


def many(tap):
    """More withdrawn than wait for one commit."""
    label = "withdrawn a thousand together"
    plans = [feeds.plan(f"c-{n}", "2026-12-01T10:00") for n in range(2200)]
    case = feeds.Case(plans)
    clients = feeds.key_file(case, "clients", b"c-1\n")
    most, before = 0, {"c-1.ics"}
    one = subprocess.Popen(
        [os.path.join(feeds.BIN, "smp-publish"), "--now", NOW, "--prune",
         "--clients", clients, case.directory], stdin=subprocess.PIPE,
        env=feeds.ENVIRONMENT)
    one.stdin.write(feeds.cared_for(plans[1:2]))
    one.stdin.close()
    while one.poll() is None:
        most = max(most, sum(n.endswith(".tmp")
                             for n in os.listdir(case.directory)))
    left = {n for n, t in contents(case).items() if b"VEVENT" in t[0]}
    tap.ok(one.returncode == 0 and left == before and most <= 1030, label,
           most, left)


def main():
    tap = Tap()
    for tests in (lists, strangers, unlistable, not_ours, missing_files,
                  stamps, torn_and_retired, revoked, doubles, many):
        tests(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
