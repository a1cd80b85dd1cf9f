#!/usr/bin/env python3
"""Options: what the table holds, --help shows, the manual says; prints TAP.

What --help shows is what a program takes, with an argument or without; its
manual page has the same options as list items, and mandoc finds no fault
with any page. $SMP_BIN names the programs.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
POOL = os.path.join(ROOT, "src", "tool", "options.c")
SHARED = {"text", "json", "protocol", "time-zone", "now", "rejects", "lang",
          "verbose", "help", "version"}
LETTERS = {"text": "t", "json": "j", "ical": "i", "protocol": "p",
           "time-zone": "z", "verbose": "v", "help": "h", "version": "V"}


def run(program, *args):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run([os.path.join(BIN, program), *args],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          env=environment, text=True, timeout=60, check=False)


def help_options(text):
    """{name: (letter or None, argument or None)} of --help's list."""
    found = {}
    for line in text.splitlines():
        match = re.match(r" +(?:-(\w), )?--([a-z-]+)"
                         r"(?: (\S+)|(\[=\S+\]))?(?:  |$)", line)
        if match:
            found[match[2]] = (match[1], match[3] or match[4])
    return found


def unescaped(text):
    return re.sub(r"\\&", "", text).replace("\\-", "-")


def words_of(line):
    """The macros' words of a line of mdoc; a quoted one is one word."""
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)',
                                          unescaped(line))]


def item_options(line):
    """The options of one .It line: ([names], [letters], has argument)."""
    words, flags, macro = words_of(line), [], ""
    for word in words:
        if re.fullmatch("[A-Z][a-z]", word):
            macro = word
        elif macro == "Fl" and word not in (",", "|"):
            flags.append(word)
    names = [flag[1:] for flag in flags if flag.startswith("-")]
    letters = [flag for flag in flags if not flag.startswith("-")]
    return names, letters, "Ar" in words or "Cm" in words


def manual_options(path):
    """The same of the .It lines with .Fl of a manual page."""
    found, strange = {}, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not re.match(r"\.It .*\bFl\b", line):
                continue
            names, letters, argument = item_options(line)
            if len(names) != 1 or len(letters) > 1:
                strange.append(line.strip())
                continue
            found[names[0]] = (letters[0] if letters else None, argument)
    return found, strange


def pool():
    """The names in the table that all programs draw from, formats' first."""
    row = r'^ *(?:\{SMP_OPT_|ROW\()\w+, (?:0|\'.\'), "([a-z-]+)"'
    names = []
    for part in (POOL[:-1] + "h", POOL):
        with open(part, encoding="utf-8") as file:
            names += re.findall(row, file.read(), re.MULTILINE)
    return names


def differences(ours, theirs):
    for name in sorted(set(ours) | set(theirs)):
        if name not in theirs:
            yield f"--{name}: in --help alone"
        elif name not in ours:
            yield f"--{name}: in the manual alone"
        elif ours[name] != theirs[name]:
            yield f"--{name}: {ours[name]} in --help, {theirs[name]} in the " \
                  "manual"


def check_help(tap, program):
    text = run(program, "--help").stdout
    options = help_options(text)
    listed = [line for line in text.splitlines() if re.match(" +-", line)]
    tap.ok(options and len(listed) == len(options),
           f"{program} --help: a list of options, each once", *listed)
    missing = SHARED - set(options)
    if program in ("smp-import", "smp-plan"):   # these write plans alone
        missing -= {"text", "json"}
    tap.ok(not missing, f"{program} --help: the shared options", *missing)
    wrong = [f"--{n}: -{options[n][0]}" for n, letter in LETTERS.items()
             if n in options and options[n][0] != letter]
    tap.ok(not wrong, f"{program} --help: the letters of the suite", *wrong)
    wide = [line for line in text.splitlines() if len(line) > 80]
    tap.ok(not wide, f"{program} --help: at most 80 columns", *wide)
    return options


def check_taken(tap, program, options):
    """What --help shows is taken, with an argument where it shows one."""
    bad = []
    for name, (letter, argument) in options.items():
        for option in [f"--{name}"] + [f"-{letter}"] * bool(letter):
            if argument and not argument.startswith("["):
                done = run(program, option)
                good = "needs an argument" in done.stderr
            else:
                done = run(program, option, "--help")
                good = done.returncode == 0
            if not good:
                bad.append(f"{option}: {done.returncode} {done.stderr}")
        if not argument and run(program, f"--{name}=x").returncode != 2:
            bad.append(f"--{name}=x is taken")
    tap.ok(not bad, f"{program}: takes what --help shows", *bad)


def check_untaken(tap, program, options, names):
    """What the table has for other programs is none of this one."""
    bad = []
    for name in names:
        if not any(own.startswith(name) for own in options):
            done = run(program, f"--{name}")
            if done.returncode != 2 or f"--{name}" not in done.stderr:
                bad.append(f"--{name}: {done.returncode} {done.stderr}")
    tap.ok(not bad, f"{program}: takes nothing that --help hides", *bad)


def check_manual(tap, program, options):
    path = os.path.join(ROOT, "man", program + ".1")
    if not os.path.exists(path):
        tap.ok(False, f"man/{program}.1: is there")
        return
    theirs, strange = manual_options(path)
    tap.ok(not strange, f"man/{program}.1: one long option an item, at most "
           "one letter", *strange)
    ours = {n: (letter, bool(arg)) for n, (letter, arg) in options.items()}
    wrong = list(differences(ours, theirs))
    tap.ok(not wrong, f"man/{program}.1: the options of --help", *wrong)


def check_default(tap):
    """smp-publish reports nothing unless it is asked to."""
    done = subprocess.run([os.path.join(BIN, "smp-publish"), "--help"],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)
    tap.ok("default" not in done.stdout,
           "smp-publish --help calls no format the default", done.stdout)


def check_lint(tap):
    label = "mandoc -T lint finds nothing in the manuals"
    pages = sorted(glob.glob(os.path.join(ROOT, "man", "*.[1-9]")))
    if not shutil.which("mandoc"):
        tap.skip(label, "no mandoc")
        return
    done = subprocess.run(["mandoc", "-Tlint", "-Wstyle", *pages],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).splitlines()
    tap.ok(pages and not said, label, *said)


def main():
    tap = Tap()
    programs = sorted(n for n in os.listdir(BIN) if n.startswith("smp-"))
    names, used = pool(), set()
    tap.ok(programs, "there are programs")
    tap.ok(names, "there is a table of options")
    for program in programs:
        options = check_help(tap, program)
        used |= set(options)
        check_taken(tap, program, options)
        check_untaken(tap, program, options, names)
        check_manual(tap, program, options)
    unused = [n for n in names if n not in used]
    unknown = sorted(used - set(names))
    tap.ok(not unused, "some program takes each option of the table", *unused)
    tap.ok(not unknown, "each option comes from the table", *unknown)
    check_default(tap)
    check_lint(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
