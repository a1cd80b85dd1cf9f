#!/usr/bin/env python3
"""Random protocols, plans and questions: smp-may against tests/verdict_model.py.

usage: verdict_random.py [CASES [SEED]]

Prints TAP. Verdict, rule and `until` have to be the same. A case that differs
is printed with a command that shows it; the protocols of such cases are kept
in $SMP_KEEP if that is set. $SMP_BIN names the programs, $SMP_SAMPLE divides
CASES.
"""

import datetime
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from results import Tap

sys.dont_write_bytecode = True

import verdict_model as model  # noqa: E402 (no bytecode among the tests)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAY = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"), "smp-may")
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 30
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
KEEP = os.environ.get("SMP_KEEP")

DAY = datetime.timedelta(days=1)
TAGS = ("skin:oily", "ok:doctor")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
         "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland",
         "Africa/Cairo")
# Around these days clocks change in one of the zones.
DATES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-07-01",
         "2026-10-04", "2026-10-25", "2026-10-29", "2026-11-01", "2026-12-01")
PERMITS = ("yes", "do", "no-rule")
SAFE = ("unknown", *PERMITS)

BEFORE = {
    "begin": ("-2w", "-7d", "-3d", "-1d", "-24h", "-48h", "-7d..5d",
              "-48h..24h", "-1d@21:00", "0d", "0d@morning", "-90min",
              "-12h@21:00", "-1mo", "-2w..1w", "-36h..-1d", "0"),
    "end": ("0", "0", "0", "0", "-1d", "-12h", "1d", "3d", "0d@noon", "",
            "-2d..1d", "2h", "-3d", "healed", "next", "-1d@18:00"),
}
AFTER = {
    "begin": ("0d", "0d", "0d", "0d", "0", "0h", "2h", "24h", "3d", "5d",
              "3d..5d", "5d@12:00", "0d@night", "healed", "healed",
              "healed+3d", "healed@08:00", "last+7d", "1mo", "peeled",
              "first+10d", "next-2d", "0d..2d", "12h..36h", "last", "next",
              "healed-2d", "peeled+12h@20:00", "-2d", "90min",
              "last-3d", "healed+1mo"),
    "end": ("", "", "healed", "healed", "healed", "healed+14d", "4d", "7d",
            "14d", "30d", "24h", "48h", "5d..10d", "5d@08:00", "next", "next",
            "next-2d", "last+30d", "last+1mo", "first+10d", "1mo", "1w..2w",
            "healed@noon", "peeled", "36h..4d", "last", "healed+6h",
            "next+1d", "next-12h", "last+2h", "healed+2d..5d", "first+1mo",
            "0d@22:30", "1d@06:00", "healed-1d", "2w@noon"),
}


def pick_window(rng, phase):
    """A window, and whether its phase has to be said."""
    side = BEFORE if phase == "pre" else AFTER
    return f"{rng.choice(side['begin'])}/{rng.choice(side['end'])}"


def make_rule(rng, activities):
    phase = "pre" if rng.random() < 0.3 else "post"
    rule = {"verb": rng.choices(
                ("avoid", "do", "may", "wait", "expect", "alert"),
                (36, 22, 26, 12, 2, 2))[0],
            "what": rng.sample(activities, rng.choices((1, 2), (3, 1))[0]),
            "phase": phase, "during": pick_window(rng, phase)}
    if rng.random() < 0.03:
        rule["during"] = pick_window(rng, "post" if phase == "pre" else "pre")
    if model.Rule("", {**rule, "phase": None}).phase == phase and (
            rng.random() < 0.7):
        del rule["phase"]
    if rng.random() < 0.03:
        del rule["during"]
    for member, chance in (("if", 0.2), ("unless", 0.1)):
        if rng.random() < chance:
            rule[member] = [rng.choice(TAGS)]
    if rng.random() < 0.2:
        rule["scope"] = rng.choice(("first", "repeat", "last"))
    return rule


def make_protocol(rng):
    activities = ["swim", "tub", "soak", "heat", "wet"][-rng.randint(2, 5):]
    kinds = {}
    for i, name in enumerate(activities):
        wider = activities[i + 1:]
        kinds[name] = rng.sample(wider, min(len(wider),
                                            rng.choice((0, 1, 1, 2))))
    rules = {f"r{rng.randint(10, 99)}": make_rule(rng, activities)
             for _ in range(rng.randint(2, 6))}
    milestones = {"peeled": rng.choice(("1d..3d", "5d", "24h..4d"))}
    if rng.random() < 0.92:
        milestones["healed"] = rng.choice(
            ("7d..10d", "7d..10d", "7d..10d", "5d", "3d..6d", "2w..3w",
             "36h..4d", "1d..1mo"))
    plan = {}
    if rng.random() < 0.6:
        counts = sorted(rng.choices((1, 2, 3, 4), k=3))
        plan["sessions"] = {
            name: n for name, n in zip(("min", "typical", "max"), counts)
            if rng.random() < 0.7}
    if rng.random() < 0.4:
        plan["length"] = rng.choice(("2h", "90min", "3h..5h", "5h"))
    return {"format": "smp-protocol/1", "id": "random", "extends": None,
            "milestones": milestones, "plan": plan,
            "activities": {name: {"title": name, "is": wider}
                           for name, wider in kinds.items()},
            "rules": rules}


