#!/usr/bin/env python3
"""Calendars that do not disturb: quiet hours, late bookings, discretion,
and invitations; prints TAP. $SMP_BIN names the programs.
"""

import datetime
import json
import os
import random
import re
import sys
import tempfile
import zoneinfo

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import publish as feeds  # pylint: disable=wrong-import-position
from results import Tap  # pylint: disable=wrong-import-position

NOW = ("--now", "2026-01-02T09:00:00Z")
DAY = datetime.timedelta(days=1)


def unfolded(text):
    return text.replace(b"\r\n ", b"").decode()


def events(text):
    """[{name: (parameters, value)}], the alarm's trigger as TRIGGER."""
    found = []
    for part in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.S):
        values = {}
        for line in part.splitlines():
            head, _, value = line.partition(":")
            if '"' in head:
                match = re.match(r'([^":]*"[^"]*")*[^":]*', line)
                head, value = match[0], line[match.end() + 1:]
            name, _, parameters = head.partition(";")
            values.setdefault(name, (parameters, value))
        found.append(values)
    return found


def seconds(trigger):
    sign, days, hours, minutes = re.fullmatch(
        r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:0S)?)?",
        trigger).groups()
    total = int(days or 0) * 86400 + int(hours or 0) * 3600 + \
        int(minutes or 0) * 60
    return -total if sign else total


def rings(event, zone):
    """The local times it may ring at, by one reading or the other."""
    parameters, value = event["DTSTART"]
    offset = datetime.timedelta(seconds=seconds(event["TRIGGER"][1]))
    if "DATE" in parameters:
        local = datetime.datetime.strptime(value, "%Y%m%d")
    else:
        instant = datetime.datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(
            tzinfo=datetime.timezone.utc)
        local = instant.astimezone(zone).replace(tzinfo=None)
    start = local.replace(tzinfo=zone).astimezone(datetime.timezone.utc)
    if "DATE" not in parameters:
        start = instant
    yield local, local + offset
    yield local, (start + offset).astimezone(zone).replace(tzinfo=None)


def quiet_hours(tap):
    chance = random.Random(7)
    wrong, late, count = [], [], 0
    for zone in ("Europe/Berlin", "America/Havana", "Australia/Lord_Howe",
                 "Africa/Cairo", "America/Santiago", "Asia/Kolkata"):
        starts = [f"2026-{m:02}-{d:02}T{chance.randrange(24):02}:"
                  f"{chance.choice((0, 15, 30, 59)):02}"
                  for m, d in ((3, 8), (3, 28), (3, 29), (3, 30), (4, 5),
                               (4, 24), (9, 6), (10, 4), (10, 25), (10, 26),
                               (10, 29), (10, 30), (11, 1), (11, 2))]
        starts += [start[:10] for start in starts[:3]]
        plans = [feeds.plan(f"c-{i}", s, timeZone=zone)
                 for i, s in enumerate(starts)]
        alarm = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
        for options in ((), ("--alarm", alarm, "--timed")):
            done = feeds.run("smp-aftercare", ["-i", *NOW, *options],
                             feeds.lines(plans))
            for event in events(unfolded(done.stdout)):
                if "TRIGGER" not in event:
                    continue
                count += 1
                for start, at in rings(event, zoneinfo.ZoneInfo(zone)):
                    if at.hour >= 21 or at.hour < 8:
                        wrong.append((zone, options, event, str(at)))
                    if "STATUS" in event and at >= start + DAY:
                        late.append((zone, event, str(at)))
    tap.ok(count > 500 and not wrong, "nothing rings in the quiet hours",
           count, *wrong[:3])
    tap.ok(not late, "nor after the start", *late[:3])


