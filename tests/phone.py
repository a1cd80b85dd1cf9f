#!/usr/bin/env python3
"""What a phone shows of the calendars of all protocols; prints TAP.

All protocols of tests/studios and examples/protocols and the built-in one, in
all languages, write calendars with many options. No fold may come beside a
blank, inside a character or inside an escape, and no line may be empty.
$SMP_BIN names the programs.
"""

import glob
import json
import os
import re
import sys
import tempfile

from publish import ROOT, run
from results import Tap

LANGUAGES = ("en", "fr", "es")
NOW = "2026-10-01T10:00:00Z"
SESSIONS = ["2026-12-01T10:00", "2027-01-12", "2027-03-28T01:30"]
KINDS = ([], ["--local"], ["--by", "rule"], ["--timed", "--alarm=08:00"],
         ["--discreet"], ["--by", "rule", "--timed", "--discreet=full"])
INVITED = ["--method", "request", "--email", "jo@example.org"]


def protocols():
    return [None, *sorted(glob.glob(f"{ROOT}/tests/studios/*.json") +
                          glob.glob(f"{ROOT}/examples/protocols/*.json"))]


def name(protocol):
    return os.path.basename(protocol) if protocol else "built-in"


def overlay(protocol):
    return ["-p", protocol] if protocol else []


def care(program, protocol, lang, *options, data=b""):
    options = [*overlay(protocol), "--lang", lang, "--now", NOW, *options]
    if not data:
        options += ["-z", "Europe/Paris", "--id", "c-1", *SESSIONS]
    done = run(program, options, data)
    return done.stdout


def bad_folds(text):
    """Pairs of lines that no reader should have to join."""
    for before, after in re.findall(rb"([^\n]*)\r\n (?=([^\n]*))", text):
        escapes = len(before) - len(before.rstrip(b"\\"))
        if before[-1:] in b" \t" or after[:1] in b" \t\r" or escapes % 2 or \
                after[0] & 0xc0 == 0x80:
            yield before[-20:] + b"|" + after[:20]


def bad_lines(text):
    lines = text.split(b"\r\n")
    return [line for line in lines[:-1] if len(line) > 75 or not line.strip()
            or b"\n" in line] + lines[-1:] * bool(lines[-1])


def folds(tap):
    wrong, count, calendars = [], 0, 0
    for protocol in protocols():
        for lang in LANGUAGES:
            plan = care("smp-precare", protocol, lang, "-j")
            for options in (*KINDS, INVITED):
                text = care("smp-aftercare" if options != INVITED else
                            "smp-schedule", protocol, lang, "-i", *options,
                            data=plan if options != INVITED else b"")
                calendars += text.startswith(b"BEGIN:VCALENDAR")
                count += text.count(b"\r\n ")
                wrong += [(name(protocol), lang, options, fault) for fault in
                          (*bad_folds(text), *bad_lines(text))]
    tap.ok(calendars > 200 and count > 10000 and not wrong,
           "no line of any calendar is folded beside a blank, inside a "
           "character or an escape, is empty or too long",
           (calendars, count, len(wrong)), *wrong)


def long_words(tap):
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "long.json")
        text = "How: https://studio.example/" + "a" * 56
        for words in (text, "a" * 57 + ", b; \\ \\\\, c\\n" * 20,
                      " ".join(["\u20ac" * 9, "a,b;c"] * 30)):
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"rules": {"post.long": {
                    "phase": "post", "verb": "do", "what": ["long"],
                    "window": "0d/5d", "title": "Long", "text": words}},
                    "activities": {"long": {"label": "long"}}}, file)
            found = care("smp-aftercare", path, "en", "-i")
            wrong = [*bad_folds(found), *bad_lines(found)]
            tap.ok(b"Long" in found and not wrong,
                   f"{words[:20]!a}...: folded well", *wrong or [found[:99]])


def main():
    tap = Tap()
    folds(tap)
    long_words(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
