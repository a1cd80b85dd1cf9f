#!/usr/bin/env python3
"""Feeds: what is said of a run, once and plainly; prints TAP.

Options that are forgotten, plans that do not come, and what holds for many
clients. $SMP_BIN names the programs.
"""

import json
import os
import sys

import publish as feeds
from results import Tap

MANY = [feeds.plan(f"c-{n:02}", "2026-12-01T10:00") for n in range(30)]
IDS = "".join(plan["id"] + "\n" for plan in MANY).encode()
EIGHT = ", ".join(plan["id"] for plan in MANY[:8])
SHAPED = "0123456789abcdef-0123456789abcdef0123456789abcdef"


def said(done):
    """What standard error says, without the program's name."""
    return [line.partition(": ")[2] for line in done[2].splitlines()]


def case_of(plans, *options):
    """A case with two keys."""
    case = feeds.Case([])
    case.keys = [feeds.key_file(case, f"key{n}", b"%d" % n * 16)
                 for n in range(2)]
    case.data = feeds.cared_for(plans)
    options = [case.keys[0] if o == "KEY" else o for o in options]
    case.first = feeds.publish(case.directory, case.data, *options)
    case.old = feeds.tree(case.directory)
    return case


def number_without_key(tap):
    number = [dict(feeds.plan("c", "2026-12-01T10:00"), feed=n)
              for n in range(3)]
    case = case_of(number[:1])
    tap.same((case.first[0], said(case.first)), (0, []), "no feed number")
    for plan, what in ((number[1], "a feed number"), (number[2], "another")):
        done = feeds.publish(case.directory, feeds.cared_for([plan]))
        tap.same((done[0], len(feeds.tree(case.directory)), said(done)),
                 (0, 1, ["c: the number in feed changes no name without --key"]),
                 f"{what}, no key: said")
    done = feeds.publish(case.directory, feeds.cared_for([number[2]]))
    tap.same((feeds.changes(done), len(said(done))), (["unchanged"], 1),
             "as it was: said again")
    keyed = case_of([number[1]], "--key", "KEY")
    tap.same((keyed.first[0], said(keyed.first)), (0, []), "with a key: not said")


def forgotten_key(tap):
    case = case_of(MANY, "--key", "KEY")
    clients = feeds.key_file(case, "clients", IDS)
    for options in ([], ["--dry-run"], ["--prune=now", "--clients", clients],
                    ["--clients", clients], ["--wait"]):
        for data in (case.data, b""):
            done = feeds.publish(case.directory, data, *options)
            tap.ok(done[0] == 2 and not done[1] and len(said(done)) == 1 and
                   "--key" in done[2] and
                   feeds.tree(case.directory) == case.old,
                   f"keyed feeds, none given, {options[:1]}: refused", done)
    done = feeds.publish(case.directory, case.data, "--key", case.keys[0])
    tap.same((done[0], set(feeds.changes(done)), done[2]),
             (0, {"unchanged"}, ""), "with it: unchanged")
    one = sorted(case.old)[0]
    for name, text in case.old.items():
        if name != one:
            os.remove(os.path.join(case.directory, name))
    done = feeds.publish(case.directory, case.data)
    tap.same((done[0], done[1]), (2, []), "one keyed feed is enough")
    os.rename(os.path.join(case.directory, one),
              os.path.join(case.directory, "." + one))
    done = feeds.publish(case.directory, case.data)
    tap.same((done[0], len(done[1])), (0, 30), "a hidden file is no feed")


def shaped_ids(tap):
    """An id that looks like a name with a key."""
    case = case_of([feeds.plan(SHAPED, "2026-12-01T10:00")])
    done = feeds.publish(case.directory, case.data)
    tap.same((case.first[1], done[0], done[1]),
             ([("new", SHAPED, f"~30{SHAPED[1:]}.ics")], 0,
              [("unchanged", SHAPED, f"~30{SHAPED[1:]}.ics")]),
             "its feed looks like none")


