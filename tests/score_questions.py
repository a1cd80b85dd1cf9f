#!/usr/bin/env python3
"""How many questions smp-faq answers right, and refuses: FILE[:LANG]...

A file has lines such as {"q": "hot tub?", "expect": "post.avoid"}; what no
entry answers expects "none", and `also` lists other answers that will do.
"""

import json
import os
import subprocess
import sys

BIN = os.environ.get("SMP_BIN", "bin")


def score(path, lang):
    """(right, answerable, refused, not answerable)"""
    with open(path, encoding="utf-8") as file:
        cases = [json.loads(line) for line in file if line.strip()]
    done = subprocess.run(
        [os.path.join(BIN, "smp-faq"), "--lang", lang, "--batch"],
        input="".join(case["q"] + "\n" for case in cases),
        capture_output=True, text=True, encoding="utf-8", check=True)
    right = refused = answerable = 0
    for case, line in zip(cases, done.stdout.splitlines(), strict=True):
        answer = json.loads(line)["id"]
        fits = answer in case.get("also", []) or \
            answer == (None if case["expect"] == "none" else case["expect"])
        if case["expect"] == "none":
            refused += fits
        else:
            answerable += 1
            right += fits
    return right, answerable, refused, len(cases) - answerable


def main():
    for argument in sys.argv[1:]:
        path, _, lang = argument.partition(":")
        right, answerable, refused, others = score(path, lang or "en")
        print(f"{path}: {right}/{answerable} right, "
              f"{refused}/{others} refused")


if __name__ == "__main__":
    main()
