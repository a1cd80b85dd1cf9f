#!/usr/bin/env python3
"""How many questions smp-faq answers right, and refuses: FILE[:LANG]...

A file has lines such as {"q": "hot tub?", "expect": "post.avoid"}; what no
entry answers expects "none", `also` lists other answers that will do, and
`lang` is the language of a line. With --left-out each question is asked with
each third of the families of aliases left out in turn (see families.py): that
is what to expect of people who have never seen the aliases.
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from families import Families  # noqa: E402

THIRDS = 3
BIN = os.environ.get("SMP_BIN", "bin")


def load(path, lang):
    """{language: cases}"""
    cases = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            case = json.loads(line)
            cases.setdefault(case.get("lang", lang), []).append(case)
    return cases


def ask(cases, lang, *options):
    done = subprocess.run(
        [os.path.join(BIN, "smp-faq"), "--lang", lang, "--batch", *options],
        input="".join(case["q"] + "\n" for case in cases),
        capture_output=True, text=True, encoding="utf-8", check=True)
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def ask_left_out(cases, lang):
    """The cases again and again, and the answers."""
    families, asked, answers = Families(lang, THIRDS), [], []
    for fold in range(THIRDS):
        with tempfile.NamedTemporaryFile("w", suffix=".json",
                                         encoding="utf-8") as file:
            file.write(families.overlay(fold))
            file.flush()
            answers += ask(cases, lang, "-p", file.name)
        asked += cases
    return asked, answers


def count(cases, answers):
    """(right, answerable, refused, not answerable)"""
    right = refused = answerable = 0
    for case, answer in zip(cases, answers, strict=True):
        fits = answer in case.get("also", []) or \
            answer == (None if case["expect"] == "none" else case["expect"])
        if case["expect"] == "none":
            refused += fits
        else:
            answerable += 1
            right += fits
    return right, answerable, refused, len(cases) - answerable


def score(path, lang, left_out=False):
    """{language: counts} of a file."""
    counts = {}
    for tag, cases in sorted(load(path, lang).items()):
        if left_out:
            counts[tag] = count(*ask_left_out(cases, tag))
        else:
            counts[tag] = count(cases, ask(cases, tag))
    return counts


def main():
    left_out = "--left-out" in sys.argv
    for argument in sys.argv[1:]:
        if argument == "--left-out":
            continue
        path, _, lang = argument.partition(":")
        for tag, counts in score(path, lang or "en", left_out).items():
            right, answerable, refused, others = counts
            print(f"{path}, {tag}{', left out' if left_out else ''}: "
                  f"{right}/{answerable} right "
                  f"({right / max(answerable, 1):.1%}), "
                  f"{refused}/{others} refused "
                  f"({refused / max(others, 1):.1%})")


if __name__ == "__main__":
    main()
