#!/usr/bin/env python3
"""Damaged calendars through caldump: no crash, and none takes long.

fuzz_calendars.py CALDUMP CASES SEED FILE...

For `make fuzz`, with a caldump that the sanitizers watch. What fails is kept
in the directory $FUZZ_KEEP, else named only.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import time

SECONDS = float(os.environ.get("FUZZ_SECONDS", "2"))
WORDS = [b"0", b"-1", b"65537", b"2147483648", b"99999999999999999999", b"\0",
         b"\r", b"\n", b"\r\n ", b",", b";", b":", b"\"", b"\xff", b"\xc3",
         b"FREQ=SECONDLY", b"FREQ=MINUTELY", b"FREQ=YEARLY", b"FREQ=MONTHLY",
         b"BYSETPOS=-1", b"BYSETPOS=366", b"BYMONTHDAY=-31", b"BYDAY=53MO",
         b"BYWEEKNO=53", b"BYYEARDAY=366", b"BYHOUR=24", b"COUNT=1000000000",
         b"INTERVAL=32767", b"UNTIL=99991231T235959Z", b"RSCALE=CHINESE;",
         b"RSCALE=HEBREW;", b"RSCALE=ETHIOPIC;SKIP=FORWARD;",
         b"VALUE=DATE", b"VALUE=PERIOD", b"VALUE=TEXT", b"TZID=../../x",
         b"00000000T000000", b"20260230T240000Z", b"99991231", b"16000101",
         b"P1D", b"-P1D", b"PT0S", b"P99999999999D", b"RANGE=THISANDFUTURE",
         b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VTIMEZONE\r\n",
         b"END:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\n", b"METHOD:CANCEL\r\n",
         b"EXRULE:FREQ=DAILY\r\n", b"RDATE:20260303T030303Z\r\n",
         b"RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6\r\n"]


def mutate(rng, data, other):
    data = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(8)
        if kind == 0 and data:
            data[at % len(data)] = rng.randrange(256)
        elif kind == 1:
            data[at:at] = rng.choice(WORDS)
        elif kind == 2:
            del data[at:at + rng.randint(1, 40)]
        elif kind == 3:
            piece = data[at:at + rng.randint(1, 200)]
            data[at:at] = piece * rng.choice([1, 2, 50])
        elif kind == 4 and other:
            start = rng.randrange(len(other))
            data[at:at] = other[start:start + rng.randint(1, 300)]
        elif kind == 5:
            numbers = list(re.finditer(rb"\d+", bytes(data)))
            if numbers:
                found = rng.choice(numbers)
                data[found.start():found.end()] = \
                    str(rng.choice([0, 1, 2, 12, 13, 31, 99, 366, 65536,
                                    rng.randrange(10 ** 8)])).encode()
        elif kind == 6:
            parts = re.split(rb"(?<=\n)", bytes(data))
            rng.shuffle(parts)
            data = bytearray(b"".join(parts))
        else:
            rules = list(re.finditer(rb"FREQ=[^\r\n]*", bytes(data)))
            if rules:
                end = rng.choice(rules).end()
                data[end:end] = b";" + rng.choice(WORDS)
    return bytes(data[:300000])


def run(program, data):
    """What is wrong with a case, or None; and the seconds it took."""
    with tempfile.NamedTemporaryFile(suffix=".ics") as file:
        file.write(data)
        file.flush()
        begun = time.monotonic()
        try:
            done = subprocess.run(
                [program, "2026-01-01", "2027-01-01", "Europe/Berlin",
                 file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                timeout=SECONDS * 5, check=False)
        except subprocess.TimeoutExpired:
            return "hangs", SECONDS * 5
        took = time.monotonic() - begun
    if done.returncode not in (0, 3, 4) or done.stderr:
        text = done.stderr.decode("utf-8", "replace")
        return f"status {done.returncode}: {text[:2000]}", took
    if re.search(rb"[\0-\x09\x0b-\x1f\x7f]", done.stdout):
        return "a control character in what it printed", took
    return ("too slow" if took > SECONDS else None), took


def main():
    program, cases, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    files = []
    for name in sys.argv[4:]:
        with open(name, "rb") as file:
            files.append(file.read())
    rng, failures, slowest = random.Random(seed), 0, 0
    keep = os.environ.get("FUZZ_KEEP")
    for number in range(cases):
        data = mutate(rng, rng.choice(files), rng.choice(files))
        wrong, took = run(program, data)
        slowest = max(slowest, took)
        if wrong:
            failures += 1
            print(f"case {number}: {wrong}", flush=True)
            if keep:
                with open(os.path.join(keep, f"{seed}-{number}.ics"),
                          "wb") as file:
                    file.write(data)
    print(f"{cases} cases, {failures} failures, slowest {slowest:.2f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
