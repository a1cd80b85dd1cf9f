#!/usr/bin/python3
"""Recurring events as smp_calendar_read expands them and as dateutil does;
prints TAP.

recurrences.py CALDUMP [CASES [SEED]]
"""

import random
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil import rrule

UTC = timezone.utc
HOME = "America/New_York"
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
         "Asia/Kolkata", "UTC"]
FIRST, LAST = date(2026, 1, 1), date(2027, 1, 1)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
BATCH = 100
# Berlin under a name that only the calendar explains, after its events.
OWN = """BEGIN:VTIMEZONE
TZID:Studio (Berlin)
BEGIN:STANDARD
DTSTART:16011028T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;BYHOUR=2
END:DAYLIGHT
END:VTIMEZONE
"""


def some(rng, population, most):
    return sorted(rng.sample(population, rng.randint(1, most)))


def by_parts(rng, freq):
    """BY parts that are lawful for a frequency."""
    parts = {}
    if rng.random() < 0.3:
        parts["BYMONTH"] = some(rng, range(1, 13), 4)
    if freq == "DAILY":
        kind = rng.choice(["", "", "day", "monthday"])
    elif freq == "WEEKLY":
        kind = rng.choice(["", "day", "day", "day"])
    elif freq == "MONTHLY":
        kind = rng.choice(["", "day", "nth", "monthday", "both", "setpos"])
    else:
        kind = rng.choice(["", "", "day", "nth", "monthday", "yearday"])
    if kind in ("day", "both", "setpos"):
        parts["BYDAY"] = rng.sample(DAYS, rng.randint(1, 4))
    if kind == "nth":
        parts["BYDAY"] = [f"{rng.choice([1, 2, 3, 4, -1, -2])}"
                          f"{rng.choice(DAYS)}"]
    if kind in ("monthday", "both"):
        parts["BYMONTHDAY"] = some(rng, range(1, 32), 4)
        if rng.random() < 0.3:
            parts["BYMONTHDAY"] = [rng.choice([-1, -1, -2, -15])]
    if kind == "yearday":
        parts = {"BYYEARDAY": some(rng, range(1, 366), 3)}
    if kind == "setpos":
        parts["BYSETPOS"] = [rng.choice([1, 2, -1, -2])]
    return parts


def written(instant, form, zone):
    """A property's parameters and value for an aware time, in some form."""
    if form == "utc":
        return "", f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if form == "other":
        zone = "Asia/Tokyo"
    if form == "date":
        return ";VALUE=DATE", f"{instant:%Y%m%d}"
    local = instant.astimezone(ZoneInfo(zone))
    return f";TZID={zone}", f"{local:%Y%m%dT%H%M%S}"


