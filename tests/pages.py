#!/usr/bin/env python3
"""Pages (--html) as a parser sees them; prints TAP.

Elements are closed, ids and headings in order, nothing is fetched, every word
of the checklist is there, and no input is ever markup. What a browser makes of
them is checked by make check-pages. $SMP_BIN names the programs.
"""

import collections
import glob
import html.parser
import json
import os
import re
import subprocess
import sys

from results import Tap, own_directory

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
NOW = ("--now", "2026-11-01T10:00Z", "-z", "America/Toronto")
STUDIO = {"name": "Maple & Co", "address": "214 Maple Street",
          "phone": "+1 416 555 0143", "url": "https://maple.example.org/?a=1&b",
          "openingHours": "Tu-Sa 10:00-18:00", "closed": ["2026-12-24"],
          "contact": "Maple, +1 416 555 0143", "sign": True}
VOID = {"meta", "br", "use", "path", "rect", "circle"}
ALLOWED = {"class", "lang", "charset", "http-equiv", "content", "name", "href",
           "aria-hidden", "aria-labelledby", "role", "id", "datetime", "scope",
           "viewbox", "d", "x", "y", "width", "height", "cx", "cy", "r", "fill",
           "transform", "patternunits", "patterntransform"}


def run(program, *args, plans=b""):
    done = subprocess.run([os.path.join(BIN, program), *args], input=plans,
                          capture_output=True, timeout=60, check=False,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    good = done.returncode == 0 or (done.returncode == 1 and done.stdout)
    return done.stdout if good else b"failed: " + done.stderr


class Page(html.parser.HTMLParser):
    """What is wrong with a page, its elements and its text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.wrong, self.open, self.shape = [], [], []
        self.ids, self.asked, self.links = collections.Counter(), [], []
        self.words, self.levels, self.days = [], [], []
        self.feed(text)
        self.close()
        self.wrong += [f"not closed: {name}" for name in self.open]
        self.wrong += [f"id twice: {i}" for i, n in self.ids.items() if n > 1]
        self.wrong += [f"no id {i}" for i in self.asked if i not in self.ids]
        self.wrong += [f"heading {b} after {a}" for a, b in
                       zip([0] + self.levels, self.levels) if b > a + 1]
        if self.levels.count(1) != 1:
            self.wrong.append("not one h1")
        self.text = "".join(self.words)

    def handle_starttag(self, tag, attrs):
        self.shape.append((tag, [name for name, _ in attrs]))
        if tag in {"script", "link", "img", "iframe", "object", "base", "form"}:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ALLOWED:
                self.wrong.append(f"{tag} {name}")
            elif name == "id":
                self.ids[value] += 1
            elif name == "href":
                self.links.append(value)
                if value.startswith("#"):
                    self.asked.append(value[1:])
            elif name == "aria-labelledby":
                self.asked += value.split()
            elif name == "datetime":
                self.days.append(value)
            elif value.startswith("url("):
                self.asked.append(value[5:-1])
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"closed out of turn: {tag}")

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"style", "title"}:
            self.words.append(data)

    def unknown_decl(self, data):
        self.wrong.append(f"declaration {data}")

    def handle_comment(self, data):
        self.wrong.append(f"comment {data}")

    def handle_pi(self, data):
        self.wrong.append(f"instruction {data}")


def bare(text):
    """Without what typography changes, and blanks."""
    text = text.replace("\u2019", "'").replace("\u00a0", " ")
    return re.sub(r"\s+", "", text).casefold()


def sentences(checklist):
    """The sentences of a checklist: headings of dates, care, whom to ask."""
    found = []
    for line in checklist.splitlines():
        indent = len(line) - len(line.lstrip())
        new = re.match(r" {4}\S+ +(.*)", line) if indent == 4 else None
        if new:
            found.append([new[1]])
        elif indent == 2 and (not found or not found[-1]
                              or not found[-1][0].startswith("\0")):
            found.append(["\0" + line.strip()])
        elif indent and found:
            found[-1].append(line.strip())
        else:
            found.append([])
    return [bare(" ".join(parts).lstrip("\0")) for parts in found if parts]


def missing(page, checklist):
    text = bare(page.text)
    return [s for s in sentences(checklist) if s not in text]


def plans_of(options, sessions=("2026-12-01T10:00",), name="Jo Field"):
    plans = run("smp-schedule", "-j", *options, *NOW, "--id", "jo", "--name",
                name, *sessions)
    return run("smp-precare", "-j", *options, *NOW, plans=plans)


def check(tap, text, label, *more):
    page = Page(text.decode())
    wrong = page.wrong + list(more)
    if not text.startswith(b"<!DOCTYPE html>\n<html lang="):
        wrong.append(text[:200])
    if b"content=\"default-src 'none'; style-src 'unsafe-inline'" not in text:
        wrong.append("no policy")
    if re.search(rb"@import|url\((?!#)|expression", text.split(b"</style>")[0]):
        wrong.append("the style fetches")
    tap.ok(not wrong, label, *wrong)
    return page


def check_protocols(tap):
    json.dump({"studio": STUDIO}, open("studio.json", "w"))
    for path in ["", *sorted(glob.glob(f"{ROOT}/examples/protocols/*.json") +
                             glob.glob(f"{ROOT}/tests/studios/*.json"))]:
        for lang in ("en", "fr", "es"):
            options = ["--lang", lang, *(("-p", path) if path else ()),
                       "-p", "studio.json"]
            plans = plans_of(options, ("2026-12-01T10:00",
                                       "2027-03-05T10:00"))
            if lang != "en" and plans.startswith(b"failed"):
                continue  # it is in English alone
            text = run("smp-aftercare", "--html", *options, *NOW, plans=plans)
            said = run("smp-aftercare", "-t", *options, *NOW, plans=plans)
            page = Page(text.decode())
            lost = missing(page, said.decode())
            check(tap, text, f"{os.path.basename(path)} {lang}: a page with "
                  "every word of the checklist", *lost,
                  *() if len(sentences(said.decode())) > 1 else ["no words"])


def check_programs(tap):
    rows = {"smp-schedule": ("smp-schedule", "-n", "3", "2026-12-01T10:00"),
            "choices": ("smp-schedule", "--choices", "3", "2026-12-01T10:00"),
            "smp-precare": ("smp-precare", "2026-12-01"),
            "smp-aftercare": ("smp-aftercare", "2026-12-01T23:30"),
            "--healed": ("smp-aftercare", "--healed", "2026-12-09",
                         "2026-12-01T10:00"),
            "--sheet": ("smp-aftercare", "--sheet"),
            "--on": ("smp-aftercare", "--on", "2026-12-03", "2026-12-01"),
            "99 sessions": ("smp-aftercare", *(f"20{20 + i // 12}-"
                            f"{i % 12 + 1:02}-01" for i in range(99)))}
    for name, (program, *args) in rows.items():
        text = run(program, "--html", *NOW, *args)
        page = check(tap, text, f"{name}: a page")
        lost = [] if program == "smp-schedule" or "--on" in args else \
            missing(page, run(program, "-t", *NOW, *args).decode())
        if "--on" in args:
            day = json.loads(run(program, "-j", *NOW, *args))["day"]
            lost = [line for line in day["text"].split("\n")
                    if bare(line.lstrip("- ")) not in bare(page.text)]
        tap.ok(not lost and len(page.text) > 200,
               f"{name}: every word of the text", *lost)
    tap.same(run("smp-aftercare", "--html", *NOW, plans=b"\n"), b"",
             "no client, no page")


def check_content(tap):
    options = ["-p", "studio.json"]
    plans = plans_of(options)
    page = Page(run("smp-aftercare", "--html", *options, *NOW,
                    plans=plans).decode())
    days = {"2026-11-24", "2026-12-01", "2026-12-08", "2026-12-11",
            "2027-01-05", "2026-12-24"}
    tap.ok(days <= set(page.days), "the dates of the picture in a list",
           days - set(page.days))
    tap.same({link for link in page.links if link[0] != "#"},
             {"tel:+14165550143", STUDIO["url"]}, "the links of a page")
    for words in ("only if completely healed", "Session 2", "proposed",
                  "Page 1 of 2", "I have received and understood", "smp@",
                  "Before your session", "10:00 to about 13:00"):
        tap.ok(words in page.text, f"the page says: {words}")
    tap.ok(page.text.count("No fingers on the treated area") == 1,
           "no care of proposed sessions")
    later = Page(run("smp-aftercare", "--html", *options, *NOW,
                     plans=plans_of(options, ("2026-12-01T10:00",
                                              "2027-01-05T10:00"))).decode())
    tap.ok(later.text.count("No fingers on the treated area") == 1 and
           later.text.count("No fingers on the area") == 2,
           "later sessions by what differs")
    alert = {"rules": {"post.pus": {"phase": "post", "verb": "alert",
             "during": "0d/10d", "title": "Pus or fever", "then": "contact",
             "text": "Call us if you see pus."}}}
    json.dump(alert, open("alert.json", "w"))
    text = run("smp-aftercare", "--html", *options, "-p", "alert.json", *NOW,
               "2026-12-01T10:00").decode()
    box = re.search(r'<div class="alert">.*?</div>\n</div>', text, re.S)
    box = text[text.find('<div class="alert">'):].split("</p>")[0]
    tap.ok("Call us if you see pus." in box and 'href="tel:+14165550143"' in box,
           "an alert in a box with the telephone", box[:300])
    two = plans + plans.replace(b'"id":"jo"', b'"id":"al"')
    text = run("smp-aftercare", "--html", *options, *NOW, plans=two)
    check(tap, text, "two clients in one file")
    tap.same(text.count(b"<article"), 2, "an article for each client")


HOSTILE = ("</style><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
           "' onmouseover='alert(1)", "&lt;b&gt; &amp; &#60;i&#62;", "]]><!--",
           "--><b>", "<!DOCTYPE x><?php ?>", "<svg/onload=alert(1)>",
           "javascript:alert(1)", "\u202egnp.exe", "{n} {date} {contact}",
           "a\u2028b", "</title></desc></svg>", "${7*7}", "<" * 50, "&" * 50)


def hostile_protocol(text):
    built = json.loads(run("smp-protocol", "-j", "show"))
    rules = {name: {"title": text, "text": text + " " + name}
             for name, rule in built["rules"].items()}
    labels = {key: text for key, value in built["labels"].items()
              if isinstance(value, str) and not
              key.startswith(("ask.", "topic.", "plural", "weekdays", "months",
                              "lead."))}
    studio = {key: text for key in ("name", "address", "phone", "contact",
                                    "sign")}
    return {"id": text, "rules": rules, "labels": labels, "studio": studio}


def check_hostile(tap):
    shapes = []
    for text in ("benign", *HOSTILE):
        json.dump(hostile_protocol(text), open("hostile.json", "w"))
        plan = {"id": text, "name": text, "email": text, "timeZone": "UTC",
                "sessions": ["2026-12-01T10:00", {"start": "2027-01-05T10:00",
                                                  "uid": text}]}
        plans = json.dumps(plan).encode() + b"\n"
        pages = []
        for program in ("smp-schedule", "smp-aftercare"):
            made = run(program, "--html", "-p", "hostile.json",
                       "--now", "2026-11-01T10:00Z", plans=plans)
            pages.append(Page(made.decode()))
        made = run("smp-aftercare", "--html", "-p", "hostile.json", "--sheet")
        pages.append(Page(made.decode()))
        wrong = [fault for page in pages for fault in page.wrong]
        wrong += [link for page in pages for link in page.links
                  if link[0] != "#" and not re.fullmatch(r"tel:\+?\d+", link)]
        wrong += ["too short"] * sum(len(page.shape) < 50 for page in pages)
        shapes.append(len([s for s in pages[2].shape if s[0] != "a"]))
        seen = text if "\u202e" not in text and "\u2028" not in text else ""
        if bare(seen) not in bare(pages[1].text):
            wrong.append("the text is not there")
        for control in "\u202e\u2028":
            if any(control in page.text for page in pages):
                wrong.append("a control came through")
        tap.ok(not wrong, f"{text!a} everywhere is text", *wrong)
    # (the words in a picture have one or two lines, so that is not compared)
    tap.ok(len(set(shapes)) == 1, "no text adds an element", shapes)


def main():
    tap = Tap()
    with own_directory():
        check_protocols(tap)
        check_programs(tap)
        check_content(tap)
        check_hostile(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
