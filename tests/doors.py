#!/usr/bin/env python3
"""No door contradicts another; prints TAP.

usage: doors.py [all]

The doors are smp-may, and of smp-precare and smp-aftercare the calendar, the
message of a day (--on) with its title, and the checklist (--from, --until).
Plans of many shapes are put to them, by every protocol of tests/studios, the
built-in one and its translations. For a day and a rule they contradict each
other if

  a ban that decides a verdict is not listed,
  a ban is listed, but smp-may forbids nothing that it names,
  what is to be done or allowed is listed, but smp-may has no such verdict for
  anything that it names,
  a rule that smp-may says is to be followed is not listed,
  a title tells of a permission alone while a ban is listed.

In `make check` a few days of each protocol are looked at; `make check-doors`
looks at all of them. $SMP_BIN names the programs.
"""

import datetime
import itertools
import json
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
SAMPLE = int(os.environ.get("SMP_SAMPLE", "1"))

DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2026, 11, 20), datetime.date(2027, 4, 30)
BANS, GRANTS = ("avoid", "wait"), ("do", "may")
OPEN = ("if-healed", "if-not-healed", "ask")
A, B, C, D = ("2026-12-01T10:00", "2027-01-05T10:00", "2027-02-09T10:00",
              "2027-03-16T10:00")


def session(start, **members):
    return {"start": start, **members}


SHAPES = {
    "one": [A],
    "one, the final one": [session(A, final=True)],
    "two": [A, B],
    "three": [A, B, C],
    "four": [A, B, C, D],
    "late": ["2026-12-01T22:30", "2027-01-05T22:30"],
    "days": ["2026-12-01", "2027-01-05"],
    "soon": [A, "2026-12-06T10:00"],
    "proposed": [A, session(B, status="proposed"),
                 session(C, status="proposed")],
    "optional": [A, B, C, session(D, status="optional")],
    "cancelled": [A, session(B, status="cancelled"), C],
    "healed": [session(A, healed="2026-12-09"), B],
    "not healed": [session(A, healed=False)],
    "not healed, then healed": [session(A, healed=False),
                                session(B, healed="2027-01-14"), C],
    "not healed at last": [A, session(B, healed=False, final=True)],
}


def run(program, args, text):
    done = subprocess.run([os.path.join(BIN, program), *args], input=text,
                          env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, close_fds=False,
                          encoding="utf-8", timeout=TIMEOUT, check=False)
    if done.returncode not in (0, 1, 5, 6):
        raise RuntimeError(f"{program} {' '.join(args)}: {done.stderr}")
    return done.stdout


def lines(plans):
    return "".join(json.dumps(plan) + "\n" for plan in plans)


def plain(text):
    return " ".join(text.split())