class Case:
    """An event with a rule: its lines, and when it occurs."""

    def __init__(self, rng, number):
        self.rng, self.uid = rng, f"case-{number}"
        self.zone = rng.choice(ZONES)
        self.own = rng.random() < 0.5
        self.all_day = rng.random() < 0.2
        if self.all_day:
            self.zone = HOME
        day = date(2019, 1, 1) + timedelta(days=rng.randint(0, 365 * 7 + 200))
        clock = timedelta(0) if self.all_day else timedelta(
            hours=rng.randint(0, 23), minutes=rng.choice([0, 15, 30]))
        self.start = datetime(day.year, day.month, day.day) + clock
        self.length = timedelta(days=rng.randint(1, 3)) if self.all_day \
            else timedelta(minutes=rng.choice([30, 60, 240, 1500]))
        self.make_rule()
        self.times = self.expand()
        self.lines = self.head()
        self.extra = []
        if self.times and rng.random() < 0.6:
            self.make_exceptions()

    def aware(self, local):
        return local.replace(tzinfo=ZoneInfo(self.zone))

    def make_rule(self):
        rng = self.rng
        freq = rng.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"])
        parts = by_parts(rng, freq)
        if freq in ("DAILY", "WEEKLY") and not self.all_day and \
                rng.random() < 0.15:
            parts["BYHOUR"] = some(rng, range(24), 3)
        text = [f"FREQ={freq}"]
        if rng.random() < 0.5:
            text.append(f"INTERVAL={rng.randint(1, 4)}")
        if rng.random() < 0.3:
            text.append(f"WKST={rng.choice(['SU', 'MO', 'SA'])}")
        text += [f"{name}={','.join(map(str, values))}"
                 for name, values in parts.items()]
        self.plain = ";".join(text)
        self.count, self.until, self.end_text = None, None, ""
        ends = rng.random()
        if ends < 0.25:
            self.count = rng.choice([1, 2, 5, 40, 400])
            self.end_text = f";COUNT={self.count}"
        elif ends < 0.55:
            self.make_until()

    def make_until(self):
        until = datetime(2026, 1, 1) + timedelta(
            days=self.rng.randint(0, 300), hours=self.rng.randint(0, 23))
        form = self.rng.choice(["date", "utc", "local"])
        if self.all_day or form == "date":
            self.until = until.replace(hour=23, minute=59)
            self.end_text = f";UNTIL={until:%Y%m%d}"
        elif form == "utc":
            self.until = until
            self.end_text = \
                f";UNTIL={self.aware(until).astimezone(UTC):%Y%m%dT%H%M%SZ}"
        else:
            self.until = until
            self.end_text = f";UNTIL={until:%Y%m%dT%H%M%S}"

    def expand(self):
        """Local starts up to the end of the window, DTSTART with them."""
        rule = rrule.rrulestr(self.plain, dtstart=self.start)
        if self.count:
            rule = rule.replace(count=self.count)
        last = datetime(2027, 1, 5)
        if self.until:
            last = min(last, self.until)
        times = set(rule.between(self.start, last, inc=True))
        if self.start <= (self.until or self.start):
            times.add(self.start)
        return times

    def head(self):
        rng = self.rng
        if self.all_day:
            lines = [f"DTSTART;VALUE=DATE:{self.start:%Y%m%d}",
                     f"DTEND;VALUE=DATE:{self.start + self.length:%Y%m%d}"]
        else:
            start = f";TZID={self.zone}:{self.start:%Y%m%dT%H%M%S}"
            end = (self.aware(self.start).astimezone(UTC) + self.length)
            name, value = written(end, rng.choice(["utc", "local"]), self.zone)
            lines = [f"DTSTART{start}", rng.choice([
                f"DTEND{name}:{value}",
                f"DURATION:PT{int(self.length.total_seconds() // 60)}M"])]
        return lines + [f"RRULE:{self.plain}{self.end_text}"]

    def make_exceptions(self):
        rng = self.rng
        near = [t for t in sorted(self.times) if t > datetime(2025, 12, 20)]
        near = near or sorted(self.times)
        forms = ["date"] if self.all_day else ["utc", "local", "other", "date"]
        for local in rng.sample(near, min(len(near), rng.randint(0, 4))):
            form = rng.choice(forms)
            name, value = written(self.aware(local), form, self.zone)
            self.lines.append(f"EXDATE{name}:{value}")
            self.times = {t for t in self.times if t != local and not (
                form == "date" and t.date() == local.date())}
        if self.times and rng.random() < 0.4:
            self.move(rng.choice([t for t in near if t in self.times]
                                 or sorted(self.times)))
        if rng.random() < 0.3:
            self.add_date()

    def add_date(self):
        local = datetime(2026, 5, 5, 0 if self.all_day else 7) + \
            timedelta(days=self.rng.randint(0, 90))
        if any(t.date() == local.date() for t in self.times) or \
                any("EXDATE" in line for line in self.lines):
            return
        name, value = written(self.aware(local), "date" if self.all_day
                              else self.rng.choice(["utc", "local", "other"]),
                              self.zone)
        self.lines.append(f"RDATE{name}:{value}")
        self.times.add(local)

    def move(self, local):
        form = "date" if self.all_day else self.rng.choice(["utc", "local"])
        name, value = written(self.aware(local), form, self.zone)
        new = local + timedelta(days=self.rng.choice([-3, 1, 2]),
                                hours=0 if self.all_day else 1)
        self.times.discard(local)
        lines = [f"RECURRENCE-ID{name}:{value}"]
        if self.rng.random() < 0.3:
            lines.append("STATUS:CANCELLED")
        start, value = written(self.aware(new), "date" if self.all_day
                               else "local", self.zone)
        lines += [f"DTSTART{start}:{value}",
                  "DURATION:P1D" if self.all_day else "DURATION:PT45M"]
        self.extra.append((lines, new, "STATUS:CANCELLED" in lines))

    def text(self):
        events = [self.lines] + [lines for lines, _, _ in self.extra]
        self.rng.shuffle(events)
        name = "Studio (Berlin)" if self.own else "Europe/Berlin"
        return "".join("BEGIN:VEVENT\r\n" f"UID:{self.uid}\r\n" +
                       "".join(f"{line}\r\n" for line in lines) +
                       "END:VEVENT\r\n" for lines in events).replace(
                           "TZID=Europe/Berlin", f"TZID={name}")

    def nominal(self):
        """How long it is on the clock: with a DTEND, as its start has it."""
        if any(line.startswith("DURATION") for line in self.lines):
            return self.length
        end = self.aware(self.start).astimezone(UTC) + self.length
        end = end.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return end.replace(fold=0) - self.start

    def span(self, local, length, nominal=None):
        """Exact or on the clock: the longer, where the clocks change."""
        if self.all_day:
            return self.aware(local), self.aware(local + length)
        start = self.aware(local).astimezone(UTC)
        return start, max(start + length, self.aware(
            local + nominal).astimezone(UTC) if nominal else start)

    def expected(self):
        nominal = self.nominal()
        spans = [(*self.span(t, self.length, nominal), "busy")
                 for t in self.times]
        for _, new, cancelled in self.extra:
            length = timedelta(days=1) if self.all_day else \
                timedelta(minutes=45)
            spans.append((*self.span(new, length),
                          "free" if cancelled else "busy"))
        first, last = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(HOME))
                       for d in (FIRST, LAST))
        return sorted(f"{a.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
                      f" {b.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {busy}"
                      for a, b, busy in spans if a < last and b > first)


