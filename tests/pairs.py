#!/usr/bin/env python3
"""What is forbidden comes first, whatever is permitted beside it.

For every protocol and language, questions are made that name something a rule
forbids and something another one permits or asks for: "can I swim if I use
vaseline". None may be answered with the permission first. SMP_PAIRS=1 tries
all pairs and all ways to ask; otherwise every SMP_PAIRS-th question is tried,
by default every 40th.
"""

import glob
import itertools
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("SMP_BIN", "bin")
SAMPLE = int(os.environ.get("SMP_PAIRS", "40"))
WAYS = {
    "en": ("can i do {a} if i use {b}", "is it ok: {a} with {b}",
           "{a} and {b}?", "may i do {b} and {a}", "{b} then {a}, allowed?",
           "am i allowed {a} as long as there is {b}",
           "when can i do {a} and {b} again",
           "my husband asks: can he do {a} after {b}"),
    "fr": ("je peux faire {a} si je mets {b}", "{a} avec {b} ?",
           "puis-je faire {b} et {a}", "est-ce permis, {a} et {b}",
           "quand est-ce que je peux reprendre {a} avec {b}"),
    "es": ("puedo hacer {a} si uso {b}", "{a} con {b}?",
           "se puede {b} y {a}", "está permitido {a} con {b}",
           "cuándo puedo volver a {a} con {b}"),
}


def run(args, text=""):
    return subprocess.run([os.path.join(BIN, args[0]), *args[1:]], input=text,
                          capture_output=True, text=True, encoding="utf-8",
                          check=False).stdout


def protocols():
    """(name, arguments, language)"""
    for lang in WAYS:
        yield "built-in", ["--lang", lang], lang
    for path in sorted(glob.glob(os.path.join(TOP, "tests/studios/*.json"))):
        with open(path, encoding="utf-8") as file:
            lang = json.load(file).get("lang", "en")[:2]
        yield os.path.basename(path), ["-p", path], lang


def wider(activities, activity, seen=()):
    """The activity and all that it is a kind of."""
    found = {activity}
    for other in activities.get(activity, {}).get("is", []):
        if other not in found and other not in seen:
            found |= wider(activities, other, (*seen, activity))
    return found


def names(activities, activity):
    value = activities.get(activity, {})
    return [value.get("title", activity), *list(value.get("names", []))[:3]]


def spoken_of(protocol, verbs):
    """{activity: ids of rules with such a verb that speak of it}"""
    activities = protocol.get("activities", {})
    found = {}
    for activity in activities:
        kinds = wider(activities, activity)
        for rule_id, rule in protocol["rules"].items():
            if rule["verb"] in verbs and kinds & set(rule.get("what", [])):
                found.setdefault(activity, set()).add(rule_id)
    return found


def questions(protocol, lang):
    """(question, the ids that may not be first)"""
    activities = protocol.get("activities", {})
    bans = spoken_of(protocol, ("avoid", "wait"))
    lets = spoken_of(protocol, ("do", "may"))
    for banned, let in itertools.product(sorted(bans), sorted(lets)):
        if banned in lets or let in bans:
            continue
        for a, b in itertools.product(names(activities, banned),
                                      names(activities, let)):
            for way in WAYS[lang]:
                yield way.format(a=a, b=b), lets[let]


def main():
    number, tried, wrong, answered = 0, 0, [], 0
    for name, args, lang in protocols():
        protocol = json.loads(run(["smp-protocol", "show", "-j", *args]))
        cases = list(questions(protocol, lang))[number % SAMPLE::SAMPLE]
        out = run(["smp-faq", *args, "--batch"],
                  "".join(case[0] + "\n" for case in cases))
        for (question, forbidden), line in zip(cases, out.splitlines(),
                                               strict=True):
            answer = json.loads(line)["id"]
            tried += 1
            answered += answer is not None
            if answer in forbidden:
                wrong.append(f"{name}: {question}: {answer}")
        number += 1
    good = tried > 0 and not wrong
    print(f"{'ok' if good else 'not ok'} 1 - {tried} pairs, {answered} "
          f"answered, {len(wrong)} with the permission first")
    for line in wrong[::max(1, len(wrong) // 20)]:
        print("#", line)
    print("1..1")
    return not good


if __name__ == "__main__":
    sys.exit(main())
