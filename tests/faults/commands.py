"""The commands that faults are injected into, and the files they work on."""

import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def text_of(*path):
    with open(os.path.join(ROOT, *path), "rb") as file:
        return file.read()


def plan(client, *sessions, **members):
    return {"id": client, "timeZone": "America/Toronto",
            "sessions": list(sessions), **members}


def lines(*plans):
    return "".join(json.dumps(p, ensure_ascii=False) + "\n"
                   for p in plans).encode()


PLANS = lines(
    plan("c-1", "2026-12-01T10:00", name="Jo Ann", facts=["skin:oily"]),
    plan("c-2", "2026-12-02", "2027-01-12T09:30", lang="fr", name="Zoé"),
    plan("c-3", {"start": "2026-11-24T15:00", "status": "done",
                 "healed": "2026-12-03", "uid": "x-3"},
         timeZone="Europe/Madrid", lang="es", note="1.5", weight=70.25))
BROKEN = PLANS.replace(b"\n", b"\n{\"id\": \"bad\"}\nno plan\n", 1)
STUDIO_PLANS = lines(
    plan("s-1", "2026-12-01T10:00", studio="one"),
    plan("s-2", "2026-12-01T10:00", studio="two", lang="fr"))
QUESTIONS = ("does it hurt\ncan I swim\nwhere can I park\n"
             "¿puedo lavarme el pelo?\n").encode()
OVERLAY = json.dumps({
    "studio": {"name": "Atelier", "timeZone": "Europe/Paris",
               "phone": "+33 1 23 45 67 89", "email": "hi@example.org",
               "chairs": 2,
               "openingHours": "Mo-Sa 09:00-18:00"}}).encode() + b"\n"

CALENDAR = "\r\n".join("""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VTIMEZONE
TZID:Studio Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:weekly
DTSTART;TZID=Studio Time:20261201T100000
DURATION:PT3H
RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270601T000000Z
EXDATE;TZID=Studio Time:20270107T100000
RDATE;TZID=Studio Time:20270108T100000,20270115T100000
SUMMARY:Team
END:VEVENT
BEGIN:VEVENT
UID:weekly
RECURRENCE-ID;TZID=Studio Time:20261210T100000
DTSTART;TZID=Studio Time:20261211T100000
DURATION:PT1H
SUMMARY:Team\\, moved
END:VEVENT
BEGIN:VEVENT
UID:monthly
DTSTART;TZID=America/Toronto:20261204T090000
DTEND;TZID=America/Toronto:20261204T120000
RRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=9
ATTENDEE;CN="Jo Ann":mailto:jo@example.org
SUMMARY:SMP Jo
END:VEVENT
BEGIN:VEVENT
UID:holidays
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20270103
SUMMARY:Closed
END:VEVENT
BEGIN:VFREEBUSY
UID:fb
DTSTART:20261201T000000Z
DTEND:20270101T000000Z
FREEBUSY:20261215T150000Z/20261215T180000Z,20261216T150000Z/PT3H
END:VFREEBUSY
BEGIN:VEVENT
UID:smp-1
DTSTART:20261203T150000Z
DTEND:20261203T180000Z
SUMMARY:SMP Zoë
CATEGORIES:SMP,scalp
END:VEVENT
END:VCALENDAR
""".split("\n")).encode()

LUNAR = CALENDAR.replace(b"RRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=9",
                         b"RRULE:RSCALE=CHINESE;FREQ=MONTHLY;COUNT=9")

FILES = {
    "plans": PLANS,
    "broken": BROKEN,
    "studio-plans": STUDIO_PLANS,
    "many": lines(*(plan(f"m-{n}", "2026-12-01T10:00") for n in range(10))),
    "questions": QUESTIONS,
    "overlay.json": OVERLAY,
    "wrong.json": text_of("tests", "protocols", "ten-faults.json"),
    "acreative.json": text_of("examples", "protocols", "acreative.json"),
    "busy.ics": CALENDAR,
    "export.csv": b"Client ID,Client,Date,Time,Status\n"
                  b"c-1,Jo,2026-12-01,10:00,Booked\n"
                  b"c-2,Al,soon,10:00,Booked\n",
    "lunar.ics": LUNAR,
    "key": b"0123456789abcdef0123456789abcdef\n",
    "clients": b"c-1\nc-2\nc-3\nc-9\n",
    "one": b"c-1\n",
    "studios/one.json": OVERLAY,
    "studios/one.ics": CALENDAR,
    "studios/two.json": OVERLAY.replace(b"Paris", b"Lisbon"),
}

DAY = "2026-12-01T10:00"
HERE = ["-z", "America/Toronto"]
NOW = ["--now", "2026-11-21T10:00:00Z"]
EVENT = b"END:VEVENT\r\n"


class Command:
    """One run: its words, its input, and what it finds and leaves."""

    def __init__(self, program, options, data=None, pipe=False, record=b"\n",
                 before=None, **environment):
        self.words = [program, *options, *NOW]
        self.data = data          # name of a file, on standard input
        self.pipe = pipe          # as a pipe, not as the file
        self.record = record      # what ends one on standard output
        self.before = before      # the feeds before the run, if it leaves files
        self.environment = environment
        self.label = " ".join([program, *options]) + (
            f" {'|' if pipe else '<'} {data}" if data else "")