def make_start(rng, day):
    return day.isoformat() + rng.choice(
        ("", "", "T10:00", "T10:00", "T08:15", "T22:30", "T00:00", "T16:45"))


def make_day(rng):
    return (datetime.date.fromisoformat(rng.choice(DATES)) +
            rng.randint(-30, 10) * DAY)


def make_days(rng, day, count):
    days = [day]
    while len(days) < count:
        day += rng.choice((1, 2, 5, 7, 8, 9, 10, 11, 12, 20, 30, 35)) * DAY
        days.append(day)
    return days


def make_plan(rng, ident, day):
    """As it stands on standard input; the first session is about that day."""
    days = make_days(rng, day + rng.randint(-5, 5) * DAY, rng.randint(1, 4))
    first = rng.choices((1, 2, 3), (8, 1, 1))[0]
    numbers = list(range(first, first + len(days)))
    if rng.random() < 0.2:
        rng.shuffle(numbers)
    sessions = []
    for i, day in enumerate(days):
        session = {"number": numbers[i], "start": make_start(rng, day)}
        status = rng.choices(
            ("booked", "done", "proposed", "cancelled", "optional"),
            (8, 3, 2, 1, 3 if i == len(days) - 1 else 1))[0]
        if status != "booked":
            session["status"] = status
        if rng.random() < 0.2:
            session["duration"] = rng.choice(("PT1H", "PT5H", "PT30M"))
        if rng.random() < 0.3:
            session["healed"] = rng.choice((False, None, (
                day + rng.randint(2, 14) * DAY).isoformat()))
        sessions.append(session)
    if rng.random() < 0.15:
        rng.choice(sessions)["final"] = True
    return {"id": ident, "timeZone": rng.choice(ZONES),
            "facts": [tag for tag in TAGS if rng.random() < 0.4],
            "sessions": sessions}


def pick_local(rng, asked_of, activity):
    """A local time near a change of the answer, as text."""
    breaks = asked_of.breaks(activity, asked_of.notes())
    if not breaks:
        breaks = [0]
    local = asked_of.local(rng.choice(breaks))
    local += rng.choice((0, 0, -60, 60, 86400, -86400, 3600)) * (
        datetime.timedelta(seconds=1))
    if rng.random() < 0.6:
        return local.date().isoformat()
    return local.isoformat()[:16]


