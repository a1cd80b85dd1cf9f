#!/usr/bin/env python3
"""Real questions get the right answer, or none: a floor under the score."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from score_questions import score  # noqa: E402

RIGHT, REFUSED = 0.92, 0.90
FILES = (("tests/questions.ndjson", "en"), ("tests/questions-fr.ndjson", "fr"),
         ("tests/questions-es.ndjson", "es"))


def main():
    number = 0
    for path, lang in FILES:
        right, answerable, refused, others = score(path, lang)
        for share, total, floor, what in (
                (right, answerable, RIGHT, "right"),
                (refused, others, REFUSED, "refused")):
            number += 1
            good = share >= floor * total
            print(f"{'ok' if good else 'not ok'} {number} - {path}: "
                  f"{share} of {total} {what}")
    print(f"1..{number}")


if __name__ == "__main__":
    main()