def other_key(tap):
    case = case_of(MANY, "--key", "KEY")
    clients = feeds.key_file(case, "clients", IDS)
    two = case.keys[1]
    done = feeds.publish(case.directory, case.data, "--key", two, "--dry-run")
    tap.ok(done[0] == 0 and "no existing feed" in done[2] and
           feeds.tree(case.directory) == case.old, "tried: said", done)
    done = feeds.publish(case.directory, b"", "--key", two)
    tap.ok("no existing feed" not in done[2], "no plan: not said", done)
    done = feeds.publish(case.directory, case.data, "--key", two)
    tap.ok(done[0] == 0 and set(feeds.changes(done)) == {"new"} and
           len(said(done)) == 1 and "--prune" in done[2],
           "another key: other names, and the old ones are said", done)
    done = feeds.publish(case.directory, case.data, "--key", two)
    tap.same((done[0], done[2]), (0, ""), "once")
    done = feeds.publish(case.directory, case.data, "--key", two, "--prune",
                         "--clients", clients)
    tap.same((done[0], sorted(set(feeds.changes(done))), done[2]),
             (0, ["retired", "unchanged"], ""), "--prune: withdrawn")
    case = case_of(MANY, "--key", "KEY")
    new = feeds.cared_for(MANY[:1] + [feeds.TWO])
    done = feeds.publish(case.directory, new, "--key", case.keys[0])
    tap.same((done[0], done[2]), (0, ""), "one who was there: the same key")


def from_plain_to_key(tap):
    case = case_of(MANY)
    feeds.key_file(case, "feeds/holidays.ics", b"")
    clients = feeds.key_file(case, "clients", IDS)
    key = ("--key", case.keys[0])
    done = feeds.publish(case.directory, case.data, *key)
    tap.ok(done[0] == 0 and set(feeds.changes(done)) == {"new"} and
           [line.split(": ")[0] for line in said(done)] ==
           [f"{EIGHT} and 22 more"] and "guessable" in done[2],
           "names with a key from now on: those without are said", done)
    again = feeds.publish(case.directory, case.data, *key)
    tap.same(again[2], done[2], "as long as they are there")
    done = feeds.publish(case.directory, case.data, *key, "--prune",
                         "--clients", clients)
    tap.same((done[0], done[2]), (0, ""), "--prune: withdrawn")
    done = feeds.publish(case.directory, case.data, *key)
    tap.same((done[0], done[2]), (0, ""), "and not said any more")


def empty_input(tap):
    case = case_of(MANY)
    clients = feeds.key_file(case, "clients", IDS)
    nothing = "nothing is published: the input was empty"
    none = "no feed is withdrawn: the input was empty"
    listed = ["--clients", clients]
    for data in (b"", b"\n \n"):
        for options, status, count, what in (
                ([], 0, 0, nothing), (listed, 3, 30, nothing),
                (["--prune"] + listed, 3, 30, none),
                (["--prune=now"] + listed, 3, 30, none)):
            done = feeds.publish(case.directory, data, *options)
            tap.ok((done[0], len(done[1]), said(done)) ==
                   (status, count, [what]) and
                   feeds.tree(case.directory) == case.old,
                   f"no plan, {options[:1]}: one line", done)
    new = os.path.join(case.top.name, "new")
    done = feeds.publish(new, b"")
    tap.same((done[0], done[2]), (0, ""), "nor any feed: nothing to be said")
    done = feeds.publish(case.directory, b"<html>\n", *listed, "--prune")
    tap.ok(done[0] == 4 and [line.partition(": ")[0] for line in said(done)] ==
           ["<stdin>", "no feed is withdrawn"], "a web page: two lines", done)
    cut = feeds.key_file(case, "cut", IDS[:-1])
    done = feeds.publish(case.directory, b"", "--prune", "--clients", cut)
    tap.same(said(done), [none], "a list cut off: the input comes first")