class Asking:
    """Puts questions about one protocol to smp-may and to the model."""

    def __init__(self, tap_cases, protocol, path):
        self.cases = tap_cases
        self.path = path
        self.protocol = model.Protocol(protocol)

    def run(self, words, stdin=""):
        try:
            done = subprocess.run(
                [MAY, "-j", "-p", self.path, *words], input=stdin,
                env=ENVIRONMENT, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, encoding="utf-8", timeout=TIMEOUT,
                check=False)
            return [json.loads(line) for line in done.stdout.splitlines()]
        except (subprocess.TimeoutExpired, ValueError):
            return []

    def compare(self, case, words, got, stdin=None):
        wanted = model.ask_case(self.protocol, case)
        self.cases.add(self.path, words, stdin, got, wanted)

    def activity(self, rng):
        """Mostly one of the narrower ones, of which more rules speak."""
        ids = list(self.protocol.wider)
        return rng.choice(ids[:2] if rng.random() < 0.6 else ids)

    def undated(self, rng):
        activity = self.activity(rng)
        case = {"activity": activity}
        words = []
        if rng.random() < 0.4:
            case["next"] = rng.choice((5, 9, 12, 30, 40))
        if rng.random() < 0.3:
            case["session"] = rng.randint(1, 4)
        if rng.random() < 0.3:
            case["final"] = True
            words.append("--final")
        if rng.random() < 0.4:
            case["healed"] = rng.random() < 0.5
            words += ["--healed", "yes" if case["healed"] else "no"]
        case["facts"] = [tag for tag in TAGS if rng.random() < 0.4]
        for tag in case["facts"]:
            words += ["--fact", tag]
        if rng.random() < 0.6:
            case["day"] = rng.choice((*range(-15, 45), *range(-3, 12)))
        else:
            case["hours"] = rng.choice((*range(-30, 60), -0.5, 2.5, 170, 250))
        for name in ("day", "hours", "next", "session"):
            if name in case:
                words.append(f"--{name}={case[name]}")
        words.append(activity)
        self.compare(case, words, self.run(words))

    def dated(self, rng):
        """Sessions as operands."""
        activity = self.activity(rng)
        days = make_days(rng, make_day(rng), rng.randint(1, 3))
        zone = rng.choice(ZONES)
        sessions = [make_start(rng, day) for day in days]
        number = rng.choices((1, 2, 3), (6, 1, 1))[0]
        facts = [tag for tag in TAGS if rng.random() < 0.4]
        case = {"activity": activity, "operands": True, "facts": facts,
                "session": number,
                "plan": {"timeZone": zone, "sessions": sessions}}
        words = ["-z", zone, f"--session={number}"]
        for tag in facts:
            words += ["--fact", tag]
        if rng.random() < 0.4:
            case["final"] = True
            words.append("--final")
        if rng.random() < 0.4:
            healed = rng.choice((True, False, None))
            if healed is None and len(days) > 1:
                healed = True
            if healed is None:
                healed = (days[0] + rng.randint(2, 14) * DAY).isoformat()
            case["healed"] = healed
            words += ["--healed", {True: "yes", False: "no"}.get(
                healed, healed)]
        case["on"] = pick_local(rng, model.Model(
            self.protocol, sessions, zone, facts, True), activity)
        words += ["--on", case["on"], activity, *sessions]
        self.compare(case, words, self.run(words))

    def stream(self, rng, plans, questions):
        """Many plans on standard input, a few questions of each."""
        day = make_day(rng)
        plans = [make_plan(rng, f"p{i}", day) for i in range(plans)]
        lines = "".join(json.dumps(plan) + "\n" for plan in plans)
        for _ in range(questions):
            activity = self.activity(rng)
            plan = rng.choice(plans)
            on = pick_local(rng, model.Model(
                self.protocol, plan["sessions"], plan["timeZone"],
                plan["facts"]), activity)
            words = ["--on", on, activity]
            answers = {answer.get("id"): answer
                       for answer in self.run(words, lines)}
            for plan in plans:
                got = [answers[plan["id"]]] if plan["id"] in answers else []
                self.compare({"activity": activity, "plan": plan, "on": on},
                             words, got, json.dumps(plan))


class Cases:
    """Counts what agrees, and keeps what does not."""

    def __init__(self):
        self.count = 0
        self.wrong = []
        self.unsafe = []
        self.verdicts = {}

    def add(self, path, words, stdin, got, wanted):
        self.count += 1
        self.verdicts[wanted.verdict] = self.verdicts.get(
            wanted.verdict, 0) + 1
        got = got[0] if got else {}
        said = got.get("verdict")
        same = said == wanted.verdict
        if same and wanted.rules is not None:
            same = got.get("rule") in wanted.rules
        if same and said in model.FORBIDDEN:
            same = got.get("until") == wanted.until
        if same:
            return
        command = " ".join(["smp-may -j -p", path, *words])
        if stdin:
            command = f"echo '{stdin}' | {command}"
        rules = wanted.rules and "|".join(sorted(wanted.rules))
        self.wrong.append(
            f"{said}, {got.get('rule')}, {got.get('until')} is to be "
            f"{wanted.verdict}, {rules}, {wanted.until}: {command}")
        if said in PERMITS and wanted.verdict not in SAFE:
            self.unsafe.append(self.wrong[-1])


def main(arguments):
    count = int(arguments[0]) if arguments else 300
    count = max(1, count // int(os.environ.get("SMP_SAMPLE", "1")))
    seed = arguments[1] if len(arguments) > 1 else "1"
    cases = Cases()
    directory = tempfile.mkdtemp()
    number = 0
    try:
        while cases.count < count:
            rng = random.Random(f"{seed}.{number}")
            protocol = make_protocol(rng)
            path = os.path.join(directory, f"{seed}-{number}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(protocol, file)
            seen = len(cases.wrong)
            asking = Asking(cases, protocol, path)
            for _ in range(2):
                asking.undated(rng)
                asking.dated(rng)
            asking.stream(rng, 4, 4)
            if KEEP and len(cases.wrong) > seen:
                shutil.copy(path, KEEP)
            number += 1
    finally:
        shutil.rmtree(directory)
    if KEEP:
        with open(os.path.join(KEEP, f"{seed}.differ"), "w",
                  encoding="utf-8") as file:
            for line in cases.wrong:
                print(line.replace(directory, KEEP), file=file)
    tap = Tap()
    shown = "\n".join(f"{n} {verdict}" for verdict, n in
                      sorted(cases.verdicts.items())).replace("\n", ", ")
    tap.ok(not cases.wrong, f"{cases.count} verdicts, seed {seed}, are those "
           f"of the model ({shown})", f"{len(cases.wrong)} differ",
           *cases.wrong)
    tap.ok(not cases.unsafe, "none permits what the model does not",
           f"{len(cases.unsafe)} do", *cases.unsafe)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