class Protocol:
    def __init__(self, name, options):
        self.name, self.options = name, options
        whole = json.loads(run("smp-protocol", ["show", "-j", *options], ""))
        self.rules = whole["rules"]
        tags = sorted({tag for rule in self.rules.values()
                       for key in ("if", "unless")
                       for tag in listed(rule.get(key))})
        self.plans = [{"id": shape, "timeZone": "UTC", "facts": facts,
                       "sessions": sessions}
                      for shape, sessions in SHAPES.items()
                      for facts in ([], tags)[:1 + bool(tags)]]
        for number, plan in enumerate(self.plans):
            plan["id"] += f" {number}"
        self.care = run("smp-aftercare", ["-j", *options],
                        run("smp-precare", ["-j", *options],
                            lines(self.plans)))
        self.words = {}  # by rule: how it is recognized
        for plan in map(json.loads, self.care.splitlines()):
            for item in plan["items"]:
                self.words[item["rule"]] = (plain(item["text"]),
                                            plain(item["title"]))

        halves = {rule: words[0][len(words[0]) // 2:].lower()
                  for rule, words in self.words.items()}
        self.alike = {rule for rule, half in halves.items()
                      if "text" not in self.rules[rule] or
                      any(half in words[0].lower() for other, words in
                          self.words.items() if other != rule)}

    def verdicts(self, activity, day):
        """{plan's id: answer}, as if no session were proposed."""
        booked = [{**plan, "sessions": [
            s for s in plan["sessions"]
            if not isinstance(s, dict) or s.get("status") != "proposed"]}
            for plan in self.plans]
        answers = run("smp-may", ["-j", *self.options, "--on", str(day),
                                  activity], lines(booked))
        return {answer["id"]: answer
                for answer in map(json.loads, answers.splitlines())}


def listed(value):
    return [value] if isinstance(value, str) else value or []


def entries(calendar):
    """(first, end, title, what is listed) of the entries of one plan."""
    text = calendar.replace("\n ", "")
    found = []
    for event in text.split("BEGIN:VEVENT")[1:]:
        value = {key: match[1].replace("\\n", "\n").replace("\\", "")
                 for key in ("SUMMARY", "DESCRIPTION")
                 if (match := re.search(rf"\n{key}:(.*)\n", event))}
        first, end = (datetime.datetime.strptime(day, "%Y%m%d").date()
                      for day in re.findall(r"\nDT(?:START|END)\S*:(\d{8})",
                                            event))
        found.append((first, max(end, first + DAY), value["SUMMARY"],
                      list_of(value.get("DESCRIPTION", ""))))
    return found


class Doors:
    """What the doors of one protocol say, asked for once."""

    def __init__(self, protocol):
        self.protocol = protocol
        self.calendars = {}
        for line in protocol.care.splitlines():
            plan = json.loads(line)
            self.calendars[plan["id"]] = entries(run(
                "smp-aftercare", ["-i", *protocol.options], line + "\n"))

    def says(self, day):
        """{door: {plan's id: text}} and {plan's id: title} of the message."""
        options = self.protocol.options
        notes = {plan["id"]: plan["day"] for plan in map(
            json.loads, run("smp-aftercare", [
                "-j", *options, "--on", str(day)],
                self.protocol.care).splitlines())}
        sheets = {}
        for line in self.protocol.care.splitlines():
            sheets[json.loads(line)["id"]] = plain(run(
                "smp-aftercare", [*options, "--from", str(day), "--until",
                                  str(day)], line + "\n"))
        return {
            "--on": {i: list_of(note["text"]) for i, note in notes.items()},
            "sheet": sheets,
            "calendar": {i: "\n".join(text for first, end, _, text in found
                                     if first <= day < end)
                         for i, found in self.calendars.items()},
        }, {i: note["title"] for i, note in notes.items()}


def list_of(text):
    """What a message or a description lists: its lines behind a dash."""
    return "\n".join(plain(line) for line in text.split("\n")
                     if line.startswith("- "))


def is_listed(text, words, door):
    if door == "sheet":  # it has words of its own for the verb
        return words[0][len(words[0]) // 2:].lower() in text.lower()
    return re.search(rf"(- |: ){re.escape(words[0])}$|- {re.escape(words[1])}$",
                     text, re.MULTILINE) is not None


def contradictions(protocol, rule, answers, said, door):
    """What a door says of a rule, against the verdicts for what it names."""
    verb, words = protocol.rules[rule]["verb"], protocol.words[rule]
    verdicts = {answer["verdict"] for answer in answers}
    if verb in BANS:
        due = any(answer["rule"] == rule and answer["verdict"] == "no"
                  for answer in answers)
        right = verdicts & {"no", *OPEN}
    else:
        due = any(answer["rule"] == rule and answer["verdict"] in ("do", "yes")
                  for answer in answers)
        right = verdicts & {"do", "yes", *OPEN}
    there = is_listed(said, words, door)
    if due and not there:
        return f"{rule} is not listed"
    if there and not right:
        return f"{rule} is listed, but {', '.join(sorted(verdicts))}"
    return None


def check_day(protocol, doors, day, rules):
    wrong, count = [], 0
    said, titles = doors.says(day)
    names = {rule: listed(protocol.rules[rule].get("what")) for rule in rules}
    asked = {a: protocol.verdicts(a, day)
             for a in sorted(set(itertools.chain(*names.values())))}
    for rule, (door, plans) in itertools.product(rules, said.items()):
        if protocol.rules[rule]["verb"] not in BANS + GRANTS:
            continue
        for plan in protocol.plans:
            answers = [asked[a][plan["id"]] for a in names[rule]]
            # everlasting care that forbids nothing is said when it begins
            if door == "calendar" and is_endless(protocol.rules[rule]):
                continue
            if door == "sheet" and rule in protocol.alike:
                continue
            if door == "--on" and not plans.get(plan["id"]):
                continue  # all that holds holds for ever
            text = plans.get(plan["id"], "")
            fault = answers and contradictions(protocol, rule, answers, text,
                                               door)
            count += 1
            if fault:
                wrong.append(f"{protocol.name}, {plan['id']}, {day}, {door}: "
                             f"{fault}")
    for plan, title in titles.items():
        wrong += bad_titles(protocol, plan, day, title, said["--on"][plan])
    for plan, found in doors.calendars.items():
        for first, _, title, text in found:
            if first == day:
                wrong += bad_titles(protocol, plan, day, title, text)
    return wrong, count


def is_endless(rule):
    return rule["verb"] not in BANS and rule.get("during", "").endswith("/")


def bad_titles(protocol, plan, day, title, text):
    """A permission is not all that a title tells while a ban is in force."""
    bans = [words[1] for rule, words in protocol.words.items()
            if protocol.rules[rule]["verb"] in BANS and words[0] in text]
    permissions = [words[1] for rule, words in protocol.words.items()
                   if protocol.rules[rule]["verb"] == "may"]
    what = title.split(": ", 1)[-1]
    if bans and any(what.startswith(words) for words in permissions):
        return [f"{protocol.name}, {plan}, {day}: title: {title}"]
    return []


def protocols():
    directory = os.path.join(ROOT, "tests", "studios")
    for lang in ("en", "fr", "es"):
        yield f"built-in {lang}", ["--lang", lang]
    for name in sorted(os.listdir(directory)):
        if name.endswith(".json"):
            yield name[:-5], ["-p", os.path.join(directory, name)]


def check(name, options, everything):
    protocol = Protocol(name, options)
    doors = Doors(protocol)
    days = [FIRST + i * DAY for i in range((LAST - FIRST).days)]
    rng = random.Random(name)
    rules = sorted(protocol.words)
    wrong, count = [], 0
    if not everything:
        days = rng.sample(days, 2)
    for day in days:
        some = rules if everything else rng.sample(rules, min(5, len(rules)))
        found, checked = check_day(protocol, doors, day, some)
        wrong += found
        count += checked
    return name, wrong, count


def main(arguments):
    everything = arguments[:1] == ["all"]
    wanted = list(protocols())[::SAMPLE]
    tap = Tap()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, wrong, count in pool.map(
                lambda pair: check(*pair, everything), wanted):
            tap.ok(not wrong, f"{name}: no door contradicts another in {count} "
                   "checks", f"{len(wrong)} contradictions", *wrong[:20])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