def missing(tap):
    case = case_of(MANY)
    clients = feeds.key_file(case, "clients", IDS)
    some = feeds.cared_for(MANY[20:])
    done = feeds.publish(case.directory, some, "--clients", clients)
    tap.ok((done[0], feeds.changes(done).count("missing")) == (3, 20) and
           said(done) == [f"{EIGHT} and 12 more: missing: in --clients, but "
                          "has no plan"], "20 missing: one line", done)
    done = feeds.publish(case.directory, some, "--clients", clients, "-v")
    tap.same([line.partition(":")[0] for line in said(done)[:-1]],
             [plan["id"] for plan in MANY[:20]], "-v: each by name")
    pre = feeds.run("smp-precare", ["-j"], feeds.lines(MANY)).stdout
    for data, count, what in ((pre, 30, "all"),
                              (pre[:pre.index(b"\n") + 1] + some, 1, "some")):
        done = feeds.publish(case.directory, data, "--prune", "--clients",
                             clients)
        lines = said(done)
        tap.ok(done[0] == 3 and len(done[1]) == 30 and
               all("smp-aftercare" in line for line in lines[:count]) and
               lines[count:][:1] == ["no feed is withdrawn: "
                                     f"{what} of the input was rejected"] and
               "c-00" not in "".join(lines[count:]) and
               len(lines) == count + (1 if what == "all" else 2),
               f"{what} rejected: they are not named twice", done)
    done = feeds.publish(case.directory, case.data, "--prune", "--clients",
                         feeds.key_file(case, "few", b"c-29\nc-30\n"))
    tap.same(said(done),
             ["no feed is withdrawn: a plan arrived for a client not in "
              "--clients", f"{EIGHT} and 21 more: not published: the client "
              "is not in --clients", "c-30: missing: in --clients, but has no plan"],
             "a list of others: three lines")


def mixed(tap):
    case = case_of(MANY)

    def plans(name):
        for number, line in enumerate(case.data.splitlines()):
            plan = json.loads(line)
            plan["care"]["pre"] = name(number)
            yield plan

    post = json.loads(case.data.splitlines()[0])["care"]["post"]
    what = ("care before and after the session comes from different "
            "protocols, {} and {}")
    data = feeds.lines(plans(lambda n: f"smp@{n % 2}"))
    for _ in range(2):
        done = feeds.publish(case.directory, data)
        tap.ok(done[0] == 0 and len(done[1]) == 30 and said(done) == [
            ", ".join(p["id"] for p in MANY[n:16:2]) + " and 7 more: " +
            what.format(f"smp@{n}", post) for n in (0, 1)],
            "two pairs of protocols: two lines, each time", done)
    done = feeds.publish(case.directory, feeds.lines(
        plans(lambda n: "\x1b]0;" + "x" * 900 + str(n))))
    tap.ok(done[0] == 0 and len(said(done)) == 1 and len(done[2]) < 400 and
           "\x1b" not in done[2], "long names: cut, and clean", done)
    other = [dict(json.loads(line), id=f"d-{n}",
                  care={"pre": f"smp@{n}", "post": post})
             for n, line in enumerate(case.data.splitlines() * 4)]
    done = feeds.publish(case.directory, feeds.lines(other))
    tap.ok(done[0] == 0 and sorted(said(done)) == sorted(
        f"d-{n}: " + what.format(f"smp@{n}", post) for n in range(120)) and
        said(done)[0].startswith("d-64: "),
        "120 pairs: each is said, and no more than 64 are gathered", done)


def assumed_zone(tap):
    case = case_of(MANY)
    bare = [{"id": "c-1", "sessions": ["2026-12-01T10:00"]}]
    for options in ([], ["-z", "Europe/Paris"]):
        done = feeds.publish(case.directory, feeds.cared_for(bare), *options)
        tap.ok(done[0] == 3 and "was only assumed from the machine: give -z "
               "to the first program" in done[2], f"{options}: which program needs -z",
               done)
    done = feeds.publish(case.directory,
                         feeds.cared_for(bare, "-z", "Europe/Paris"))
    tap.same((done[0], done[2]), (0, ""), "it had it: published")


def main():
    tap = Tap()
    for tests in (number_without_key, forgotten_key, shaped_ids, other_key, from_plain_to_key,
                  empty_input, missing, mixed, assumed_zone):
        tests(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
