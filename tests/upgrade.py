#!/usr/bin/env python3
"""What version 0.1.0 left on disk, taken on by this version; prints TAP.

tests/upgrade/0.1.0 holds plans, feeds, the state of caldav-push and the ledger
of mail-sessions as 0.1.0 wrote them (tests/upgrade/keep). This version goes on
from there: no id, feed name or UID changes, a SEQUENCE rises only if that
entry's time or status changed, feeds are rewritten once, nobody is mailed
again. $SMP_BIN names the programs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

from publish import BIN, ENVIRONMENT, ROOT, WEIGHTY, events, run, tree
from results import Tap

HERE = os.path.join(ROOT, "tests", "upgrade")
OLD = os.path.join(HERE, "0.1.0")
OVERLAY = ["-p", os.path.join(HERE, "overlay.json")]
NOW = "2026-11-21T10:00:00Z"
LATER = "2026-12-05T10:00:00Z"
KEY = "--key"
KINDS = {"plain": [], "keyed": [KEY], "discreet": ["--discreet", "--proposed"],
         "full": ["--discreet=full"]}
DELIVERY = os.path.join(ROOT, "examples", "delivery")
CURL = """#!/bin/sh
echo "$*" >>"$0.log"
while [ $# -gt 1 ]; do
    [ "$1" != -D ] || head=$2
    shift
done
printf 'ETag: "%s"\\r\\n' "${1##*/}" >"$head"
printf 201
"""
SENDMAIL = """#!/bin/sh
cat >>"$0.log"
"""


def read(name):
    with open(name, "rb") as file:
        return file.read()


def plans(text):
    return [json.loads(line) for line in text.splitlines()]


class Place:
    """A copy of what 0.1.0 left."""

    def __init__(self):
        self.top = tempfile.TemporaryDirectory()
        self.old = os.path.join(self.top.name, "old")
        shutil.copytree(OLD, self.old)
        os.chmod(self.path("key"), 0o600)
        os.chmod(self.path("sent"), 0o700)

    def path(self, name):
        return os.path.join(self.old, name)

    def program(self, name, text):
        path = os.path.join(self.top.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)
        return path

    def publish(self, kind, text, now):
        options = [o if o != KEY else f"--key={self.path('key')}"
                   for o in KINDS[kind]]
        return run("smp-publish", [*OVERLAY, *options, "--now", now,
                                   self.path(kind)], text)

    def deliver(self, script, *args, text=b"", **more):
        return subprocess.run(
            [os.path.join(DELIVERY, script), *args], input=text,
            env={**ENVIRONMENT, "TZ": "UTC", **more,
                 "PATH": f"{self.top.name}:{BIN}:{ENVIRONMENT['PATH']}"},
            capture_output=True, timeout=120, check=False)


def care(text, now, *options):
    for program in ("smp-precare", "smp-aftercare"):
        done = run(program, ["-j", *OVERLAY, "--now", now, *options], text)
        assert done.returncode == 0, done.stderr
        text = done.stdout
    return text


def identities(plan):
    """{(session, phase, rule): uid}"""
    return {(item["session"], item["phase"], item.get("rule")): item["uid"]
            for item in plan.get("items", ())}


def same_items(tap, old, new):
    wrong = [(plan["id"], place, uid) for plan, made in zip(old, new)
             for place, uid in identities(plan).items()
             if identities(made).get(place) != uid]
    tap.ok([p["id"] for p in old] == [p["id"] for p in new] and not wrong,
           "plans keep the ids of clients, their care and its uids", *wrong)


def when(entry):
    return entry["DTSTART"], entry.get("DTEND")


def is_session(entry):
    return "STATUS" in entry


def changed_for_nothing(old, new):
    """What an upgrade did to a feed's entries that it must not do."""
    made = {when(e): uid for uid, e in new.items() if not is_session(e)}
    for uid, entry in old.items():
        then = new.get(uid)
        weighty = then and [then.get(n) for n in WEIGHTY[:3]] != \
            [entry.get(n) for n in WEIGHTY[:3]]
        if is_session(entry) and (not then or weighty):
            yield f"session {uid} moved or went"
        if then and int(then["SEQUENCE"]) > int(entry["SEQUENCE"]) and \
                not weighty:
            yield f"{uid}: SEQUENCE {then['SEQUENCE']}"
        if not then and not is_session(entry) and when(entry) in made:
            yield f"{uid} became {made[when(entry)]}"


def came_or_went(old, new):
    """What a plan that has its care already must not bring about.

    A ban that goes on is shown on days on which 0.1.0 showed nothing of its
    session, and nothing is asked for once the next session has been.
    """
    for uid in set(old) ^ set(new):
        entry = new.get(uid) or old[uid]
        day, about = entry["DTSTART"][:8], entry.get("RELATED-TO")
        shown = any(e.get("RELATED-TO") == about and
                    e["DTSTART"] <= day < e["DTEND"] for e in old.values())
        begun = [e["UID"] for e in sorted(
            (e for e in new.values() if is_session(e)),
            key=lambda e: e["DTSTART"][:8]) if e["DTSTART"][:8] <= day]
        later = about in begun and begun[-1] != about
        if uid in old and not later or uid in new and shown:
            yield f"{uid} came or went"


def go_on(tap, kind, text, now, label, judge=changed_for_nothing):
    place = Place()
    before = tree(place.path(kind))
    done = place.publish(kind, text, now)
    after = tree(place.path(kind))
    wrong = [f"{name}: {fault}" for name in before if name in after
             for fault in judge(events(before[name][0]),
                                events(after[name][0]))]
    tap.ok(done.returncode == 0 and set(before) == set(after) and not wrong,
           f"{kind} feeds, {label}: names, UIDs and SEQUENCE stay",
           done.stderr, set(before) ^ set(after), *wrong)
    placed = [name for name in after for e in events(after[name][0]).values()
              if is_session(e) and e["DTSTART"] > now.replace("-", "")[:8] and
              e.get("LOCATION") != (None if kind == "full" else "Maple")]
    tap.ok(not placed, f"{kind} feeds, {label}: sessions to come get a place",
           *placed)
    again = place.publish(kind, text, now)
    tap.ok(again.returncode == 0 and tree(place.path(kind)) == after,
           f"{kind} feeds, {label}: rewritten once at most", again.stderr)
    return place


def posted_again(tap, text, now, label):
    place = Place()
    log = place.program("sendmail", SENDMAIL) + ".log"
    for method in ("request", "cancel"):
        done = place.deliver("mail-sessions", method, *OVERLAY, "--now", now,
                             text=text, SENT=place.path("sent"),
                             SENDMAIL=os.path.join(place.top.name, "sendmail"))
        tap.ok(done.returncode == 3 and not os.path.exists(log),
               f"{label}: nobody is mailed again ({method})", done.stderr,
               read(log) if os.path.exists(log) else "")
    notes = [read(os.path.join(place.path("sent"), name))
             for name in os.listdir(place.path("sent")) if name[0] != "."]
    tap.ok(any(b"LOCATION:Maple\n" in note for note in notes),
           f"{label}: the place is noted", *notes)
    os.remove(os.path.join(place.path("sent"), "b-4711.sent"))
    place.deliver("mail-sessions", "request", *OVERLAY, "--now", now, text=text,
                  SENT=place.path("sent"),
                  SENDMAIL=os.path.join(place.top.name, "sendmail"))
    tap.ok(os.path.exists(log) and read(log).count(b"\nTo:") == 1,
           f"{label}: only what is not noted is mailed")


def uploaded(tap, place):
    log = place.program("curl", CURL) + ".log"
    done = place.deliver("caldav-push", os.path.join(place.path("plain"),
                                                     "c-4.ics"),
                         "http://server.example/c-4", place.path("caldav"))
    calls = read(log).decode().splitlines() if os.path.exists(log) else []
    feed = events(read(os.path.join(place.path("plain"), "c-4.ics")))
    old = events(read(os.path.join(OLD, "plain", "c-4.ics")))
    bad = []
    for call in calls:
        uid = call.split()[-1].rsplit("/", 1)[1][:-len(".ics")]
        known = f'If-Match: "{uid}.ics"' in call
        if (uid in old) != known or \
                ("-X DELETE" in call and uid in feed) or \
                ("-X PUT" in call and old.get(uid, {}).get("") ==
                 feed[uid][""]):
            bad.append(call)
    tap.ok(done.returncode == 0 and not bad,
           "caldav-push: only what changed, on what the server had",
           done.stderr, *bad)


def main():
    tap = Tap()
    clients = read(os.path.join(HERE, "clients.ndjson"))
    stored = read(os.path.join(OLD, "plans.ndjson"))
    made = care(clients, NOW)
    same_items(tap, plans(stored), plans(made))
    same_items(tap, plans(stored), plans(care(stored, LATER)))
    for kind in KINDS:
        go_on(tap, kind, stored, NOW, "the plans of 0.1.0")
        go_on(tap, kind, stored, NOW, "the entries of 0.1.0", came_or_went)
        place = go_on(tap, kind, made, NOW, "plans made anew")
        if kind == "plain":
            uploaded(tap, place)
        go_on(tap, kind, care(clients, LATER), LATER, "two weeks later")
    posted_again(tap, clients, NOW, "clients")
    posted_again(tap, stored, NOW, "the plans of 0.1.0")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
