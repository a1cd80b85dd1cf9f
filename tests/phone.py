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
from datetime import date, timedelta

from publish import ROOT, cared_for, events, run
from results import Tap

LANGUAGES = ("en", "fr", "es")
NOW = "2026-10-01T10:00:00Z"
SESSIONS = ["2026-12-01T10:00", "2027-01-12", "2027-03-28T01:30"]
KINDS = ([], ["--local"], ["--by", "rule"], ["--timed", "--alarm=08:00"],
         ["--discreet"], ["--by", "rule", "--timed", "--discreet=full"])
OF = ["-z", "Europe/Paris", "--id", "c-1"]
INVITED = [*OF, *SESSIONS, "--method", "request", "--email", "jo@example.org"]


def protocols():
    return [None, *sorted(glob.glob(f"{ROOT}/tests/studios/*.json") +
                          glob.glob(f"{ROOT}/examples/protocols/*.json"))]


def name(protocol):
    return os.path.basename(protocol) if protocol else "built-in"


def overlay(protocol):
    return ["-p", protocol] if protocol else []


def care(program, protocol, lang, *options, data=b""):
    return run(program, [*overlay(protocol), "--lang", lang, "--now", NOW,
                         *options], data).stdout


def cases():
    """Pairs of a protocol and a language that it speaks."""
    for protocol in protocols():
        for lang in LANGUAGES:
            if care("smp-aftercare", protocol, lang, "--sheet"):
                yield protocol, lang


def plan_of(protocol, lang, sessions):
    """The plan of a client, with all care."""
    plan = care("smp-precare", protocol, lang, "-j", *OF, *sessions)
    return care("smp-aftercare", protocol, lang, "-j", data=plan)


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
    for protocol, lang in cases():
        plan = plan_of(protocol, lang, SESSIONS)
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
            found = care("smp-aftercare", path, "en", "-i", *OF, *SESSIONS)
            wrong = [*bad_folds(found), *bad_lines(found)]
            tap.ok(b"Long" in found and not wrong,
                   f"{words[:20]!a}...: folded well", *wrong or [found[:99]])


LED_BY = re.compile("(Getting ready|Today|Tomorrow|From today|Still|"
                    "Préparation|Demain|(Dès a|A)ujourd'hui|Toujours|"
                    "Preparación|Mañana|Hoy|Desde hoy|Sigue en pie)\xa0?[:.]")
TITLED = ["2026-12-01T10:00", "2027-01-12T10:00"]


def value(event, name):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1],
                  event.get(name, ""))


def entries(text):
    """The events, without sessions, each a dictionary; texts unescaped."""
    return [{**e, "SUMMARY": value(e, "SUMMARY"),
             "DESCRIPTION": value(e, "DESCRIPTION")}
            for e in events(text).values() if "STATUS" not in e]


def begins(line, items):
    """The titles of the items, the longest first, that a line begins with."""
    return [i for i in sorted(items, key=lambda i: -len(i["title"]))
            if line.startswith(i["title"].rstrip("."))]


def led_by(title, items):
    """The items that a title names, in order."""
    for part in re.split(r"(?:\.|[\xa0 ]?:) ", title):
        yield from begins(part, items)[:1]


def misleading(entry, items):
    """What is wrong with a title: a permission leads, or stands alone."""
    text, title = entry["DESCRIPTION"], entry["SUMMARY"]
    there = [i for i in items if i["text"] in text]
    led = [i["verb"] for i in led_by(title, there)]
    strict = [i for i in there if i["verb"] in ("avoid", "wait")]
    if strict and led and led[0] in ("may", "expect"):
        yield f"{led[0]} leads"
    if strict and "may" in led and not {"avoid", "wait"} & set(led):
        yield "a permission without a ban"
    if LED_BY.match(title):
        yield "a word that tells nothing leads"


