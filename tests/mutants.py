#!/usr/bin/env python3
"""Protocols with one mistake each: does the check notice?

usage: mutants.py [EVERY]

In the built-in protocol and those of tests/studios, one bound of a window is
moved or one ban is removed, wholly or for one activity. If that turns a verdict
that is no permission into one (by tests/verdict_model.py, about one client in
many states and at many times), smp-protocol check has to find a fault, by the
sentences of `never` or otherwise. Prints TAP; one in EVERY mutants is tried,
by default in 40. At least 95 % have to be noticed, of a few all but one. $SMP_BIN names the programs,
$SMP_VERBOSE=1 shows those that are not.
"""

import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from results import Tap

sys.dont_write_bytecode = True

import verdict_model as model  # noqa: E402 (no bytecode among the tests)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROTOCOL = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"), "smp-protocol")
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
STUDIOS = sorted(glob.glob(os.path.join(ROOT, "tests", "studios", "*.json")))

# What permits, and what does not: unknown is neither.
PERMITS = ("yes", "do", "no-rule")
FORBIDS = ("no", "not-yet", "ask", "if-healed")
GOAL = 95

NUMBER = re.compile(r"(?<![0-9.])([0-9]+(?:\.[0-9]+)?)(?=min|h|d|w|mo|y|\.\.)")
CLOCK = re.compile(r"@(?:([0-9]{2}):([0-9]{2})|(morning|noon|night|bed))")


def shifted(text, match, number):
    return text[:match.start(1)] + f"{number:g}" + text[match.end(1):]


def moved_windows(window):
    """The window with one of its bounds moved."""
    for match in NUMBER.finditer(window):
        number = float(match.group(1))
        for other in {number + 1, number - 1, number * 2, number // 2}:
            if other >= 0 and other != number:
                yield shifted(window, match, other)
    for match in CLOCK.finditer(window):
        for other in ("@06:00", "@12:00", "@23:00"):
            if other != match.group():
                yield window[:match.start()] + other + window[match.end():]
    begin, end = window.split("/")
    if end == "":
        yield begin + "/30d"
    if end == "0":
        yield begin + "/-2h"
    if re.fullmatch("[a-z]+", end):
        yield f"{begin}/{end}-1d"
        yield f"{begin}/{end}-2h"
        yield f"{begin}/5d"
    if begin in ("0", "0d", "0h"):
        yield "2h/" + end
        yield "1d/" + end
    if re.fullmatch("[a-z]+", begin):
        yield f"{begin}-1d/{end}"
        yield f"5d/{end}"


def mutants(protocol):
    """(what was changed, activities that it is about, the other protocol)"""
    rules = protocol.get("rules") or {}
    for ident, rule in rules.items():
        if rule["verb"] not in ("avoid", "wait", "do", "may"):
            continue
        what = rule["what"]
        what = [what] if isinstance(what, str) else what

        def changed(member, value, ident=ident):
            other = copy.deepcopy(protocol)
            other["rules"][ident][member] = value
            return other

        for window in dict.fromkeys(moved_windows(rule.get("during",
                                                           "0d/healed"))):
            yield f"{ident}: {window}", what, changed("during", window)
        if rule["verb"] not in ("avoid", "wait"):
            continue
        other = copy.deepcopy(protocol)
        del other["rules"][ident]
        yield f"{ident} removed", what, other
        for name in what if len(what) > 1 else ():
            yield (f"{ident} without {name}", [name],
                   changed("what", [n for n in what if n != name]))
    healed = (protocol.get("milestones") or {}).get("healed")
    if healed:
        for window in moved_windows(healed + "/0d"):
            other = copy.deepcopy(protocol)
            other["milestones"]["healed"] = window.split("/")[0]
            if other["milestones"]["healed"] != healed:
                yield f"healed: {window[:-3]}", sorted(
                    {name for rule in rules.values()
                     for name in rule["what"]}), other


def series(protocol):
    """Clients: one session, final or not, and two of them."""
    sessions = [["2026-12-01T10:00"],
                [{"start": "2026-12-01T10:00", "final": True}]]
    gaps = (protocol.get("plan") or {}).get("gaps") or []
    shortest = [gap.get("min") or gap.get("prefer") for gap in gaps]
    shortest = [gap for gap in shortest if gap]
    if shortest:
        day = model.add_days(model.datetime.date(2026, 12, 1),
                             model.parse_length(shortest[0])[0])
        sessions.append(["2026-12-01T10:00", f"{day}T10:00"])
    return sessions


def permits(before, after, activities):
    """Whether the second protocol permits what the first one does not."""
    first, second = model.Protocol(before), model.Protocol(after)
    tags = sorted({tag for rule in first.rules
                   for tag in rule.holds + rule.unless
                   if set(activities) & set(rule.what)})[:3]
    for sessions in series(before):
        for mask in range(1 << len(tags)):
            facts = [tag for i, tag in enumerate(tags) if mask >> i & 1]
            pair = [model.Model(p, sessions, "UTC", facts)
                    for p in (first, second)]
            for activity in activities:
                if differs(pair, activity):
                    return True
    return False


def differs(pair, activity):
    before, after = pair
    unknown = before.notes()
    for noted in (unknown, (model.NOT_HEALED,) + unknown[1:],
                  (("on", model.datetime.date(2026, 12, 8)),) + unknown[1:]):
        for moment in sorted({*before.breaks(activity, noted),
                              *after.breaks(activity, noted)}):
            asked = before.moment(moment)
            if (before.verdict(activity, asked, noted)[0] in FORBIDS and
                    after.verdict(activity, asked, noted)[0] in PERMITS):
                return True
    return False


def check(protocol):
    """What smp-protocol says of it, and its status."""
    with tempfile.NamedTemporaryFile("w", suffix=".json",
                                     encoding="utf-8") as file:
        json.dump(protocol, file)
        file.flush()
        done = subprocess.run([PROTOCOL, "check", file.name], env=ENVIRONMENT,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", timeout=TIMEOUT, check=False)
    return done.returncode, done.stdout


def whole(path):
    """The effective protocol, in one file."""
    words = [PROTOCOL, "-j"] + ([path] if path else [])
    done = subprocess.run(words, env=ENVIRONMENT, stdout=subprocess.PIPE,
                          timeout=TIMEOUT, check=True)
    return json.loads(done.stdout)


def try_mutant(job):
    name, before, what, activities, after = job
    if not permits(before, after, activities):
        return name, what, None
    return name, what, check(after)[0] == 1


def main(arguments):
    every = int(arguments[0]) if arguments else 40
    every *= int(os.environ.get("SMP_SAMPLE", "1"))
    tap = Tap()
    jobs = []
    for path in [None] + STUDIOS:
        name = os.path.basename(path)[:-5] if path else "built-in"
        protocol = whole(path)
        status, said = check(protocol)
        tap.ok(status == 0 and not said, f"{name} is without fault", said)
        jobs += [(name, protocol, *mutant) for mutant in mutants(protocol)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(try_mutant, jobs[::every]))
    bad = [result for result in results if result[2] is not None]
    missed = [f"{name}: {what}" for name, what, noticed in bad if not noticed]
    share = 100 * (len(bad) - len(missed)) / max(1, len(bad))
    if os.environ.get("SMP_VERBOSE"):
        for line in missed:
            print("# not noticed:", line)
    tap.ok(bad and (share >= GOAL or len(missed) == 1),
           f"{share:.1f} % of {len(bad)} mutants that permit more are noticed, "
           f"of {len(results)} that were tried", *missed)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
