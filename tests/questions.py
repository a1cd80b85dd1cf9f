#!/usr/bin/env python3
"""Real questions get the right answer, or none: a floor under the score."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from score_questions import score  # noqa: E402

# By file: the language of its lines, the least share right, and refused.
FILES = (("tests/questions.ndjson", "en", 0.94, 0.92),
         ("tests/questions-fr.ndjson", "fr", 0.94, 0.92),
         ("tests/questions-es.ndjson", "es", 0.94, 0.92),
         ("tests/questions-mix.ndjson", "en", 0.95, 0.95))


def main():
    number = 0
    for path, lang, *floors in FILES:
        for tag, counts in score(path, lang).items():
            for share, total, floor, what in (
                    (*counts[:2], floors[0], "right"),
                    (*counts[2:], floors[1], "refused")):
                number += 1
                good = share >= floor * total
                print(f"{'ok' if good else 'not ok'} {number} - {path}, {tag}: "
                      f"{share} of {total} {what}")
    print(f"1..{number}")


if __name__ == "__main__":
    main()