def dump(program, cases):
    with tempfile.NamedTemporaryFile(suffix=".ics") as file:
        file.write(("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n" +
                    "".join(case.text() for case in cases) +
                    OWN + "END:VCALENDAR\r\n").encode())
        file.flush()
        done = subprocess.run([program, str(FIRST), str(LAST), HOME,
                               file.name], stdout=subprocess.PIPE, check=True)
    found = {case.uid: [] for case in cases}
    for line in done.stdout.decode().splitlines():
        uid = line.partition("[")[2].partition("]")[0]
        if line.startswith("remark"):
            found[uid].append(line)
        elif uid:
            found[uid].append(" ".join(line.split()[:3]))
    return found


def main():
    program = sys.argv[1]
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    number = 0
    for batch in range(0, cases, BATCH):
        made = [Case(rng, batch + i) for i in range(min(BATCH, cases - batch))]
        found = dump(program, made)
        wrong = [case for case in made
                 if case.expected() != sorted(found[case.uid])]
        number += 1
        print(f"{'not ok' if wrong else 'ok'} {number} - {len(made)} rules "
              "recur as dateutil has them")
        for case in wrong:
            both = set(case.expected()) ^ set(found[case.uid])
            print("\n".join(f"# {line}" for line in case.lines + sum(
                (lines for lines, _, _ in case.extra), [])))
            for line in sorted(both)[:4]:
                side = "ours" if line in found[case.uid] else "dateutil"
                print(f"#    {side}: {line}")
    print(f"1..{number}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
