#!/usr/bin/env python3
"""smp-protocol diff: whatever differs is told; prints TAP.

Members of the built-in protocol are changed one by one: where the effective
protocol is another one then, the comparison says so, and the other way round.
The seed is fixed. $SMP_BIN names the programs.
"""

import copy
import json
import os
import random
import subprocess
import sys
import tempfile

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
CHANGES = 120


def run(*args):
    return subprocess.run([os.path.join(BIN, "smp-protocol"), *args],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False)


def leaves(value, path=()):
    """Paths to all that is no object or array."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, path + (key,))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, path + (i,))
    else:
        yield path


def changed(protocol, path, how):
    """The protocol with one leaf made longer or more, or taken out."""
    other = copy.deepcopy(protocol)
    place = other
    for step in path[:-1]:
        place = place[step]
    old = place[path[-1]]
    if how or isinstance(old, (bool, type(None))):
        del place[path[-1]]
    elif isinstance(old, str):
        place[path[-1]] = old + ("9" if old.isdigit() else " more")
    else:
        place[path[-1]] = old + 1
    return other


def main():
    tap = Tap()
    dice = random.Random(6)
    whole = json.loads(run("-j").stdout)
    paths = [path for path in leaves(whole)
             if path[0] not in ("format", "extends")]
    told = same = 0
    with tempfile.TemporaryDirectory() as directory:
        file = os.path.join(directory, "other.json")
        for path in dice.sample(paths, CHANGES):
            other = changed(whole, path, dice.random() < 0.4)
            other["extends"] = None
            with open(file, "w", encoding="utf-8") as out:
                json.dump(other, out)
            effective = run("-j", file)
            if effective.returncode:
                continue  # no protocol
            differs = json.loads(effective.stdout) != whole
            diff = run("diff", file)
            name = ".".join(str(step) for step in path)
            tap.ok(diff.returncode == differs and
                   bool(diff.stdout) == differs, f"{name} is told",
                   diff.stdout)
            told += differs
            same += not differs
    tap.ok(told > CHANGES / 2, f"of {told + same} changes {told} differ")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
