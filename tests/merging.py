#!/usr/bin/env python3
"""smp-plan merge, against a model of it; prints TAP.

A studio's year: exports in turn, with appointments booked, moved, cancelled,
missed and deleted, clients renamed, times set by hand. What the plans and the
feeds hold at the end is what a model of the rules says. Then exports that are
cut off, or have a broken row: they cancel nothing. $SMP_BIN names the programs.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
ENVIRONMENT = {"PATH": BIN + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8",
               "TZ": "UTC"}
HEAD = "Appointment ID,Client ID,Client,Email,Date,Time,Duration,Status,Notes\n"
WORDS = {"booked": "Confirmed", "done": "Completed", "cancelled": "Cancelled",
         "noshow": "No Show"}


def run(command, cwd, text=b""):
    return subprocess.run(["sh", "-c", command], input=text, cwd=cwd,
                          env=ENVIRONMENT, capture_output=True, timeout=100,
                          check=False)


def at(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


class Studio:
    """The booking system, and what plans should become by the rules."""

    def __init__(self, seed, clients):
        self.random = random.Random(seed)
        self.now = datetime(2026, 1, 5, 8)
        self.rows = []          # what the system has, in order of booking
        self.plans = {}         # the model: id -> {name, sessions by ref}
        self.last = 0
        self.names = {f"c-{n}": f"Client {n}" for n in range(clients)}
        for client in self.names:
            self.book(client)

    def book(self, client):
        taken = {r["start"] for r in self.rows if r["client"] == client}
        start = self.now.replace(minute=0) + timedelta(
            days=self.random.randint(1, 120), hours=self.random.randint(0, 8))
        if start in taken:
            return
        self.last += 1
        self.rows.append({"ref": str(self.last), "client": client,
                          "start": start, "status": "booked"})

    def change(self):
        """One thing that happens."""
        coming = [r for r in self.rows
                  if r["start"] > self.now and r["status"] == "booked"]
        what = self.random.choice(["book", "book", "move", "move", "cancel",
                                   "delete", "rename", "again"])
        if what == "book" or not coming:
            return self.book(self.random.choice(list(self.names)))
        row = self.random.choice(coming)
        if what == "move":
            start = row["start"] + timedelta(days=self.random.randint(1, 20))
            if all(r["start"] != start or r["client"] != row["client"]
                   for r in self.rows):
                row["start"] = start
        elif what == "cancel":
            row["status"] = "cancelled"
        elif what == "delete":
            self.rows.remove(row)
        elif what == "rename":
            self.names[row["client"]] += "x"
        else:
            gone = [r for r in self.rows if r["status"] == "cancelled" and
                    r["start"] > self.now]
            if gone:
                self.random.choice(gone)["status"] = "booked"

    def pass_time(self, hours):
        self.now += timedelta(hours=hours)
        for row in self.rows:
            if row["start"] <= self.now and row["status"] == "booked":
                row["status"] = self.random.choice(["done"] * 4 + ["noshow"])

    def export(self):
        return HEAD + "".join(
            f'{r["ref"]},{r["client"]},{self.names[r["client"]]},'
            f'{r["client"]}@x.org,{r["start"]:%Y-%m-%d},{r["start"]:%H:%M},3h,'
            f'{WORDS[r["status"]]},"takes warfarin,\nand more"\n'
            for r in self.rows)

    def merge(self, waits):
        """The model of a merge with --gone cancelled --most 100; `waits` if what
        vanished could be an export cut off."""
        seen = {r["ref"]: r for r in self.rows}
        fresh = []
        for plan in self.plans.values():
            for ref, session in plan["sessions"].items():
                if ref not in seen and session["status"] == "booked" and \
                        session["start"] >= self.now:
                    fresh.append(session)
        for session in fresh:
            if session["gone"] or not waits:
                session["status"] = "cancelled"
                session["sequence"] += 1
            session["gone"] = True
        for row in self.rows:
            plan = self.plans.setdefault(row["client"], {"sessions": {}})
            plan["name"] = self.names[row["client"]]
            status = "cancelled" if row["status"] == "noshow" else row["status"]
            session = plan["sessions"].get(row["ref"])
            if not session:
                plan["sessions"][row["ref"]] = {
                    "start": row["start"], "status": status, "sequence": 0,
                    "gone": False, "set": None}
                continue
            session["gone"] = False
            said = (row["start"], status)
            if session["set"] and session["set"] == said and \
                    (session["start"], session["status"]) != said:
                continue
            session["set"] = None
            if (session["start"], session["status"]) != said:
                session["start"], session["status"] = said
                session["sequence"] += 1

    def set(self, client, ref, start):
        session = self.plans[client]["sessions"][ref]
        if not session["set"]:
            session["set"] = (session["start"], session["status"])
        session["start"] = start
        session["sequence"] += 1
        if session["set"] == (session["start"], session["status"]):
            session["set"] = None


def plans_of(path):
    with open(path, encoding="utf-8") as file:
        return {p["id"]: p for p in map(json.loads, file)}


def differences(plans, model):
    wrong = []
    if set(plans) != set(model):
        wrong.append(f"clients: {set(plans) ^ set(model)}")
    for client in set(plans) & set(model):
        plan, like = plans[client], model[client]
        got = {s["ref"]: (s["start"], s["status"], s.get("sequence", 0))
               for s in plan["sessions"]}
        wanted = {r: (at(s["start"]), s["status"], s["sequence"])
                  for r, s in like["sessions"].items()}
        if got != wanted or plan["name"] != like["name"]:
            wrong.append(f"{client}: {set(got.items()) ^ set(wanted.items())}")
    return wrong


def year(tap, seed, clients, exports):
    studio = Studio(seed, clients)
    said, wrong = "", []
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "plans")
        for step in range(exports):
            studio.pass_time(studio.random.choice([1, 1, 24, 72, 120]))
            for _ in range(studio.random.randint(0, 4)):
                studio.change()
            got = run(f"smp-import -z UTC - | smp-plan merge --now "
                      f"{at(studio.now)}Z --gone cancelled --most 100 "
                      f"-o plans plans", top, studio.export().encode())
            waits = b"may be cut off" in got.stderr
            studio.merge(waits)
            said += got.stdout.decode() + got.stderr.decode()
            if got.returncode != (3 if waits else 0):
                wrong.append(f"export {step}: {got.returncode} {got.stderr}")
            if step % 3 == 0:
                set_by_hand(studio, top, path)
            if step == exports // 2:
                before = open(path, "rb").read()
                run(f"smp-import -z UTC - | smp-plan merge --now "
                    f"{at(studio.now)}Z -o plans plans", top,
                    studio.export().encode())
                tap.ok(open(path, "rb").read() == before,
                       "merging twice changes nothing")
            wrong += differences(plans_of(path), studio.plans)
            if wrong:
                break
        tap.ok(not wrong, f"{exports} exports of {clients} clients: the plans "
               "are the model's", *wrong)
        tap.ok("warfarin" not in said, "no note is shown", said)
        check_feeds(tap, studio, top)


def set_by_hand(studio, top, path):
    plans = plans_of(path)
    coming = [(p["id"], s) for p in plans.values() for s in p["sessions"]
              if s["status"] == "booked" and s["start"] > at(studio.now)]
    if not coming:
        return
    client, session = studio.random.choice(coming)
    start = datetime.fromisoformat(session["start"]) + timedelta(hours=1)
    got = run(f"smp-plan set --now {at(studio.now)}Z -o plans "
              f"{client}:{session['number']}={at(start)} < plans", top)
    if got.returncode == 0:
        studio.set(client, session["ref"], start)


def check_feeds(tap, studio, top):
    got = run(f"smp-precare -j < plans | smp-aftercare -j | smp-publish "
              f"--now {at(studio.now)}Z feeds 2>&1", top)
    wrong = [] if got.returncode == 0 else [got.stdout]
    for client, plan in studio.plans.items():
        with open(os.path.join(top, "feeds", client + ".ics"),
                  encoding="utf-8") as file:
            text = file.read()
        shown = sorted(re.findall(r"DTSTART:(\d{8}T\d{6})Z", text))
        wanted = sorted(s["start"].strftime("%Y%m%dT%H%M%S")
                        for s in plan["sessions"].values()
                        if s["status"] != "cancelled")
        if shown != wanted:
            wrong.append(f"{client}: {shown} {wanted}")
    tap.ok(not wrong, "... and the feeds have those sessions", *wrong)


def cut(tap, count):
    """Exports that lack something cancel nothing that is booked."""
    studio = Studio(7, 60)
    for _ in range(40):
        studio.book(studio.random.choice(list(studio.names)))
    whole = studio.export()
    exports = []
    rows = [m.end() for m in re.finditer(r'more"\n', whole)]
    for n in range(count):
        kind = n % 4
        place = studio.random.randrange(len(HEAD), len(whole))
        if kind == 0:       # anywhere
            exports.append(whole[:place])
        elif kind == 1:     # after a whole row
            exports.append(whole[:studio.random.choice(rows[:-1])])
        elif kind == 2:     # near the end
            exports.append(whole[:-studio.random.randint(1, 300)])
        else:               # one octet more, or another, in a row
            broken = studio.random.choice(['"', ",", "\n", "\0"])
            more = studio.random.randint(0, 1)
            exports.append(whole[:place] + broken + whole[place + more:])
    with tempfile.TemporaryDirectory() as top:
        run(f"smp-import -z UTC - | smp-plan merge --now {at(studio.now)}Z "
            "-o plans", top, whole.encode())
        wrong = []
        before = plans_of(os.path.join(top, "plans"))
        for text in exports:
            got = run(f"smp-import -z UTC - | smp-plan merge --now "
                      f"{at(studio.now)}Z --gone cancelled plans", top,
                      text.encode())
            for plan in map(json.loads, got.stdout.splitlines()):
                old = before.get(plan["id"], {"sessions": []})
                kept = {s.get("ref") for s in plan["sessions"]
                        if s["status"] == "booked"}
                lost = {s["ref"] for s in old["sessions"]} - kept
                if lost and text not in wrong:
                    wrong.append((len(text), plan["id"], lost, got.stderr))
        tap.ok(not wrong, f"{count} exports cut off or with a broken row "
               "cancel nothing", *wrong)


def sequence(tap):
    """Moved, cancelled, booked again: SEQUENCE by RFC 5546."""
    row = "{},c-1,Jo,jo@x.org,{},10:00,3h,{},\n"
    steps = [row.format(1, "2026-12-01", "Confirmed"),
             row.format(1, "2026-12-03", "Confirmed"),
             row.format(1, "2026-12-03", "Cancelled"),
             row.format(1, "2026-12-03", "Confirmed"),
             row.format(1, "2026-12-03", "Cancelled") +
             row.format(2, "2026-12-03", "Confirmed")]
    seen = []
    with tempfile.TemporaryDirectory() as top:
        with open(os.path.join(top, "over.json"), "w",
                  encoding="utf-8") as file:
            file.write('{"studio": {"name": "X", "email": "me@x.org"}}')
        for n, text in enumerate(steps):
            run(f"smp-import -z UTC - | smp-plan merge --now 2026-11-2{n}T09:00Z"
                " -o plans plans", top, (HEAD + text).encode())
            shown = []
            for method in ("request", "cancel"):
                got = run("smp-schedule -i -n 1 --method " + method +
                          " -p over.json < plans 2>&1", top)
                text = got.stdout.decode()
                shown += [(m, u, int(s)) for m, u, s in re.findall(
                    r"METHOD:(\w+).*?UID:(\S+).*?SEQUENCE:(\d+)", text, re.S)]
            seen.append(shown)
    uid = seen[0][0][1] if seen[0] else ""
    tap.same(seen[:4], [[("REQUEST", uid, 0)], [("REQUEST", uid, 1)],
                        [("CANCEL", uid, 2)], [("REQUEST", uid, 3)]],
             "SEQUENCE grows with each change")
    tap.ok(len(seen[4]) == 2 and seen[4][1][:2] == ("CANCEL", uid) and
           seen[4][1][2] == 4 and seen[4][0][0] == "REQUEST" and
           seen[4][0][1] != uid, "... and another appointment is another",
           seen[4])


def replaced(tap):
    """The file of -o was replaced after the shell had opened it as input."""
    plan = ('{"id": "c-%d", "timeZone": "UTC", "sessions": [{"number": 1, '
            '"start": "2027-01-05T10:00:00", "status": "booked"}]}\n')
    for linked in False, True:
        with tempfile.TemporaryDirectory() as top:
            path = os.path.join(top, "plans")
            with open(path, "w", encoding="utf-8") as file:
                file.write(plan % 1 + plan % 2)
            if linked:
                os.symlink("plans", os.path.join(top, "link"))
            got = run("exec 3< plans; smp-plan set -o plans c-1:1=done < plans;"
                      f"smp-plan set -o {'link' if linked else 'plans'} "
                      "c-2:1=done <&3", top)
            tap.same((got.returncode, [p["sessions"][0]["status"] for p in
                                       plans_of(path).values()]),
                     (0, ["done", "done"]), "set loses nothing that another "
                     "run has written" + " through a link" * linked)


def unreadable(tap):
    """A client whose plan cannot be read is neither new nor gone."""
    good = '{"id": "c-1", "timeZone": "UTC", "sessions": ["2027-01-05"]}\n'
    bad = good.replace("01-05", "13-05")
    other = good.replace("c-1", "c-2")
    with tempfile.TemporaryDirectory() as top:
        for old, new in (good, bad), (bad, good):
            with open(os.path.join(top, "old"), "w", encoding="utf-8") as file:
                file.write(old)
            got = run("smp-plan diff old", top, (new + other).encode())
            tap.same((got.returncode, got.stdout, got.stderr.count(b"\n")),
                     (3, b"c-2: new\n", 1), "diff says nothing of a plan that "
                     "cannot be read, but that")


def stated(tap):
    """A zone that was assumed by mistake is mended by the next export."""
    local = ("Client,Email,Date,Time,Status\n"
             "Jo,jo@x.org,2026-12-01,10:00,Completed\n"
             "Jo,jo@x.org,2027-01-12,10:00,Confirmed\n")
    instants = ("Client,Email,Start,Status\n"
                "Jo,jo@x.org,2026-12-01T15:00:00Z,Completed\n"
                "Jo,jo@x.org,2027-01-12T15:00:00Z,Confirmed\n")
    for what, export, grown in (("local times", local, 1),
                                ("instants", instants, 0)):
        with tempfile.TemporaryDirectory() as top:
            for zone in "", "-z America/Toronto":
                got = run("touch plans; smp-import --now 2026-12-05T12:00Z "
                          f"{zone} - | smp-plan merge -o plans plans", top,
                          export.encode())
            plan, = plans_of(os.path.join(top, "plans")).values()
            tap.same((got.returncode, plan["timeZone"],
                      plan.get("timeZoneAssumed"),
                      [(s["start"], s["status"], s.get("sequence", 0))
                       for s in plan["sessions"]]),
                     (0, "America/Toronto", None,
                      [("2026-12-01T10:00:00", "done", 0),
                       ("2027-01-12T10:00:00", "booked", grown)]),
                     f"a stated zone replaces an assumed one: {what}")


def main():
    tap = Tap()
    year(tap, 1, 40, 60)
    year(tap, 2, 12, 60)
    cut(tap, 200)
    sequence(tap)
    replaced(tap)
    unreadable(tap)
    stated(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
