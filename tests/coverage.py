#!/usr/bin/env python3
"""Prints lines and branches that tests ran, a room a line.

usage: coverage.py FILE    a summary that gcovr --json-summary wrote
"""

import collections
import json
import os
import sys

COUNTS = ("line_covered", "line_total", "branch_covered", "branch_total")


def percent(covered, total):
    return f"{100 * covered / total:5.1f} %" if total else "      -"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        summary = json.load(file)
    rooms = collections.defaultdict(lambda: [0] * len(COUNTS))
    for source in summary["files"]:
        for name in (os.path.dirname(source["filename"]), "all"):
            rooms[name] = [a + source[count]
                           for a, count in zip(rooms[name], COUNTS)]
    print(f"{'':16} {'lines':>7} {'branches':>9}")
    for room in sorted(rooms, key=lambda r: (r == "all", r)):
        counts = rooms[room]
        print(f"{room:16} {percent(*counts[:2])}  {percent(*counts[2:])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
