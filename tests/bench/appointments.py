#!/usr/bin/env python3
"""appointments.py EVENTS RECURRING: a studio's year as iCalendar, always the same.

Appointments at random times of the opening hours of 2027, in Toronto; some of
them recur every week or every day for a while, with exceptions.
"""

import datetime
import random
import sys

HEAD = """BEGIN:VCALENDAR
PRODID:-//Example//Calendar//EN
VERSION:2.0
X-WR-TIMEZONE:America/Toronto
BEGIN:VTIMEZONE
TZID:America/Toronto
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE"""


def event(pick, number, recurs):
    day = datetime.date(2027, 1, 1) + datetime.timedelta(pick.randrange(365))
    start = datetime.datetime(day.year, day.month, day.day,
                              pick.randrange(9, 18), pick.choice((0, 30)))
    end = start + datetime.timedelta(minutes=pick.choice((30, 60, 90, 180)))
    zone = ";TZID=America/Toronto"
    yield "BEGIN:VEVENT"
    yield f"UID:{number}-{pick.getrandbits(64):x}@calendar.example"
    yield "DTSTAMP:20261101T120000Z"
    yield f"DTSTART{zone}:{start:%Y%m%dT%H%M%S}"
    yield f"DTEND{zone}:{end:%Y%m%dT%H%M%S}"
    if recurs:
        rule = pick.choice(("WEEKLY", "WEEKLY;BYDAY=MO,WE,FR", "DAILY"))
        yield f"RRULE:FREQ={rule};COUNT={pick.randrange(4, 40)}"
        out = start + datetime.timedelta(7)
        yield f"EXDATE{zone}:{out:%Y%m%dT%H%M%S}"
    yield f"SUMMARY:Appointment {number}"
    yield "DESCRIPTION:" + "Bring your forms and come ten minutes early. " * 3
    yield "LOCATION:Chair " + str(pick.randrange(1, 9))
    yield "STATUS:CONFIRMED"
    yield "SEQUENCE:0"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def folded(line):
    while len(line) > 75:
        yield line[:75]
        line = " " + line[75:]
    yield line


def main():
    events, recurring = int(sys.argv[1]), int(sys.argv[2])
    pick = random.Random(4)
    lines = HEAD.split("\n")
    every = max(1, events // recurring) if recurring else events + 1
    for number in range(events):
        lines += event(pick, number, number % every == 0)
    lines.append("END:VCALENDAR")
    sys.stdout.write("".join(part + "\r\n" for line in lines
                             for part in folded(line)))


if __name__ == "__main__":
    main()
