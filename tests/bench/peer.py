#!/usr/bin/env python3
"""make bench: the same calendars with python-icalendar; see plain.c."""

import sys
from datetime import datetime, timedelta

import icalendar


def moment(value):
    form = {8: "%Y%m%d", 15: "%Y%m%dT%H%M%S"}[len(value.rstrip("Z"))]
    when = datetime.strptime(value.rstrip("Z"), form)
    if len(value) == 8:
        return when.date()
    return when.replace(tzinfo=icalendar.cal.pytz.utc) if "Z" in value else when


def add(component, name, value):
    if name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"):
        component.add(name, moment(value))
    elif name == "SEQUENCE":
        component.add(name, int(value))
    elif name == "TRIGGER":
        component.add(name, timedelta(hours=-24))
    else:
        component.add(name, value.replace("\x1f", "\n"))


def main():
    event = alarm = None
    out = sys.stdout.buffer
    for line in sys.stdin:
        name, _, value = line.rstrip("\n").partition("\t")
        if not name:
            if event is not None:
                out.write(event.to_ical())
            event = alarm = None
            continue
        if event is None:
            event = icalendar.Event()
        if name == "ALARM":
            alarm = icalendar.Alarm()
            event.add_component(alarm)
        else:
            add(event if alarm is None else alarm, name, value)


main()
