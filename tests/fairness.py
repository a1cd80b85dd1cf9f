#!/usr/bin/env python3
"""--fair makes no fewer series whole than the order of the input, on random
crowded studios. Prints TAP.

$SMP_BIN names the programs, $SMP_CASES how many studios.
"""

import datetime
import json
import os
import random
import subprocess
import sys

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"), "smp-schedule")
CASES = int(os.environ.get("SMP_CASES", "40"))
HOURS = ("Tu,Th 09:00-18:00", "Mo-We 10:00-16:00", "Sa 08:00-20:00",
         "Tu-Fr 09:00-12:30")
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}


def client(chance, number):
    first = datetime.date(2026, 12, 1) + datetime.timedelta(
        days=chance.randint(0, 10))
    plan = {"id": f"c-{number}", "timeZone": "UTC",
            "sessions": [f"{first}T{chance.randint(9, 15):02}:00"]}
    if chance.random() < .5:
        plan["away"] = [f"2027-01-{chance.randint(1, 10):02}"
                        f"/2027-01-{chance.randint(11, 31):02}"]
    if chance.random() < .2:
        plan["sessions"].append(
            {"status": "proposed",
             "start": f"2027-01-{chance.randint(1, 28):02}T10:00"})
    return plan


def studio(chance):
    gap = {"after": "*", "min": f"{chance.randint(7, 30)}d",
           "max": f"{chance.randint(31, 40)}d"}
    options = ["-j", "-n", str(chance.randint(2, 4)),
               "--open", chance.choice(HOURS),
               "--chairs", str(chance.randint(1, 2)),
               "-p", json.dumps({"plan": {"gaps": [gap]}})]
    plans = [client(chance, n) for n in range(chance.randint(5, 25))]
    return options, "".join(json.dumps(plan) + "\n" for plan in plans)


def schedule(options, plans):
    done = subprocess.run([PROGRAM, *options], input=plans.encode(),
                          capture_output=True, check=False, timeout=60,
                          env=ENVIRONMENT)
    return done.returncode, done.stdout.decode()


def whole(text):
    """How many series are whole: nothing stands in the way of any session."""
    return sum(not any(warning.startswith("session ") and ": no " in warning
                       for warning in json.loads(line).get("warnings", []))
               for line in text.splitlines())


def main():
    tap = Tap()
    fewer, more = [], 0
    for case in range(CASES):
        options, plans = studio(random.Random(case))
        status, input_order = schedule(options, plans)
        fair_status, fair = schedule([*options, "--fair"], plans)
        if whole(fair) < whole(input_order) or fair_status > max(status, 1):
            fewer.append(case)
        more += whole(fair) > whole(input_order)
    tap.same(fewer, [], "no studio with fewer whole series")
    tap.ok(more > CASES // 10, "often there are more")
    return tap.end()


sys.exit(main())
