#!/usr/bin/python3
"""Every time zone of the system against Python's zoneinfo; prints TAP.

zones.py ZONEDUMP [DIRECTORY]
"""

import os
import random
import struct
import subprocess
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1)
FIRST = int((datetime(1900, 1, 1) - EPOCH).total_seconds())
END = int((datetime(2101, 1, 1) - EPOCH).total_seconds())
Y1970 = 0
Y2037 = int((datetime(2037, 1, 1) - EPOCH).total_seconds())
Y2038 = int((datetime(2038, 1, 1) - EPOCH).total_seconds())
DAY = 86400
EACH = 3
RANDOM_TIMES = 40


def at(seconds):
    return EPOCH + timedelta(seconds=seconds)


def offset_at(zone, instant):
    local = at(instant).replace(tzinfo=timezone.utc).astimezone(zone)
    return round(local.utcoffset().total_seconds())


def instant_of(zone, local):
    offset = at(local).replace(tzinfo=zone, fold=0).utcoffset()
    return local - round(offset.total_seconds())


def recorded(path):
    """The transition times and the footer of a TZif file, version 2 or later"""
    with open(path, "rb") as file:
        data = file.read()
    isut, isstd, leap, times, types, chars = struct.unpack_from(">6l", data, 20)
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    count = struct.unpack_from(">l", data, second + 32)[0]
    footer = data.rsplit(b"\n", 2)[1]
    return struct.unpack_from(f">{count}q", data, second + 44), footer


def doubtful(times, footer):
    """Where zoneinfo may be wrong: it goes by the footer alone right after
    the last transition, against the compact files of zic -b slim
    (America/Ojinaga in 2022, America/Nuuk in 2023)."""
    if not times or b"," not in footer or times[-1] >= Y2037:
        return range(0)
    return range(times[-1] - DAY, times[-1] + 9 * DAY)


def bisected(zone, low, high):
    """The first instant of the offset that holds at high, but not at low."""
    new = offset_at(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle) == new:
            high = middle
        else:
            low = middle
    return high


def found(zone, start, days):
    steps = range(start, start + days * DAY, 10 * DAY)
    return [bisected(zone, low, high) for low, high in zip(steps, steps[1:])
            if offset_at(zone, low) != offset_at(zone, high)]


def changes(zone, times, rng):
    """Some early, some recent and some far transitions."""
    known = [t for t in times if FIRST + 2 * DAY <= t]
    early = [t for t in known if t < Y1970]
    recent = [t for t in known if Y1970 <= t < Y2038]
    year = rng.randrange(2038, 2099)
    start = int((datetime(year, 1, 1) - EPOCH).total_seconds())
    far = found(zone, start, 2 * 366)
    some = rng.sample(early, min(EACH, len(early)))
    some += rng.sample(recent, min(EACH, len(recent))) + recent[-EACH:]
    return sorted(set(some + far[:EACH + 1]))


def instants_around(change):
    return [change + by for by in (-7200, -1, 0, 1, 1800, 7200)]


def locals_around(zone, change):
    edges = {change + offset_at(zone, change - 1),
             change + offset_at(zone, change)}
    times = {edge + by for edge in edges for by in (-1, 0, 1, 1800, -1800)}
    return sorted(times | {sum(edges) // len(edges)})


def all_questions(zone, times, rng):
    """(test, kind, time) for one zone."""
    for change in changes(zone, times, rng):
        for time in instants_around(change):
            yield 0, "i", time
        for time in locals_around(zone, change):
            yield 1, "l", time
    for _ in range(RANDOM_TIMES):
        yield 2, "i", rng.randrange(FIRST + DAY, END - DAY)
        yield 3, "l", rng.randrange(FIRST + DAY, END - DAY)


def questions(zone, path, rng):
    times, footer = recorded(path)
    doubt = doubtful(times, footer)
    for question in all_questions(zone, times, rng):
        if question[2] not in doubt:
            yield question


TESTS = ("instants around changes", "local times around changes",
         "instants at random", "local times at random")


def ask(zonedump, directory, lines):
    answers = subprocess.run([zonedump, directory], input="".join(lines),
                             stdout=subprocess.PIPE, text=True, check=True)
    return answers.stdout.splitlines()


def prepare(directory):
    """The zones, and the questions with the answers to expect."""
    zoneinfo.reset_tzpath([directory])
    rng = random.Random(9636)
    zones, lines, expected = 0, [], []
    for name in sorted(zoneinfo.available_timezones()):
        path = os.path.join(directory, name)
        if name == "localtime" or not os.path.isfile(path):
            continue
        zones += 1
        zone = zoneinfo.ZoneInfo(name)
        for test, kind, time in questions(zone, path, rng):
            answer = offset_at if kind == "i" else instant_of
            lines.append(f"{name} {kind} {time}\n")
            expected.append((test, str(answer(zone, time))))
    return zones, lines, expected


def main(zonedump, directory="/usr/share/zoneinfo"):
    zones, lines, expected = prepare(directory)
    answers = ask(zonedump, directory, lines)
    count, wrong = [0] * len(TESTS), [[] for _ in TESTS]
    for line, (test, right), answer in zip(lines, expected, answers):
        count[test] += 1
        if answer != right:
            wrong[test].append(f"{line.strip()}: {answer}, not {right}")
    complete = len(answers) == len(lines) and zones > 0
    print(f"1..{len(TESTS) + 1}")
    print(f"{'ok' if complete else 'not ok'} 1 - every question answered:"
          f" {zones} zones")
    for test, title in enumerate(TESTS):
        state = "ok" if count[test] and not wrong[test] else "not ok"
        print(f"{state} {test + 2} - {title}: {count[test]}")
        for text in wrong[test][:10]:
            print(f"# {text}")
    return 0 if complete and all(count) and not any(wrong) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