def publish(options, data, before):
    return Command("smp-publish", ["-j", *options, "feeds"], data,
                   before=before, pipe=data == "cared-broken")


COMMANDS = [
    Command("smp-faq", ["-j", "does", "it", "hurt"]),
    Command("smp-faq", ["ça", "fait", "mal", "?", "--lang", "fr"]),
    Command("smp-faq", ["¿duele?", "--lang", "es", "-j"]),
    Command("smp-faq", ["--batch"], "questions"),
    Command("smp-faq", ["-j", "-n", "3", "-p", "overlay.json"]),
    Command("smp-may", ["--on", "2026-12-05", "swimming", DAY] + HERE),
    Command("smp-may", ["-j", "--hours", "-20", "razor"]),
    Command("smp-may", ["--on", "2026-12-05", "schwimmen", DAY]),
    Command("smp-may", ["-j", "--on", "2026-12-05", "swimming"], "plans"),
    Command("smp-may", ["swimming", "--studios", "studios"], "studio-plans"),
    Command("smp-precare", [DAY] + HERE),
    Command("smp-precare", ["-j"], "broken"),
    Command("smp-precare", ["-j", "--on", "2026-11-30"], "plans", pipe=True),
    Command("smp-precare", ["--sheet", "-p", "acreative.json"]),
    Command("smp-aftercare", [DAY], SMP_PROTOCOL="overlay.json"),
    Command("smp-aftercare", ["-j", "--studios", "studios"], "studio-plans"),
    Command("smp-aftercare", ["-i"], "plans", record=EVENT),
    Command("smp-aftercare", ["-i", "--local", "--timed", "--by", "rule",
                              "--alarm", "09:00"], "plans", record=EVENT),
    Command("smp-aftercare", ["-i", "--method", "request", "--email",
                              "jo@example.org", "--id", "jo", "-p",
                              "overlay.json", DAY], record=EVENT),
    Command("smp-aftercare", ["--on", "2026-12-02", "-j"], "plans"),
    Command("smp-aftercare", ["-j", "--rejects", "rejects"], "broken",
            before="nothing"),
    Command("smp-aftercare", ["-t", "--lang", "es", "--healed", "2026-12-09",
                              DAY] + HERE),
    Command("smp-protocol", ["show"]),
    Command("smp-protocol", ["show", "-j", "overlay.json"]),
    Command("smp-protocol", ["check", "wrong.json"]),
    Command("smp-protocol", ["check", "-j", "overlay.json", "wrong.json"]),
    Command("smp-protocol", ["diff", "acreative.json"]),
    Command("smp-protocol", ["diff", "-j", "acreative.json", "overlay.json"]),
    Command("smp-schedule", [DAY] + HERE),
    Command("smp-schedule", ["-j", "-n", "3"], "plans"),
    Command("smp-schedule", ["-j", "--busy", "busy.ics", "--id", "a", DAY] +
            HERE),
    Command("smp-schedule", ["-j", "--busy", "lunar.ics", "--chairs", "2"],
            "plans", pipe=True),
    Command("smp-import", ["--match", "^smp", "--client", "SMP (.*)",
                           "--since", "2026-11-01"] + HERE, "busy.ics"),
    Command("smp-import", HERE, "export.csv", pipe=True),
    Command("smp-import", ["--key", "key", "--rejects", "rejects"] +
            HERE, "export.csv", before="nothing"),
    Command("smp-plan", ["merge", "broken"], "plans"),
    Command("smp-plan", ["merge", "-o", "new", "plans", "--gone",
                         "cancelled"], "plans", before="nothing"),
    Command("smp-plan", ["check"], "broken"),
    Command("smp-plan", ["diff", "-p", "overlay.json"], "plans"),
    Command("smp-schedule", ["-j", "--fair", "--open", "Tu-Sa 10:00-18:00"],
            "plans", pipe=True),
    Command("smp-plan", ["set", "c-1:1=2026-12-03T11:00",
                         "c-3:1=healed=2026-12-04"], "plans"),
    Command("smp-schedule", ["-j", "--studios", "studios"], "studio-plans"),
    Command("smp-schedule", ["-i", "--local", "--discreet", "--from",
                             "2026-11-22", "--rejects", "rejects"], "broken",
            before="nothing", record=EVENT),
    Command("smp-schedule", ["-j", "--choices", "3", "--away",
                             "2027-01-01/2027-01-10", "--open",
                             "Tu-Sa 10:00-18:00", DAY] + HERE),
    publish([], "cared", "nothing"),
    publish([], "cared", "earlier"),
    publish(["--only", "post"], "cared-many", "earlier"),
    publish(["--key", "key"], "cared", "keyed"),
    publish(["--key", "key"], "cared-moved", "keyed"),
    publish(["--prune=now", "--clients", "one"], "cared-one", "earlier"),
    publish(["--prune", "--clients", "clients", "--discreet=full",
             "--proposed"], "cared", "earlier"),
    publish(["--dry-run", "-t"], "cared", "earlier"),
    publish(["--rejects", "rejects", "--studios", "studios"], "cared-broken",
            "earlier"),
]