def titles(tap):
    wrong, count = [], 0
    for protocol, lang in cases():
        plan = plan_of(protocol, lang, TITLED)
        items = json.loads(plan)["items"]
        text = care("smp-aftercare", protocol, lang, "-i", data=plan)
        for entry in entries(text):
            count += 1
            wrong += [(name(protocol), lang, entry["DTSTART"],
                       entry["SUMMARY"], fault)
                      for fault in misleading(entry, items)]
    tap.ok(count > 400 and not wrong,
           "titles begin with what is to be done or not; no permission leads "
           "one or stands alone while a ban is in force",
           (count, len(wrong)), *wrong)


def overlapping(entry, others):
    return any(e["RELATED-TO"] != entry["RELATED-TO"] and
               e["DTSTART"] < entry["DTEND"] and
               entry["DTSTART"] < e["DTEND"] for e in others)


def sessions_named(tap):
    wrong, named = [], 0
    words = {"en": "session ", "fr": "séance ", "es": "sesión "}
    for protocol, lang in cases():
        plan = plan_of(protocol, lang, TITLED)
        for options in ([], ["--by", "rule"]):
            text = care("smp-aftercare", protocol, lang, "-i", *options,
                        data=plan)
            number = {uid: e["SUMMARY"].split()[-1]
                      for uid, e in events(text).items() if "STATUS" in e}
            found = entries(text)
            for entry in found:
                said = words[lang] + number[entry["RELATED-TO"]] + ")"
                eve = re.match("Session tomorrow|Séance demain|"
                               "Sesión mañana", entry["SUMMARY"])
                named += said in entry["SUMMARY"]
                if overlapping(entry, found) and not eve and \
                        said not in entry["SUMMARY"] or \
                        len(entry["SUMMARY"]) > 70:
                    wrong.append((name(protocol), lang, entry["DTSTART"],
                                  entry["SUMMARY"]))
    tap.ok(named > 200 and not wrong,
           "where entries of two sessions overlap, each says which it is of",
           (named, len(wrong)), *wrong)


def skipped_hour(tap):
    """Readers disagree about a time that no clock shows."""
    for start, wanted in (("2027-03-28T01:30", ["20270328T023000",
                                                "20270328T053000"]),
                          ("2027-03-27T22:30", ["20270327T223000",
                                                "20270328T023000"])):
        text = run("smp-schedule", ["-i", "--local", "-n1", "-z",
                                    "Europe/London", "--id", "x", "--now", NOW,
                                    start], b"").stdout.decode()
        got = re.findall("^DT(?:START|END);TZID=Europe/London:(.*)\r", text,
                         re.M)[:2]
        tap.same(got, wanted, f"a session at {start}, in local time")


def too_large(tap):
    """Google takes calendars of about 1 MB."""
    said = b"larger than 900 kB"
    for count, wanted in ((60, False), (100, True)):
        data = b"".join(json.dumps({
            "id": f"c-{n}", "timeZone": "UTC", "sessions": TITLED,
        }).encode() + b"\n" for n in range(count))
        done = run("smp-aftercare", ["-i", "--now", NOW], data)
        tap.same((done.returncode, said in done.stderr,
                  len(done.stdout) > 900000), (0, wanted, wanted),
                 f"a calendar of {count} clients: whether its size is said")
    days = [str(day)[:10] for day in (
        date(2027, 1, 1) + timedelta(n) for n in range(700))]
    plan = {"id": "c-1", "timeZone": "UTC", "sessions": [days[0]], "items": [
        {"uid": f"i{n}", "rule": f"r{n}", "phase": "post", "verb": "do",
         "session": 1, "title": f"T{n}", "text": "x" * 1300,
         "start": days[n], "end": days[n + 1]} for n in range(699)]}
    for count in (300, 699):
        some = dict(plan, items=plan["items"][:count])
        with tempfile.TemporaryDirectory() as top:
            done = run("smp-publish", ["--now", NOW, top],
                       cared_for([some], "--now", NOW))
            size = os.path.getsize(os.path.join(top, "c-1.ics"))
        tap.same((said in done.stderr, size > 900000),
                 (count == 699, count == 699),
                 f"a feed of {count} long entries: whether its size is said")


def main():
    tap = Tap()
    skipped_hour(tap)
    too_large(tap)
    titles(tap)
    sessions_named(tap)
    folds(tap)
    long_words(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
