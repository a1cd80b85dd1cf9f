#!/usr/bin/env python3
"""How many verdicts are right, protocol by protocol.

usage: score_verdicts.py FILE...    files of cases as tests/verdicts.py reads

A line `NAME RIGHT/TOTAL` for each protocol and one for all; the status is 1
where not all are right. What is wrong goes to standard error.
"""

import sys

sys.dont_write_bytecode = True

import verdicts  # noqa: E402 (no bytecode among the tests)


def main():
    if len(sys.argv) < 2:
        print(__doc__.splitlines()[2], file=sys.stderr)
        return 2
    cases = [case for path in sys.argv[1:] for case in verdicts.read(path)]
    all_right = 0
    for name, answered in verdicts.groups(verdicts.answers(cases)).items():
        wrong = [verdicts.shown(case, answer) for case, answer in answered
                 if not verdicts.is_right(case, answer)]
        right = len(answered) - len(wrong)
        all_right += right
        print(f"{name} {right}/{len(answered)}")
        for line in wrong:
            print(f"{name}: {line}", file=sys.stderr)
    print(f"all {all_right}/{len(cases)}")
    return 0 if all_right == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main())
