#!/usr/bin/env python3
"""Runs tests that print TAP, two at a time, and sums up.

usage: tap.py TEST...    a TEST is a command line, split at spaces

Each test gets one line, and its failures in full. A test that ends with a
status other than 0, or before its plan is fulfilled, counts as one more
failure. So does one that leaves a file in its TMPDIR, which is its own, and a
run that leaves one among the sources. The last line is `N passed, N failed`.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300"))


def run_in(directory, command):
    try:
        done = subprocess.run(command.split(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT,
                              env={**os.environ, "TMPDIR": directory,
                                   "PYTHONDONTWRITEBYTECODE": "1"},
                              check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as problem:
        return 1, f"not ok 1 - {problem}\n1..1\n"


def run(command):
    directory = tempfile.mkdtemp()
    os.chmod(directory, 0o755)  # some tests become another user
    status, text = run_in(directory, command)
    for name in sorted(os.listdir(directory)):
        status = status or 1
        text += f"# left in TMPDIR: {name}\n"
    shutil.rmtree(directory, ignore_errors=True)
    return status, text


def sources():
    """All files here but hidden ones and those of make."""
    found = set()
    for directory, inner, files in os.walk("."):
        if directory == ".":
            inner[:] = [name for name in inner
                        if name not in (".git", "bin", "build")]
        found.update(os.path.join(directory, name) for name in inner + files
                     if not name.startswith("."))
    return found


def judge(status, text):
    """(passed, failed, skipped) of a test's output."""
    results = re.findall(r"^(ok|not ok)\b(.*)$", text, re.MULTILINE)
    skipped = sum(1 for word, rest in results
                  if word == "ok" and re.search(r"# ?skip", rest, re.I))
    failed = sum(1 for word, _ in results if word == "not ok")
    passed = len(results) - failed - skipped
    plans = re.findall(r"^1\.\.(\d+)", text, re.MULTILINE)
    complete = plans and sum(map(int, plans)) == len(results)
    if (status and not failed) or not complete:
        failed += 1
    return passed, failed, skipped


def main():
    sums = [0, 0, 0]
    before = sources()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for command, (status, text) in zip(
                sys.argv[1:], pool.map(run, sys.argv[1:])):
            counts = judge(status, text)
            sums = [a + b for a, b in zip(sums, counts)]
            name = re.sub(r'^\S*python3? |^sh |^ ', '', command).strip()
            note = f", {counts[2]} skipped" if counts[2] else ""
            print(f"{name}: {counts[0]} passed, {counts[1]} failed{note}",
                  flush=True)
            if counts[1]:
                print(text, flush=True)
    left = sorted(sources() - before)
    if left:
        sums[1] += 1
        print("left among the sources: " + " ".join(left))
    if sums[2]:
        print(f"skipped: {sums[2]}")
    print(f"{sums[0]} passed, {sums[1]} failed")
    return 1 if sums[1] or not sums[0] else 0


if __name__ == "__main__":
    sys.exit(main())
