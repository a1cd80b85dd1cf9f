#!/usr/bin/env python3
"""Runs transcripts: commands with the output they are to give, as TAP.

A transcript is a text with lines of these kinds; others are prose:

    $ COMMAND       run by sh in a directory that the whole file shares, with
                    nothing in it but examples/
    ...             what it writes to standard output, up to an empty line,
                    the next command or a line of the kinds below
    ! ...           a line that it writes to standard error
    ? N             its exit status, where it is not 0

A line of output that is empty is written as a lone `|` in front; a line that
is `...` stands for any number of lines. In *.md the commands are those of
indented or fenced blocks, in manuals (*.1 to *.7) those of literal displays;
there, lines that begin with `$` alone start a transcript.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def manual_lines(text):
    """The literal displays of an mdoc page, unescaped, a blank between."""
    inside = False
    for line in text.splitlines():
        if re.match(r"\.Bd .*-literal", line):
            inside = True
        elif line.startswith(".Ed"):
            inside = False
            yield ""
        elif inside:
            line = re.sub(r"^\\&", "", line)
            yield line.replace("\\e", "\\").replace("\\-", "-") \
                      .replace("\\(aq", "'").replace("\\(dq", '"') \
                      .replace("\\(ti", "~").replace("\\(ha", "^") \
                      .replace("\\(ga", "`")


def markdown_lines(text):
    """Indented and fenced blocks, a blank line between."""
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
            yield ""
        elif fenced:
            yield line
        elif line.startswith("    "):
            yield line[4:]
        else:
            yield ""


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".md"):
        return list(markdown_lines(text))
    if re.search(r"\.[1-9]$", path):
        return list(manual_lines(text))
    return text.splitlines()


def steps(lines):
    """(number, command, output, errors, status) of each command."""
    step = None
    for number, line in enumerate(lines, 1):
        if line.startswith("$ "):
            if step and step["open"]:
                yield step
            elif step:
                yield step
            step = {"line": number, "command": line[2:], "out": [],
                    "err": [], "status": 0, "open": True}
        elif step and step["open"] and step["command"].endswith("\\"):
            step["command"] = step["command"][:-1].rstrip() + " " + \
                line.strip().removeprefix("> ")
        elif step and step["open"] and line.startswith("! "):
            step["err"].append(line[2:])
        elif step and step["open"] and re.match(r"\? \d+$", line):
            step["status"] = int(line[2:])
        elif step and step["open"] and line == "":
            step["open"] = False
        elif step and step["open"]:
            step["out"].append("" if line == "|" else line)
    if step:
        yield step


def matches(expected, actual):
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(matches(expected[1:], actual[i:])
                   for i in range(len(actual) + 1))
    return bool(actual) and expected[0] == actual[0] and \
        matches(expected[1:], actual[1:])


def environment(directory):
    path = [os.path.join(ROOT, os.environ.get("SMP_BIN", "bin")),
            os.path.join(ROOT, "examples"), os.environ["PATH"]]
    kept = {k: os.environ[k] for k in ("ASAN_OPTIONS", "UBSAN_OPTIONS",
                                       "LSAN_OPTIONS", "SMP_WRAP", "TMPDIR", "TZDIR")
            if k in os.environ}
    return {"PATH": ":".join(path), "HOME": directory, "TZ": "UTC",
            "LC_ALL": "C.UTF-8", "ROOT": ROOT, **kept}


def run(path):
    number = 0
    name = os.path.relpath(path, ROOT)
    with tempfile.TemporaryDirectory() as directory:
        os.symlink(os.path.join(ROOT, "examples"),
                   os.path.join(directory, "examples"))
        for number, step in enumerate(steps(lines_of(path)), 1):
            done = subprocess.run(["sh", "-c", step["command"]],
                                  cwd=directory, env=environment(directory),
                                  stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=60,
                                  check=False)
            out = done.stdout.decode("utf-8", "replace").splitlines()
            err = done.stderr.decode("utf-8", "replace").splitlines()
            good = matches(step["out"], out) and matches(step["err"], err) \
                and done.returncode == step["status"]
            label = f"{name}:{step['line']}: {step['command'][:90]}"
            print(f"{'ok' if good else 'not ok'} {number} - {label}")
            if not good:
                for title, lines in (("expected", step["out"]), ("got", out),
                                     ("expected errors", step["err"]),
                                     ("errors", err)):
                    print(f"# {title}:")
                    for line in lines:
                        print(f"#   {line}")
                print(f"# status {done.returncode}, "
                      f"expected {step['status']}")
    print(f"1..{number}")


if __name__ == "__main__":
    run(os.path.abspath(sys.argv[1]))
