#!/usr/bin/env python3
"""Whether VERSION rose with the output; prints TAP.

usage: version.py [--note]

smp-publish passes over lines of plans that it has published by their hash and
VERSION (lib/publish/source.c), so whoever changes what feeds, calendars,
checklists or messages say must raise VERSION in the Makefile. What a fixed set
of clients gets is hashed and compared with the last line of
tests/upgrade/outputs, "VERSION HASH". After raising VERSION, --note adds the
line. $SMP_BIN names the programs.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile

from publish import ROOT, run, tree
from results import Tap
from upgrade import HERE, KINDS, KEY, NOW, OLD, OVERLAY, care, read

OUTPUTS = os.path.join(HERE, "outputs")
DAYS = ("2026-11-24", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-08",
        "2026-12-12")
QUESTIONS = (("en", "does it hurt"), ("fr", "puis-je nager"),
             ("es", "puedo nadar"))


def outputs():
    """Pairs of a name and the bytes that clients get."""
    plans = care(read(os.path.join(HERE, "clients.ndjson")), NOW)
    for lang in ("en", "fr", "es"):
        options = [*OVERLAY, "--now", NOW, "--lang", lang]
        words = care(read(os.path.join(HERE, "clients.ndjson")), NOW,
                     "--lang", lang)
        yield f"{lang} plans", words
        yield f"{lang} checklist", run("smp-aftercare", options, words).stdout
        yield f"{lang} calendar", run("smp-aftercare", [*options, "-i"],
                                      words).stdout
        yield f"{lang} handout", run("smp-aftercare", [*options, "--sheet"],
                                     b"").stdout
        for day in DAYS:
            yield f"{lang} {day}", run("smp-aftercare",
                                       [*options, "--on", day], words).stdout
    for lang, question in QUESTIONS:
        yield question, run("smp-faq", ["--lang", lang, *question.split()],
                            b"").stdout
    for activity in ("swim", "hat", "razor", "ointment"):
        yield activity, run("smp-may", [*OVERLAY, "--on", "2026-12-05",
                                        activity], plans).stdout
    for kind, options in KINDS.items():
        with tempfile.TemporaryDirectory() as top:
            key = os.path.join(top, "key")
            with open(key, "wb") as file:
                file.write(read(os.path.join(OLD, "key")))
            os.chmod(key, 0o600)
            feeds = os.path.join(top, "feeds")
            run("smp-publish", [*OVERLAY, "--now", NOW, feeds,
                                *(f"{KEY}={key}" if o == KEY else o
                                  for o in options)], plans)
            for name, (text, _, _) in sorted(tree(feeds).items()):
                # The hashes behind the name of the program hold the version.
                yield f"{kind} {name}", re.sub(
                    rb"(?m)^(PRODID:\S+ ).*?(?=//EN)", rb"\1", text)


def digest():
    total = hashlib.sha256()
    for name, text in outputs():
        assert text, name
        total.update(f"{name}\n{len(text)}\n".encode() + text)
    return total.hexdigest()[:32]


def current():
    text = read(os.path.join(ROOT, "Makefile")).decode()
    return re.search(r"^VERSION = (\S+)$", text, re.M).group(1)


def noted(text):
    return [tuple(line.split()) for line in text.splitlines()]


def numbers(version):
    return tuple(int(n) for n in version.split("."))


def committed():
    """The lines that HEAD has, none without git."""
    try:
        done = subprocess.run(["git", "show", "HEAD:tests/upgrade/outputs"],
                              cwd=ROOT, capture_output=True, check=False)
    except OSError:
        return []
    return noted(done.stdout.decode()) if done.returncode == 0 else []


def main():
    lines = noted(read(OUTPUTS).decode()) if os.path.exists(OUTPUTS) else []
    version, now = current(), digest()
    if sys.argv[1:] == ["--note"]:
        if version in dict(lines):
            sys.exit(f"version.py: {version} is noted: raise VERSION")
        with open(OUTPUTS, "a", encoding="ascii") as file:
            file.write(f"{version} {now}\n")
        return 0
    tap = Tap()
    versions = [numbers(line[0]) for line in lines]
    tap.ok(versions == sorted(set(versions)) and lines[-1][0] == version,
           "the last version whose output is noted is this one", *lines)
    tap.ok(lines[-1][1] == now, "the output is that of this version: "
           "if it is to change, raise VERSION, then tests/version.py --note",
           f"{version} {now}")
    tap.ok(all(dict(lines).get(v) == d for v, d in committed()),
           "no line that was noted has changed")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
