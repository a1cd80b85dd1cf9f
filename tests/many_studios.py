#!/usr/bin/env python3
"""Plans of many studios: each gets the words of its own one, in its language,
also when there are more studios than are kept. Prints TAP.

$SMP_BIN names the programs.
"""

import json
import os
import re
import subprocess
import sys

from results import Tap, own_directory

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 3
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
STUDIOS = 280 # 256 are kept
WHOLE = os.path.join(ROOT, "tests", "studios", "steady.json")


def plan(client, **members):
    return {"id": client, "timeZone": "UTC",
            "sessions": ["2026-12-01T10:00"], **members}


def aftercare(plans, *options):
    data = "".join(json.dumps(p) + "\n" for p in plans).encode()
    done = subprocess.run(
        [os.path.join(BIN, "smp-aftercare"), "--studios", "studios",
         *options], input=data, capture_output=True, check=False,
        timeout=TIMEOUT, env=ENVIRONMENT)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write(name, studio):
    with open(os.path.join("studios", name + ".json"), "w",
              encoding="utf-8") as file:
        json.dump({"studio": studio}, file)


def more_than_kept(tap):
    """In order, twice; then the first one over and over."""
    for n in range(STUDIOS):
        write(f"s{n}", {"contact": f"Call 555-{n:04}."})
    order = [*range(STUDIOS), *range(STUDIOS), 0, 5, 0, 7, 0]
    status, out, err = aftercare(
        [plan(f"c-{i}", studio=f"s{n}") for i, n in enumerate(order)])
    tap.same((status, err), (0, ""), "all are served")
    found = [int(n) for n in re.findall(r"555-(\d+)", out)]
    tap.same([n for n, last in zip(found, [None, *found]) if n != last],
             order, "each has the words of its own studio")


def names(tap):
    """What may be the name of a studio."""
    write("a" * 100, {"name": "Long"})
    write("A.b_c-9", {"name": "Signs"})
    for name, good in (("a" * 100, True), ("A.b_c-9", True), ("a" * 101, False),
                       ("", False), ("../s1", False), ("s1/", False),
                       ("s 1", False), ("é", False), ("nowhere", False)):
        status, out, err = aftercare([plan("c-1", studio=name)], "-j")
        tap.ok((status, bool(out)) == ((0, True) if good else (3, False)) and
               err.count("\n") == (not good) and
               (good or ": c-1: studio" in err), f"studio {name[:20]!a}",
               status, err)


def languages(tap):
    """The studio's words where there are any in the plan's language."""
    with open(WHOLE, "rb") as file, open("studios/whole.json", "wb") as copy:
        copy.write(file.read())
    write("short", {"name": "Short"})
    for studio, lang, word, told in (
            ("short", "fr", "avec", None), ("short", "es", "con", None),
            ("short", "fr-CA", "avec", None), ("short", "en-GB", "with", None),
            ("short", "de", "with", 'a plan; using "en"'),
            ("whole", "fr", "with", 'no protocol in fr; using "en"'),
            ("whole", "en", "with", None)):
        plans = [plan(f"c-{n}", studio=studio, lang=lang) for n in range(2)]
        status, out, err = aftercare(plans)
        tap.ok(status == 0 and f" {word} " in out and
               (told in err and err.count("\n") == 1 if told else not err),
               f"{studio} in {lang}", status, err, out[:300])


def main():
    tap = Tap()
    with own_directory():
        os.mkdir("studios")
        more_than_kept(tap)
        names(tap)
        languages(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
