#!/usr/bin/env python3
"""Feeds: what a run changes, and what it leaves alone; prints TAP.

Plans are published, changed and published again; each entry of each feed is
looked at before and after. $SMP_BIN names the programs.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
LOCK = ".smp-publish.lock"


def run(program, args, data, **environment):
    return subprocess.run(
        [os.path.join(BIN, program), *args], input=data, capture_output=True,
        env={**ENVIRONMENT, **environment}, timeout=120, check=False)


def plan(client, *sessions, **members):
    return {"id": client, "timeZone": "America/Toronto",
            "sessions": list(sessions), **members}


def session(start, **members):
    return {"start": start, **members}


def lines(plans):
    return "".join(json.dumps(p) + "\n" for p in plans).encode()


def cared_for(plans, *options):
    """With their care, as a stream."""
    data = lines(plans)
    for program in ("smp-precare", "smp-aftercare"):
        done = run(program, ["-j", *options], data)
        assert done.returncode == 0, done.stderr
        data = done.stdout
    return data


def publish(directory, data, *options, now="2026-11-21T10:00:00Z", **more):
    """(status, [(change, id, file)], standard error)"""
    done = run("smp-publish", ["-j", "--now", now, *options, directory], data,
               **more)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    return (done.returncode,
            [(r["change"], r["id"], r["file"]) for r in reports],
            done.stderr.decode())


def changes(done):
    return [report[0] for report in done[1]]


def tree(directory):
    """{name: (bytes, mtime, inode)} of what is there but the lock."""
    found = {}
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        status = os.lstat(path)
        if name != LOCK:
            with open(path, "rb") as file:
                found[name] = (file.read(), status.st_mtime_ns, status.st_ino)
    return found


def events(text):
    """{UID: {name: value}} of a feed, its lines unfolded; text as "" too."""
    found = {}
    for part in re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", text, re.S):
        values = {"": part}
        for line in part.replace(b"\r\n ", b"").decode().splitlines():
            name, _, value = line.partition(":")
            values.setdefault(name.partition(";")[0], value)
        found[values["UID"]] = values
    return found


def feed(directory, name="c-1.ics"):
    with open(os.path.join(directory, name), "rb") as file:
        return events(file.read())


class Case:
    """A directory of feeds, as it was and as it is."""

    def __init__(self, plans, *options, **more):
        self.top = tempfile.TemporaryDirectory()
        self.directory = os.path.join(self.top.name, "feeds")
        self.options, self.more = options, more
        self.first = publish(self.directory, cared_for(plans), *options,
                             **more)
        self.old = tree(self.directory)
        self.events = feed(self.directory) if "c-1.ics" in self.old else {}

    def again(self, plans, *options, care=(), **more):
        more = {**self.more, "now": "2026-11-22T10:00:00Z", **more}
        return publish(self.directory, cared_for(plans, *care),
                       *(options or self.options), **more)

    def compare(self):
        """[(what, old event, new event)] by UID"""
        new, pairs = feed(self.directory), []
        for uid in sorted(set(self.events) | set(new)):
            a, b = self.events.get(uid), new.get(uid)
            kind = ("new" if not a else "gone" if not b else
                    "same" if a[""] == b[""] else
                    "moved" if [a.get(n) for n in WEIGHTY] !=
                    [b.get(n) for n in WEIGHTY] else "text")
            pairs.append((kind, a, b))
        return pairs


WEIGHTY = ("DTSTART", "DTEND", "STATUS", "LOCATION")
ONE = plan("c-1", "2026-12-01T10:00", "2027-01-12T10:00", name="Jo Field")
TWO = plan("c-2", "2026-12-02T10:00")


def nothing_changes(tap):
    case = Case([ONE, TWO])
    tap.same(changes(case.first), ["new", "new"], "a first run: new")
    tap.same(sorted(os.listdir(case.directory)),
             sorted([LOCK, "c-1.ics", "c-2.ics"]), "feeds and the lock")
    done = case.again([ONE, TWO])
    tap.same((done[0], changes(done), done[2]), (0, ["unchanged"] * 2, ""),
             "a second run: unchanged")
    tap.same(tree(case.directory), case.old, "it has touched nothing")
    done = case.again([TWO, ONE], now="2027-06-01T00:00:00Z")
    tap.same((changes(done), tree(case.directory)),
             (["unchanged"] * 2, case.old), "nor has one half a year later")
    done = case.again([dict(ONE, updated="2026-11-21T12:00:00Z"), TWO])
    tap.same(tree(case.directory), case.old,
             "a plan that is newer but the same changes nothing")


def header(tap):
    case = Case([ONE])
    text = case.old["c-1.ics"][0].decode()
    head = text[:text.index("BEGIN:VEVENT")].splitlines()
    names = [re.split("[:;]", line)[0] for line in head]
    tap.same(names, ["BEGIN", "VERSION", "PRODID", "CALSCALE", "NAME",
                     "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC",
                     "REFRESH-INTERVAL", "X-PUBLISHED-TTL"],
             "the header of a feed")
    tap.ok("METHOD" not in text and text.endswith("END:VCALENDAR\r\n"),
           "no method; whole")
    stamps = {(e["DTSTAMP"], e["LAST-MODIFIED"], e["SEQUENCE"])
              for e in case.events.values()}
    tap.same(stamps, {("20261121T100000Z", "20261121T100000Z", "0")},
             "stamps are the present time")
    case = Case([dict(ONE, updated="2026-11-20T09:00:00Z")])
    stamps = {e["DTSTAMP"] for e in case.events.values()}
    tap.same(stamps, {"20261120T090000Z"}, "or when the plan was updated")


def goes_on(event):
    """Of a session without an end; another session takes it over."""
    return event["SUMMARY"].startswith("No AHA")


def moved(tap):
    case = Case([ONE, TWO])
    done = case.again([dict(ONE, sessions=["2026-12-01T10:00",
                                           "2027-01-19T10:00"]), TWO])
    tap.same(changes(done), ["moved", "unchanged"], "a session moves: moved")
    tap.same(tree(case.directory)["c-2.ics"], case.old["c-2.ics"],
             "the other feed is not touched")
    tap.ok(tree(case.directory)["c-1.ics"][1] // 10 ** 9 >
           case.old["c-1.ics"][1] // 10 ** 9,
           "this one is later by a second at least, as ETags want it")
    pairs = case.compare()
    kinds = {kind for kind, *_ in pairs}
    tap.ok("moved" in kinds and "same" in kinds and all(
        goes_on(b or a) for kind, a, b in pairs if kind in ("new", "gone")),
           "its entries move, others stay", pairs)
    tap.ok(all(b["SEQUENCE"] == str(int(a["SEQUENCE"]) + 1) and
               b["DTSTAMP"] == b["LAST-MODIFIED"] == "20261122T100000Z"
               for kind, a, b in pairs if kind == "moved"),
           "what moves gets the next SEQUENCE and later stamps", pairs)
    back = tree(case.directory)["c-1.ics"][0]
    done = case.again([ONE, TWO], now="2026-11-22T10:00:00Z")
    tap.ok(changes(done)[0] == "moved" and all(
        int(e["SEQUENCE"]) in (0, 2) and (
            e["SEQUENCE"] == "0" or e["LAST-MODIFIED"] == "20261122T100001Z")
        for e in feed(case.directory).values()),
        "back again in the same second: SEQUENCE and stamps still grow",
        back)


def sequences(tap):
    first = plan("c-1", session("2026-12-01T10:00", sequence=3))
    case = Case([first])
    later = plan("c-1", session("2026-12-02T10:00", sequence=7),
                 updated="2026-11-21T18:00:00Z")
    case.again([later])
    pairs = [(a, b) for kind, a, b in case.compare() if b.get("STATUS")]
    tap.same([(a["SEQUENCE"], b["SEQUENCE"], b["DTSTAMP"]) for a, b in pairs],
             [("3", "7", "20261121T180000Z")],
             "the session's own sequence, the plan's own time")
    case = Case([ONE])
    counted = [session(s, sequence=n) for s, n in zip(ONE["sessions"], (0, 5))]
    tap.same(changes(case.again([dict(ONE, sessions=counted)])), ["unchanged"],
             "a sequence alone is no change")
    counted[1]["start"] = "2027-01-13T10:00"
    case.again([dict(ONE, sessions=counted)])
    pairs = case.compare()
    second = max((b for _, _, b in pairs if b.get("STATUS")),
                 key=lambda event: event["DTSTART"])["UID"]
    tap.same({(kind, b["SEQUENCE"]) for kind, _, b in pairs
              if second in (b["UID"], b.get("RELATED-TO"))},
             {("moved", "5")},
             "care that moves with its session has its sequence")
    tap.same({(kind, b["SEQUENCE"]) for kind, _, b in pairs
              if second not in (b["UID"], b.get("RELATED-TO"))},
             {("same", "0"), ("moved", "1")},
             "care that ends with it gets the next")
    case = Case([first])
    case.again([later])
    case.again([dict(later, sessions=[session("2026-12-03T10:00")])])
    new = [e for e in feed(case.directory).values() if e.get("STATUS")]
    tap.same([(e["SEQUENCE"], e["DTSTAMP"]) for e in new],
             [("8", "20261122T100000Z")],
             "a plan that forgot them: both grow all the same")


def overlay(top, **members):
    path = os.path.join(top, "maple.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"format": "smp-protocol/1", "id": "maple", **members}, file)
    return path


def wording(tap):
    """An upgrade of the words in the midst of things."""
    case = Case([ONE])
    now = "2026-12-10T12:00:00Z"
    words = overlay(case.top.name, rules={
        "post.ointment": {"text": "Ointment, please."},
        "pre.wash": {"text": "Wash, please."}})
    done = case.again([ONE], now=now, care=("-p", words))
    tap.same((changes(done), done[2]), (["text"], ""), "new words: text")
    pairs = case.compare()
    tap.same({kind for kind, *_ in pairs}, {"same", "text"},
             "no entry moves, none comes or goes")
    tap.ok(all(kind == "same" for kind, a, _ in pairs
               if a["DTEND"][:8] <= "20261210"),
           "what has ended keeps its words", pairs)
    tap.ok(all(a["SEQUENCE"] == b["SEQUENCE"] and
               b["LAST-MODIFIED"] == b["DTSTAMP"] == "20261210T120000Z"
               for kind, a, b in pairs if kind == "text"),
           "what has not gets later stamps, but no other SEQUENCE", pairs)
    tap.ok(any("please" in b["DESCRIPTION"] for _, _, b in pairs),
           "and its words", pairs)
    before = tree(case.directory)
    done = case.again([ONE], now="2026-12-10T13:00:00Z", care=("-p", words))
    tap.same((changes(done), tree(case.directory)), (["unchanged"], before),
             "frozen words are no change the next time")


def gone(tap):
    case = Case([ONE])
    cancelled = dict(ONE, sessions=[
        "2026-12-01T10:00", session("2027-01-12T10:00", status="cancelled")])
    done = case.again([cancelled])
    tap.same(changes(done), ["cancelled"], "a cancelled session: cancelled")
    tap.ok(all(kind in ("same", "gone", "text", "moved") or goes_on(event)
               for kind, _, event in case.compare()),
           "its entries have gone", case.compare())
    done = case.again([dict(ONE, sessions=[
        session(s, status="cancelled") for s in ONE["sessions"]])])
    text = tree(case.directory)["c-1.ics"][0]
    tap.ok(changes(done) == ["cancelled"] and b"VEVENT" not in text and
           text.count(b"BEGIN:VTIMEZONE") == 1 and
           b"TZID:America/Toronto" in text,
           "all cancelled: a calendar with one VTIMEZONE", text)
    before = tree(case.directory)
    done = case.again([dict(ONE, sessions=[])], now="2027-01-01T00:00:00Z")
    tap.same((changes(done), tree(case.directory)), (["unchanged"], before),
             "and empty it stays")
    done = case.again([ONE])
    tap.same((changes(done), set(feed(case.directory))),
             (["new"], set(case.events)), "booked again: the same UIDs")


def healed(tap):
    case = Case([ONE])
    early = dict(ONE, sessions=[
        session("2026-12-01T10:00", status="done", healed="2026-12-08"),
        "2027-01-12T10:00"])
    done = case.again([early], now="2026-12-09T10:00:00Z")
    want = run("smp-aftercare", ["-i", "--now", "2026-12-09T10:00:00Z"],
               cared_for([early]))
    got = {uid: (e["DTSTART"], e["DTEND"], e["SUMMARY"])
           for uid, e in feed(case.directory).items()}
    tap.same((done[0], got), (0, {
        uid: (e["DTSTART"], e["DTEND"], e["SUMMARY"])
        for uid, e in events(want.stdout).items()}),
        "healed early: the entries of the plan as it is")


def refused(tap):
    case = Case([TWO])
    whole = cared_for([ONE])
    record = json.loads(whole)
    pre = run("smp-precare", ["-j"], lines([ONE])).stdout
    post = run("smp-aftercare", ["-j"], lines([ONE])).stdout
    partial = run("smp-aftercare", ["-j", "--from", "2026-12-01"], pre).stdout
    rows = [("no care", lines([ONE]), "care.pre"), ("pre alone", pre,
                                                    "care.post"),
            ("post alone", post, "care.pre"), ("partial", partial, "partial"),
            ("a zone of the machine", lines([dict(
                record, timeZoneAssumed=True)]), "timeZone")]
    for label, data, what in rows:
        done = publish(case.directory, data)
        tap.ok(done[0] == 3 and not done[1] and what in done[2] and
               tree(case.directory) == case.old,
               f"refused: {label}", done)
    bare = json.loads(lines([ONE]))
    del bare["timeZone"]
    data = lines([bare])
    for program in ("smp-schedule", "smp-precare", "smp-aftercare"):
        data = run(program, ["-j"], data, TZ="Europe/Paris").stdout
    done = publish(case.directory, data)
    tap.ok(done[0] == 3 and "timeZone" in done[2] and
           tree(case.directory) == case.old,
           "refused: a zone of the machine, through all programs", done)
    done = publish(case.directory, pre, "--only", "pre")
    tap.same((done[0], changes(done)), (0, ["new"]), "--only pre: pre alone")
    done = publish(case.directory, whole, "--only", "pre")
    tap.same((done[0], changes(done)), (0, ["unchanged"]),
             "--only pre: of both, pre")
    done = publish(case.directory, whole + whole)
    tap.ok(done[0] == 3 and len(done[1]) == 1 and "before" in done[2],
           "refused: a client's second plan", done)
    mixed = dict(record, care={"pre": "smp@0", "post": "smp@1"})
    done = publish(case.directory, lines([mixed]))
    tap.ok(done[0] == 0 and "different protocols" in done[2],
           "phases of different protocols: said, and published", done)
    for options in (["--prune"], ["--only", "both"], ["--prune=soon"],
                    ["--discreet=very"], ["--key", "/dev/null"]):
        done = publish(case.directory, whole, *options)
        tap.ok(done[0] == 2 and not done[1], f"refused: {options}", done)
    for args in ([], [case.directory, case.directory]):
        done = run("smp-publish", args, whole)
        tap.same(done.returncode, 2, f"refused: {len(args)} directories")


def proposals(tap):
    both = plan("c-1", "2026-12-01T10:00",
                session("2027-01-12T10:00", status="proposed"),
                session("2027-02-12T10:00", status="optional"))
    case = Case([both])
    tap.same({e.get("STATUS") for e in case.events.values()},
             {None, "CONFIRMED"}, "what is only proposed stays out")
    tap.same(len({e.get("RELATED-TO") for e in case.events.values()} - {None}),
             1, "and its care")
    case.again([both], "--proposed")
    found = feed(case.directory).values()
    tap.same([(e["STATUS"], e["TRANSP"]) for e in found if "STATUS" in e],
             [("CONFIRMED", "OPAQUE"), ("TENTATIVE", "TRANSPARENT"),
              ("TENTATIVE", "TRANSPARENT")],
             "--proposed: tentative, and free")
    tap.same(len({e.get("RELATED-TO") for e in found} - {None}), 2,
             "--proposed: with the care around it")


def discreet(tap):
    for option, described in (("--discreet", True), ("--discreet=full",
                                                     False)):
        case = Case([ONE], option)
        text = case.old["c-1.ics"][0].decode().replace("\r\n ", "")
        shown = "\n".join(line for line in text.splitlines()
                          if not re.match(r"(DESCRIPTION|UID|REL)", line))
        tap.same({e["SUMMARY"] for e in case.events.values()},
                 {"Appointment", "Reminder"}, f"{option}: titles")
        tap.ok(not re.search(r"smp|scalp|care|\bointment|pigment", shown,
                             re.I), f"{option}: nothing else tells", shown)
        tap.ok(all(e["CLASS"] == "PRIVATE" and
                   ("SMP" in e.get("DESCRIPTION", "") or
                    "\\n" in e.get("DESCRIPTION", "")) == described
                   for e in case.events.values()),
               f"{option}: descriptions", text)
        done = case.again([ONE])
        tap.same(changes(done), ["unchanged"], f"{option}: again")


def discreet_later(tap):
    case = Case([ONE])
    for option in ("--discreet", "--discreet=full"):
        done = case.again([ONE], option, now="2027-06-01T00:00:00Z")
        text = tree(case.directory)["c-1.ics"][0]
        tap.ok(changes(done) == ["text"] and
               (b"SMP session" in text) == (option == "--discreet") and
               b"SUMMARY:SMP" not in text,
               f"{option} from now on: the past too", done, text)


def names(tap):
    ids = ["../../etc/x", "..", ".", ".hidden", "-rf", "a b", "a/b", "a~2Fb",
           "\u00e9", "x" * 3000, "x" * 3001, "a\nb", "CON", "c-1.ics",
           LOCK, "%2e%2e", "~", "~~"]
    case = Case([plan(i, "2026-12-01T10:00") for i in ids])
    files = [report[2] for report in case.first[1]]
    tap.same(case.first[0], 0, "ids of all kinds are published")
    tap.same(len(set(files)), len(ids), "each has a name of its own")
    tap.ok(all(re.fullmatch(r"[A-Za-z0-9_~][A-Za-z0-9_.~-]{0,203}\.ics", f)
               for f in files), "all are safe", files)
    tap.same(sorted(os.listdir(case.directory)), sorted(files + [LOCK]),
             "all are in the directory, and nothing else is")
    tap.same(os.listdir(case.top.name), ["feeds"], "and nowhere else")


def key_file(case, name, text):
    path = os.path.join(case.top.name, name)
    with open(path, "wb") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


def keys(tap):
    case = Case([])
    one = key_file(case, "one", b"0123456789abcdef" * 2)
    two = key_file(case, "two", b"0123456789abcdeF" * 2)
    clients = key_file(case, "clients", b"c-1\nc-2\n")
    done = case.again([ONE, TWO], "--key", one)
    files = [report[2] for report in done[1]]
    tap.ok(changes(done) == ["new"] * 2 and all(
        re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{32}\.ics", f) for f in files),
        "--key: names that say nothing", done)
    line = key_file(case, "line", b"0123456789abcdef" * 2 + b"\r\n")
    tap.same(changes(case.again([ONE, TWO], "--key", line)),
             ["unchanged"] * 2, "--key: a line's end does not count")
    done = case.again([dict(ONE, feed=1), TWO], "--key", one)
    tap.same([r[:2] for r in done[1]], [("new", "c-1"), ("unchanged", "c-2"),
                                        ("retired", "c-1")],
             "another feed number: a new address, the old one is withdrawn")
    new = done[1][0][2]
    tap.ok(new[:16] == files[0][:16] and new != files[0] and not
           feed(case.directory, files[0]) and feed(case.directory, new),
           "the old feed is empty", done)
    done = case.again([ONE, TWO], "--key", two)
    tap.same(changes(done), ["new"] * 2, "another key: other names")
    done = case.again([ONE, TWO], "--key", two, "--prune", "--clients",
                      clients)
    tap.same(sorted(changes(done)), ["retired"] * 2 + ["unchanged"] * 2,
             "and --prune withdraws the old ones")
    done = case.again([ONE], "--key", two, "--prune", "--clients", clients)
    tap.ok(done[0] == 3 and [r[:2] for r in done[1]] ==
           [("unchanged", "c-1"), ("missing", "c-2")] and done[1][1][2] in
           os.listdir(case.directory), "a missing client keeps its feed", done)


def prune(tap):
    case = Case([ONE, TWO])
    only = key_file(case, "clients", b"c-1\n\n")
    all_of_them = key_file(case, "all", b"c-1\r\nc-2\r\nc-3\r\n")
    empty = key_file(case, "empty", b"\n\n")
    stranger = os.path.join(case.directory, "holidays.ics")
    with open(stranger, "wb") as file:
        file.write(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    case.old = tree(case.directory)
    data = cared_for([ONE])
    for label, stream, status in (
            ("an empty input", b"", 3), ("no newline at the end", data[:-1],
                                         3),
            ("a reject", data + b"{}\n", 3)):
        done = publish(case.directory, stream, "--prune", "--clients", only)
        tap.ok(done[0] == status and "withdrawn" in done[2] and
               tree(case.directory) == case.old,
               f"{label}: nothing is withdrawn", done)
    for file, label in ((empty, "empty"), ("/nowhere/clients", "missing")):
        done = publish(case.directory, data, "--prune", "--clients", file)
        tap.ok(done[0] == 2 and tree(case.directory) == case.old,
               f"{label} list of clients: status 2", done)
    done = publish(case.directory, data, "--clients", all_of_them)
    tap.same((done[0], done[1]), (3, [("unchanged", "c-1", "c-1.ics"),
                                      ("missing", "c-2", "c-2.ics"),
                                      ("missing", "c-3", None)]),
             "who is missing is reported")
    tap.same([line.split(": ")[1:3] for line in done[2].splitlines()],
             [["c-2, c-3", "missing"]], "and said on standard error")
    done = publish(case.directory, data, "--prune", "--clients", only,
                   "--dry-run", now="2026-11-23T10:00:00Z")
    tap.ok(changes(done) == ["unchanged", "retired"] and
           tree(case.directory) == case.old, "--dry-run: only said", done)
    done = publish(case.directory, data, "--prune", "--clients", only,
                   now="2026-11-23T10:00:00Z")
    text = tree(case.directory)["c-2.ics"][0]
    tap.ok(done[:2] == (0, [("unchanged", "c-1", "c-1.ics"),
                            ("retired", None, "c-2.ics")]) and
           text.count(b"BEGIN:VTIMEZONE") == 1 and b"VEVENT" not in text,
           "who is no client: emptied", done, text)
    for now, there in (("2026-11-24T10:00:00Z", True),
                       ("2026-12-23T09:59:59Z", True),
                       ("2026-12-23T10:00:00Z", False)):
        publish(case.directory, data, "--prune", "--clients", only, now=now)
        tap.same(("c-2.ics" in os.listdir(case.directory),
                  os.path.exists(stranger)), (there, True),
                 f"{now}: {'still there' if there else 'removed'}")
    publish(case.directory, cared_for([ONE, TWO]))
    done = publish(case.directory, cared_for([ONE]), "--prune=now",
                   "--clients", only)
    tap.ok("c-2.ics" not in os.listdir(case.directory) and
           ("retired", None, "c-2.ics") in done[1],
           "--prune=now: removed at once", done)


def main():
    tap = Tap()
    for tests in (nothing_changes, header, moved, sequences, wording, gone,
                  healed, refused, proposals, discreet, discreet_later, names, keys,
                  prune):
        tests(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