def protocol(top, **members):
    path = os.path.join(top, "maple.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"format": "smp-protocol/1", "id": "maple", **members}, file)
    return path


def triggers(*options):
    done = feeds.run("smp-aftercare", ["-i", *NOW, "-z", "Europe/Berlin",
                                       "--id", "c-1", *options], b"")
    return [(e["SUMMARY"][1], e["TRIGGER"][1])
            for e in events(unfolded(done.stdout)) if "TRIGGER" in e]


def quiet_data(tap, top):
    for quiet, session, wanted in (
            ("21:00-08:00", "2026-06-02T07:30", "-PT23H30M"),
            ("21:00-08:00", "2026-06-02T21:30", "-PT24H45M"),
            ("21:00-08:00", "2026-06-02T08:00", "-P1D"),
            ("21:00-08:00", "2026-06-02T21:00", "-PT24H15M"),
            ("21:00-08:00", "2026-06-02T20:59", "-P1D"),
            ("22:00-06:00", "2026-06-02T07:30", "-P1D"),
            ("12:00-14:00", "2026-06-02T13:00", "-PT25H15M"),
            # 24 hours before, clocks still showed an hour more: 21:30
            ("21:00-08:00", "2026-10-25T20:30", "-PT24H45M"),
            ("21:00-08:00", "2026-10-25T19:30", "-P1D"),
            ("none", "2026-06-02T03:00", "-P1D")):
        got = triggers("-p", protocol(top, clock={"quiet": quiet}), session)
        tap.same(got, [("SMP session 1", wanted)],
                 f"quiet {quiet}, a session at {session[11:]}")
    done = feeds.run("smp-precare", ["-i", *NOW, "-z", "Europe/Berlin", "--by",
                                     "rule", "--alarm", "09:00",
                                     "2026-06-02T07:00"], b"")
    got = {e["SUMMARY"][1]: e["TRIGGER"][1]
           for e in events(unfolded(done.stdout)) if "TRIGGER" in e}
    tap.same(got["No razor on the scalp"], "-PT10H15M",
             "what begins in the small hours rings the evening before")
    own = protocol(top, rules={"post.ointment": {"every": "@bed"}})
    got = dict(triggers("-p", own, "--alarm", "07:00", "--timed",
                        "2026-06-02T10:00"))
    tap.same(got["Ointment"], "PT0S",
             "what the protocol wants at an hour rings at that hour")
    for bad in ("21:00", "21:00-25:00", "9-10", "", "21:00-08:00x"):
        done = feeds.run("smp-precare", [
            "-p", protocol(top, clock={"quiet": bad}), "2026-06-02"], b"")
        tap.ok(done.returncode == 2 and b"/clock/quiet" in done.stderr,
               f"quiet {bad!r}: refused", done)


LATE = {"pre.past": {"phase": "pre", "verb": "do", "during": "-7d/-5d",
                     "title": "Past", "text": "Past it.", "every": "2/d"},
        "pre.lead": {"phase": "pre", "verb": "avoid", "during": "-7d..5d/0",
                     "title": "Lead", "text": "Lead it."},
        "pre.still": {"phase": "pre", "verb": "do", "during": "-7d/0",
                      "title": "Still", "text": "Still it.", "every": "1/d"}}


def late_booking(tap, top):
    own = protocol(top, extends=None, rules=LATE, labels={
        "too-late": "Already too late for: {list}", "titles.between": ". ",
        "entry.getting-ready": "Ready. {list}", "title.do": "{what}"})
    sessions = [feeds.session("2026-06-12T10:00",
                              created="2026-06-09T12:00:00Z")]
    data = feeds.lines([feeds.plan("c-1", *sessions)])
    first = feeds.run("smp-precare", ["-j", "-p", own], data).stdout
    plan = json.loads(first)
    tap.same(sorted(i["rule"] for i in plan["items"]),
             ["pre.lead", "pre.still"], "what is over is no item")
    tap.same(plan["sessions"][0]["tooLate"], ["Past", "Lead"],
             "but named, with what should have begun")
    tap.ok(all(at >= "2026-06-09T12" for i in plan["items"]
               for at in i.get("at", [])), "no time before the booking", plan)
    tap.same(feeds.run("smp-precare", ["-j", "-p", own], first).stdout, first,
             "a second run says the same")
    for program in ("smp-precare", "smp-aftercare"):
        for options in ((), ("--by", "rule"), ("--timed",)):
            text = unfolded(feeds.run(program, [
                "-i", "-p", own, *NOW, *options], first).stdout)
            found = events(text)
            tap.ok(text.count("Already too late for: Past. Lead") == 1 and
                   "too late" in found[0]["DESCRIPTION"][1] and
                   all(e["DTSTART"][1] >= "20260609" for e in found),
                   f"{program} {' '.join(options)}: said once, in the first "
                   "entry; nothing before the booking", text)
    text = feeds.run("smp-precare", ["-p", own], first).stdout.decode()
    tap.same(text.count("Already too late for: Past. Lead\n"), 1,
             "the sheet says it once")
    del sessions[0]["created"]
    done = feeds.run("smp-precare", ["-j", "-p", own],
                     feeds.lines([feeds.plan("c-1", *sessions)]))
    plan = json.loads(done.stdout)
    tap.ok(len(plan["items"]) == 3 and "tooLate" not in plan["sessions"][0],
           "without created nothing is too late", plan)


def before_booking(tap):
    """Nothing rings before the session was booked."""
    for created, rang in (("2026-05-01T12:00:00Z", True),
                          ("2026-06-01T08:00:00Z", True),
                          ("2026-06-01T08:00:01Z", False),
                          ("2026-06-02T06:00:00Z", False)):
        jo = feeds.plan("c-1", feeds.session("2026-06-02T10:00",
                                             created=created, sequence=3),
                        timeZone="Europe/Paris")
        data = feeds.run("smp-precare", ["-j"], feeds.lines([jo])).stdout
        done = feeds.run("smp-aftercare", ["-i", *NOW, "--alarm", "09:00"],
                         data)
        found = events(unfolded(done.stdout))
        tap.same(["TRIGGER" in e for e in found if "STATUS" in e], [rang],
                 f"booked {created}: the session's alarm")
        zone = zoneinfo.ZoneInfo("Europe/Paris")
        booked = datetime.datetime.fromisoformat(created[:-1]).replace(
            tzinfo=datetime.timezone.utc)
        tap.ok(all(at.replace(tzinfo=zone) >= booked for e in found
                   if "TRIGGER" in e for _, at in rings(e, zone)),
               f"booked {created}: nothing rings before", found)
        tap.same({e["SEQUENCE"][1] for e in found}, {"3"},
                 "care has the sequence of its session")


def mail(program, method, own, data=b"", *args):
    done = feeds.run(program, ["-i", "-p", own, *NOW, "-z", "Europe/Berlin",
                               "--method", method, *args], data)
    return done, unfolded(done.stdout)


def invitations(tap, top):
    own = protocol(top, studio={"name": 'Maple "SMP": Studio',
                                "email": "bookings@maple.example"})
    jo = feeds.plan(
        "c-1", feeds.session("2026-06-02T10:00", sequence=2, uid="b-1"),
        feeds.session("2026-07-02T10:00", status="cancelled", sequence=4),
        feeds.session("2026-08-02T10:00", status="proposed"),
        name="Field; Jo", email="jo@client.example")
    for program in ("smp-schedule", "smp-precare", "smp-aftercare"):
        done, text = mail(program, "request", own, feeds.lines([jo]))
        head = text[:text.index("BEGIN:VEVENT")].splitlines()
        tap.same([re.split("[:;]", h)[0] for h in head],
                 ["BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD"],
                 f"{program}: the header of mail")
        found = events(text)
        tap.ok(len(found) == 1 and text.count("END:VCALENDAR") == 1 and
               "METHOD:REQUEST" in text, f"{program}: one booked session",
               text)
        one = found[0]
        tap.same({n: one[n][1] for n in ("UID", "SEQUENCE", "STATUS",
                                         "ORGANIZER", "ATTENDEE")},
                 {"UID": "b-1", "SEQUENCE": "2", "STATUS": "CONFIRMED",
                  "ORGANIZER": "mailto:bookings@maple.example",
                  "ATTENDEE": "mailto:jo@client.example"},
                 f"{program}: who invites whom to what")
        tap.same((one["ORGANIZER"][0], one["ATTENDEE"][0]),
                 ('CN="Maple SMP: Studio"',
                  "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;"
                  'PARTSTAT=NEEDS-ACTION;RSVP=FALSE;CN="Field; Jo"'),
                 f"{program}: their names")
    done, text = mail("smp-aftercare", "cancel", own, feeds.lines([jo]))
    found = events(text)
    tap.ok(done.returncode == 0 and len(found) == 1 and
           "METHOD:CANCEL" in text and
           [found[0][n][1] for n in ("SEQUENCE", "STATUS", "TRANSP")] ==
           ["4", "CANCELLED", "TRANSPARENT"] and "VALARM" not in text,
           "cancel: the cancelled one", text)
    done, text = mail("smp-precare", "cancel", own, b"", "--id", "c-1",
                      "--email", "jo@client.example", "2026-06-02T10:00")
    tap.ok(done.returncode == 0 and "STATUS:CANCELLED" in text and
           "SEQUENCE:1" in text, "cancel: a session on the command line", text)
    for sequence in (0, 1, 4):
        gone = feeds.session("2026-07-02T10:00", status="cancelled",
                             **({"sequence": sequence} if sequence else {}))
        done, text = mail("smp-schedule", "cancel", own, feeds.lines(
            [dict(jo, sessions=[gone])]))
        tap.same(events(text)[0]["SEQUENCE"][1], str(sequence or 1),
                 f"cancel: later than an invitation, from {sequence}")
    done, text = mail("smp-precare", "publish", own, feeds.lines([jo]))
    found = events(text)
    tap.ok("METHOD:PUBLISH" in text and len(found) > 2 and
           all("ORGANIZER" in e and "ATTENDEE" not in e for e in found) and
           "NAME:" not in text, "publish: all entries, an organizer", text)
    two = dict(jo, sessions=["2026-06-02T10:00", "2026-07-02T10:00"])
    done, text = mail("smp-precare", "request", own, feeds.lines([two]))
    tap.same((text.count("BEGIN:VCALENDAR"), text.count("METHOD:REQUEST")),
             (2, 2), "two sessions: two calendars")
    for label, plan, status in (
            ("no address", {**jo, "email": None}, 3),
            ("a bad address", {**jo, "email": "jo@x?cc=a@b"}, 3),
            ("a line break", {**jo, "email": "jo@x.example\r\nX:y"}, 3),
            ("nothing booked", {**jo, "sessions": []}, 1)):
        plan = {k: v for k, v in plan.items() if v is not None}
        done, text = mail("smp-precare", "request", own, feeds.lines([plan]))
        tap.ok(done.returncode == status and not text and done.stderr, label,
               done)
    bare = protocol(top, studio={"contact": "+1 416 555 0100"})
    done, text = mail("smp-precare", "request", bare, feeds.lines([jo]))
    tap.ok(done.returncode == 3 and b"studio" in done.stderr,
           "no address of the studio", done)
    bare = protocol(top, studio={"contact": "bookings@maple.example"})
    done, text = mail("smp-precare", "request", bare, feeds.lines([jo]))
    tap.ok("ORGANIZER:mailto:bookings@maple.example" in text,
           "a contact that is an address", done)
    for args in (("-j", "--method", "request"), ("-i", "--method", "reply"),
                 ("-i", "--method", "")):
        done = feeds.run("smp-precare", args, feeds.lines([jo]))
        tap.same(done.returncode, 2, f"refused: {args}")
    asking = protocol(top, studio={"email": "bookings@maple.example",
                                   "replies": True})
    for method, answer in (("request", "TRUE"), ("cancel", "FALSE")):
        done, text = mail("smp-aftercare", method, asking, feeds.lines([jo]))
        tap.ok(f"RSVP={answer}" in events(text)[0]["ATTENDEE"][0],
               f"{method}: studio.replies asks for a reply", text)


def main():
    tap = Tap()
    quiet_hours(tap)
    before_booking(tap)
    with tempfile.TemporaryDirectory() as top:
        for tests in (quiet_data, late_booking, invitations):
            tests(tap, top)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
