"""Families of aliases, and overlays that leave some of them out.

Whoever writes a question has not read the aliases. Questions that were written
beside the aliases say nothing about that: so the aliases most like a question
are left out before it is asked. Aliases of an entry that share their two most
common telling words are a family; families are dealt out to folds. To fit the
score, each question is asked in the fold that leaves out the family most like
it. To tell what to expect of strangers, who hit on many of the aliases all the
same, each question is asked with each third of the families left out in turn.
"""

import json
import os
import re
import unicodedata

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDS = 8
STEM = 5
FILES = {"en": "default", "fr": "fr", "es": "es"}


def stems(text):
    """The words of a text, without case and accents, cut short."""
    flat = unicodedata.normalize("NFKD", text.lower())
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    return [word[:STEM] for word in re.findall(r"[a-z0-9]+", flat)]


def load(lang):
    """The protocol's file in that language."""
    path = os.path.join(TOP, "lib", "protocol", FILES[lang] + ".json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Families:
    """The families of one language, {(entry, key): [alias]}."""

    def __init__(self, lang, folds=FOLDS):
        self.folds = folds
        protocol = load(lang)
        self.small = set(stems(protocol["labels"]["ask.small"]))
        self.groups = {}
        self.families = {}
        for group in ("faq", "rules"):
            for entry, value in protocol[group].items():
                self.groups[entry] = group
                self.add(entry, value.get("ask", []))

    def telling(self, text):
        return set(stems(text)) - self.small

    def add(self, entry, aliases):
        counts = {}
        for alias in aliases:
            for stem in self.telling(alias):
                counts[stem] = counts.get(stem, 0) + 1
        for alias in aliases:
            key = sorted(self.telling(alias), reverse=True,
                         key=lambda stem: (counts[stem], stem))[:2]
            self.families.setdefault((entry, " ".join(key)), []).append(alias)

    def fold(self, family):
        order = sorted(self.families)
        return order.index(family) % self.folds

    def nearest(self, entry, question):
        """The family of the entry that is most like the question, or None."""
        asked, best, most = self.telling(question), None, 0
        for family, aliases in sorted(self.families.items()):
            if family[0] != entry:
                continue
            for alias in aliases:
                words = self.telling(alias)
                like = len(words & asked) / len(words | asked) if words else 0
                if like > most:
                    best, most = family, like
        return best

    def overlay(self, fold):
        """What takes the families of a fold out of the protocol."""
        patch = {"faq": {}, "rules": {}}
        for family, aliases in self.families.items():
            if self.fold(family) == fold:
                entry = patch[self.groups[family[0]]].setdefault(
                    family[0], {"ask": {}})
                entry["ask"].update({alias: None for alias in aliases})
        return json.dumps(patch, ensure_ascii=False)

    def deal(self, cases):
        """Cases by fold; those that expect no answer by turns."""
        folds = [[] for _ in range(self.folds)]
        for number, case in enumerate(cases):
            family = self.nearest(case["expect"], case["q"])
            folds[self.fold(family) if family else number % self.folds].append(case)
        return folds
