#!/usr/bin/env python3
"""Fits the score of answers to questions, and writes lib/answer/fitted.h.

fit_answers.py RANKDUMP [--write]

Each question of tests/questions*.ndjson is asked with the family of aliases
most like it left out (see families.py). The best topic is right or wrong; the
score is the logistic regression of that on the topic's features. It is printed
how many questions would be answered right, and refused, when those of one fold
are scored by what was fitted to the other folds. --write keeps what was fitted
to all.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from families import FOLDS, TOP, Families  # noqa: E402

QUESTIONS = {"en": "questions", "fr": "questions-fr", "es": "questions-es"}
NAMES = ("CONSTANT", "PHRASE", "KNOWN", "EVIDENCE", "RIVAL", "OTHER")
RIDGE = 0.5  # keeps weights small that few questions speak for
HEADER = """\
#ifndef SMP_ANSWER_FITTED_H
#define SMP_ANSWER_FITTED_H

/*
 * The score of a topic is a logistic regression on the other members of struct
 * smp_topic_score. Written by tests/fit_answers.py, which says how it is fitted.
 */
%s
#endif
"""


class Asked:
    """A question and the topic that ranks first: id, features, whether right."""

    def __init__(self, lang, fold, case, line):
        topic, *numbers = line.split()
        exact, phrase, known, evidence, rival, rank, other = map(float, numbers)
        self.lang, self.fold, self.exact = lang, fold, exact
        self.none = case["expect"] == "none"
        self.right = topic in [case["expect"], *case.get("also", [])]
        self.ranked = rank > 0 and topic != "-"
        self.features = (1.0, phrase, known, math.sqrt(evidence),
                         rival * rival, other)

    def score(self, weights):
        if not self.ranked:
            return 0.0
        return max(min(self.exact, 1.0), chance(weights, self.features))


def chance(weights, features):
    total = sum(w * x for w, x in zip(weights, features))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def ask(rankdump, lang, families, fold, cases):
    with tempfile.NamedTemporaryFile("w", suffix=".json",
                                     encoding="utf-8") as file:
        file.write(families.overlay(fold))
        file.flush()
        done = subprocess.run(
            [rankdump, lang, file.name], capture_output=True, text=True,
            input="".join(case["q"] + "\n" for case in cases), check=True)
    return [Asked(lang, fold, case, line)
            for case, line in zip(cases, done.stdout.splitlines(), strict=True)]


def ask_all(rankdump):
    asked = []
    for lang, name in QUESTIONS.items():
        path = os.path.join(TOP, "tests", name + ".ndjson")
        with open(path, encoding="utf-8") as file:
            cases = [json.loads(line) for line in file]
        families = Families(lang)
        for fold, dealt in enumerate(families.deal(cases)):
            asked += ask(rankdump, lang, families, fold, dealt)
    return asked


def solve(matrix, vector):
    """Gauss-Jordan."""
    rows = [row + [value] for row, value in zip(matrix, vector)]
    for i, _ in enumerate(rows):
        pivot = max(range(i, len(rows)), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k, row in enumerate(rows):
            if k != i:
                part = row[i] / rows[i][i]
                rows[k] = [x - part * y for x, y in zip(row, rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def fit(asked):
    """Newton's method on the likelihood, with a ridge."""
    size = len(NAMES)
    weights = [0.0] * size
    for _ in range(25):
        slope = [-RIDGE * w * (i > 0) for i, w in enumerate(weights)]
        bend = [[RIDGE * (i == j) for j in range(size)] for i in range(size)]
        for one in asked:
            if not one.ranked:
                continue
            likely = chance(weights, one.features)
            for i, x in enumerate(one.features):
                slope[i] += (one.right - likely) * x
                for j, y in enumerate(one.features):
                    bend[i][j] += likely * (1 - likely) * x * y
        weights = [w + d for w, d in zip(weights, solve(bend, slope))]
    return weights


def report(asked):
    weights = [fit([one for one in asked if one.fold != fold])
               for fold in range(FOLDS)]
    for lang in QUESTIONS:
        mine = [one for one in asked if one.lang == lang]
        known = [one for one in mine if not one.none]
        right = sum(one.right and one.score(weights[one.fold]) >= 0.5
                    for one in known)
        none = [one for one in mine if one.none]
        refused = sum(one.score(weights[one.fold]) < 0.5 for one in none)
        print(f"{lang}: {right}/{len(known)} right, "
              f"{refused}/{len(none)} refused")


def main():
    asked = ask_all(sys.argv[1])
    report(asked)
    weights = fit(asked)
    lines = "".join(f"#define SMP_FITTED_{name} {weight:.2f}\n"
                    for name, weight in zip(NAMES, weights))
    print(lines, end="")
    if "--write" in sys.argv[2:]:
        path = os.path.join(TOP, "lib", "answer", "fitted.h")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER % lines)


if __name__ == "__main__":
    main()
