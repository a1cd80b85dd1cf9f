#!/usr/bin/env python3
"""The calendars of tests/calendars, a trap each, as caldump reads them;
prints TAP.

traps.py CALDUMP [--write]

A line N*TEXT stands for N lines of that text. expected.txt has what each of
them holds from March to November 2026 for somebody in Toronto. --write writes
it anew, to be read with care.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calendars")
EXPECTED = os.path.join(HERE, "expected.txt")


def whole(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return re.sub(rb"^(\d+)\*(.*\n)", lambda m: m[2] * int(m[1]),
                      file.read(), flags=re.M)


def read(program, name):
    with tempfile.NamedTemporaryFile() as file:
        file.write(whole(name))
        file.flush()
        done = subprocess.run([program, "2026-03-01", "2026-12-01",
                               "America/Toronto", file.name],
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              timeout=60, check=False)
    return done.stdout.decode("utf-8", "replace") + \
        f"status {done.returncode}\n"


def main():
    names = sorted(os.path.basename(path)
                   for path in glob.glob(os.path.join(HERE, "*.ics")))
    found = {name: read(sys.argv[1], name) for name in names}
    if "--write" in sys.argv:
        with open(EXPECTED, "w", encoding="utf-8") as file:
            file.write("".join(f"== {name}\n{found[name]}" for name in names))
        return 0
    with open(EXPECTED, encoding="utf-8") as file:
        parts = re.split(r"^== (.*)\n", file.read(), flags=re.M)
    expected = dict(zip(parts[1::2], parts[2::2]))
    for number, name in enumerate(names, 1):
        same = found[name] == expected.get(name)
        print(f"{'ok' if same else 'not ok'} {number} - {name}")
        if not same:
            print("".join(f"# {line}\n" for line in found[name].split("\n")))
    print(f"1..{len(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
