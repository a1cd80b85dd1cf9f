#!/usr/bin/env python3
"""May I? Every case of tests/mayi.ndjson, tests/verdicts.ndjson and
tests/studios/; prints TAP.

A case names an activity, a time and what is known, and the verdict that the
rules of smp-protocol(5) give; "also" lists others that are right too, and
"until" and "provided" what else is to be said. Each is put to smp-may on its
own: the verdict must fit, and the exit status must be that of the verdict.
What a rule forbids is never answered as if it did not.

A case of tests/verdicts.ndjson is an example of rule "n" of "How verdicts are
decided". It may have "rules" of its own, "VERB ACTIVITY WINDOW", with the
kinds of activities in "is", and a "plan": sessions in UTC, asked about on a
day, "on". Healing takes 7 to 10 days.
$SMP_BIN names the programs.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}

STUDIOS = os.path.join(ROOT, "tests", "studios")
PROBES = os.path.join(STUDIOS, "probes.ndjson")
CASES = os.path.join(ROOT, "tests", "mayi.ndjson")
EXAMPLES = os.path.join(ROOT, "tests", "verdicts.ndjson")

STATUS = {"yes": 0, "do": 0, "no-rule": 0, "no": 1, "not-yet": 1,
          "if-healed": 5, "if-not-healed": 5, "ask": 5, "unknown": 6}
PERMITS = {verdict for verdict, status in STATUS.items() if status == 0}
# One case in so many, for runs that are slow.
SAMPLE = int(os.environ.get("SMP_SAMPLE", "1"))

KNOWN = {"id", "protocol", "activity", "day", "hours", "flags", "healed",
         "last", "next", "sess", "expect", "also", "q", "kind", "note",
         "n", "rules", "is", "sessions", "plan", "on", "until", "provided"}


def read(path):
    """The cases of a file, in its order."""
    with open(path, encoding="utf-8") as file:
        cases = [json.loads(line) for line in file if line.strip()]
    for case in cases:
        strange = set(case) - KNOWN
        if strange:
            raise ValueError(f"{path}: unknown members: {sorted(strange)}")
    return cases


def arguments(case):
    """What smp-may is given, from the activity on."""
    if "on" in case:
        words = [f"--on={case['on']}"]
    elif "hours" in case:
        words = [f"--hours={case['hours']}"]
    else:
        words = [f"--day={case['day']}"]
    if "healed" in case:
        words += ["--healed", "yes" if case["healed"] else "no"]
    for flag in case.get("flags", ()):
        words += ["--fact", flag]
    if case.get("last"):
        words.append("--final")
    for member, option in (("next", "--next"), ("sess", "--session")):
        if member in case:
            words += [option, str(case[member])]
    return words + [activity(case)]


def activity(case):
    return case.get("activity") or case["rules"][0].split()[1]


def protocol_of(case):
    """The text of the protocol that a case's own rules make."""
    protocol = {"format": "smp-protocol/1", "id": "x", "extends": None,
                "milestones": {"healed": "7d..10d"},
                "activities": {name: {"is": wider}
                               for name, wider in case.get("is", {}).items()},
                "rules": {}}
    if "sessions" in case:
        protocol["plan"] = {"sessions": case["sessions"]}
    for i, rule in enumerate(case["rules"]):
        verb, what, window = rule.split()
        protocol["rules"][f"r{i}"] = {"verb": verb, "what": [what],
                                      "during": window}
        protocol["activities"].setdefault(what, {})
    return json.dumps(protocol)


def run(command, case):
    plan = {"id": "a", "timeZone": "UTC", "sessions": case.get("plan")}
    given = json.dumps(plan) + "\n" if "plan" in case else ""
    return subprocess.run(command + arguments(case), env=ENVIRONMENT,
                          input=given.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, close_fds=False,
                          timeout=TIMEOUT, check=False)


def run_by(command, case, protocol):
    """With the protocol of the case's rules, or studio, or that file."""
    if "rules" in case:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(protocol_of(case))
            file.flush()
            return run(command + ["-p", file.name], case)
    if not protocol and "protocol" in case:
        protocol = os.path.join(STUDIOS, case["protocol"] + ".json")
    return run(command + (["-p", protocol] if protocol else []), case)


def ask(case, protocol=None):
    """(verdict, exit status, what was wrong with the answer or None)

    What else the case says of the answer must be there too.
    """
    try:
        done = run_by([os.path.join(BIN, "smp-may"), "-j"], case, protocol)
        answer = json.loads(done.stdout)
        verdict = answer["verdict"]
        other = [f"{key} {answer[key]!r}, wanted {case[key]!r}"
                 for key in ("until", "provided")
                 if key in case and answer[key] != case[key]]
    except (OSError, subprocess.TimeoutExpired) as problem:
        return None, None, str(problem)
    except (ValueError, KeyError, TypeError):
        return None, done.returncode, done.stdout.decode("utf-8", "replace")
    return verdict, done.returncode, ", ".join(other) or None


def wanted(case):
    return [case["expect"], *case.get("also", ())]


def is_right(case, answer):
    verdict, status, problem = answer
    return (problem is None and verdict in wanted(case) and
            status == STATUS[verdict])


def answers(cases):
    """Each case with its answer, two asked at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(zip(cases, pool.map(ask, cases)))


def groups(answered):
    """{protocol: its cases with their answers}, in the order of the file."""
    found = {}
    for case, answer in answered:
        name = "examples" if "n" in case else case.get("protocol", "built-in")
        found.setdefault(name, []).append((case, answer))
    return found


def shown(case, answer):
    verdict, status, problem = answer
    rules = "; ".join(case.get("rules", ()))
    return (f"{rules}{': ' if rules else ''}{' '.join(arguments(case))}: wanted "
            f"{' or '.join(wanted(case))}, got {verdict}, status {status}"
            f"{': ' + problem.strip() if problem else ''}")


def check_verdicts(tap, name, answered):
    for case, answer in answered:
        tap.ok(is_right(case, answer),
               f"{name}: {' '.join(arguments(case))}: {case['expect']}",
               shown(case, answer))


def check_bans(tap, name, answered):
    """Whatever else goes wrong, a ban is not turned into a permission."""
    bans = [(c, a) for c, a in answered if c["expect"] == "no"]
    wrong = [shown(c, a) for c, a in bans
             if a[0] in PERMITS or a[1] == 0]
    tap.ok(not wrong, f"{name}: none of {len(bans)} bans is answered as "
           "permitted", *wrong)


def repeated(cases):
    """What is asked more than once."""
    lines = [json.dumps({k: v for k, v in case.items()
                         if k not in ("id", "expect", "also", "until",
                                      "provided", "q", "note")},
                        sort_keys=True) for case in cases]
    return sorted({line for line in lines if lines.count(line) > 1})


def check_files(tap, probes, cases, examples):
    names = sorted(name[:-5] for name in os.listdir(STUDIOS)
                   if name.endswith(".json"))
    without = [n for n in names if n not in {c["protocol"] for c in probes}]
    tap.ok(names and not without, "every studio has probes", *without)
    twice = repeated(probes + cases) + repeated(examples)
    tap.ok(not twice, "no case is there twice", *twice)


def main():
    tap = Tap()
    probes, cases, examples = read(PROBES), read(CASES), read(EXAMPLES)
    check_files(tap, probes, cases, examples)
    asked = (cases + probes + examples)[::SAMPLE]
    for name, answered in groups(answers(asked)).items():
        check_verdicts(tap, name, answered)
        check_bans(tap, name, answered)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
