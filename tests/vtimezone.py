#!/usr/bin/python3
"""The VTIMEZONE of every zone as dateutil and icalendar read it; prints TAP.

vtimezone.py VTIMEZONEDUMP [DIRECTORY]
"""

import bisect
import io
import os
import re
import subprocess
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

import icalendar
from dateutil import tz

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(days=12)
AROUND = [timedelta(seconds=s) for s in (-7201, -1, 0, 7201)]

# years, and the zones to look at where not all of them are
SPANS = [
    (2026, 2030, ()),
    (2026, 2027, ("Africa/Casablanca", "America/Havana", "Asia/Gaza")),
    (2010, 2013, ("America/Sao_Paulo", "Europe/Moscow", "Africa/Cairo",
                  "Asia/Gaza", "Pacific/Apia", "Europe/Berlin")),
    (2014, 2017, ("America/Caracas", "Asia/Pyongyang", "Europe/Istanbul")),
    (1991, 1997, ("America/Toronto", "Europe/Dublin", "Europe/London")),
    (1962, 1968, ("America/New_York", "Europe/Rome", "Africa/Cairo")),
]


def zone_names(directory):
    """Without localtime, which is no zone but a link to one."""
    zoneinfo.reset_tzpath([directory])
    return sorted(name for name in zoneinfo.available_timezones()
                  if name[0].isupper() and
                  os.path.isfile(os.path.join(directory, name)))


def questions(names):
    """(zone, first instant, last instant)"""
    for first, last, some in SPANS:
        for name in names:
            if not some or name in some:
                yield (name, datetime(first, 1, 1, tzinfo=UTC),
                       datetime(last, 1, 1, tzinfo=UTC))


def ask(program, directory, asked):
    lines = [f"{name} {(first - EPOCH) // timedelta(seconds=1)}"
             f" {(last - EPOCH) // timedelta(seconds=1)}\n"
             for name, first, last in asked]
    answer = subprocess.run([program, directory], input="".join(lines).encode(),
                            stdout=subprocess.PIPE, check=True)
    text = answer.stdout.decode("ascii").replace("\r\n", "\n")
    return re.findall(r"BEGIN:VTIMEZONE\n.*?\nEND:VTIMEZONE\n", text, re.S)


def offset(zone, instant):
    return instant.astimezone(zone).utcoffset()


def bisected(zone, low, high):
    """The first second of the offset that holds at high, but not at low."""
    new = offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if offset(zone, middle) == new:
            high = middle
        else:
            low = middle
    return high


def instants(zone, first, last):
    """Both sides of the changes, and times between them."""
    while first < last:
        then = min(first + STEP, last)
        if offset(zone, first) != offset(zone, then):
            change = bisected(zone, first, then)
            yield from (change + by for by in AROUND)
        elif first.month % 2:
            yield first
        first = then


def by_dateutil(text):
    """A local time has its offset, be it one that occurs twice."""
    zone = tz.tzical(io.StringIO(text)).get()

    def read(local):
        time = local.replace(tzinfo=zone)
        time.dst()  # of a day or more it would raise an error
        return time.utcoffset()
    return read


def by_icalendar(text):
    """By the changes that it finds: since release 6 its zones are dateutil's"""
    zone = icalendar.Timezone.from_ical(text)
    if not hasattr(zone, "get_transitions"):
        zone = zone.to_tz()
        return lambda time: time.astimezone(UTC).astimezone(zone).utcoffset()
    when, what = zone.get_transitions()

    def read(time):
        instant = time.astimezone(UTC).replace(tzinfo=None)
        return what[max(0, bisect.bisect(when, instant) - 1)][0]
    return read


READERS = [("dateutil", by_dateutil), ("icalendar", by_icalendar)]


def cases(asked, texts):
    """What there is to read, once: zones share their rules."""
    known = {}
    for (name, first, last), text in zip(asked, texts):
        zone = zoneinfo.ZoneInfo(name)
        times = [instant.astimezone(zone)
                 for instant in instants(zone, first, last)]
        right = tuple((time.replace(tzinfo=None), time.fold, time.utcoffset())
                      for time in times)
        body = re.sub("TZID:.*", "", text, count=1)
        known.setdefault((body, right), (name, text, times))
    return known.values()


def mistakes(reader, name, text, times):
    read = reader(text)
    return [f"{name} {time}: {read(time)}" for time in times
            if read(time) != time.utcoffset()]


def main(program, directory="/usr/share/zoneinfo"):
    asked = list(questions(zone_names(directory)))
    texts = ask(program, directory, asked)
    complete = len(texts) == len(asked) > 0
    bad = not complete
    print(f"1..{len(READERS) + 1}")
    print(f"{'ok' if complete else 'not ok'} 1 - every zone has one:"
          f" {len(texts)} of {len(asked)}")
    known = cases(asked, texts)
    count = sum(len(times) for _, _, times in known)
    for number, (title, reader) in enumerate(READERS, 2):
        wrong = [text for case in known for text in mistakes(reader, *case)]
        bad = bad or bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - read by {title}:"
              f" {len(known)} rules, {count} times")
        for text in wrong[:10]:
            print(f"# {text}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
