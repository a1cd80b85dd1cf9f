#!/usr/bin/env python3
"""Calendars as others read them: python-icalendar, vobject and the profile.

When care is due is worked out here a second time, from the windows of the
built-in protocol and Python's zones. Prints TAP. $SMP_BIN names the programs.
"""

import collections
import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from results import Tap

try:
    import icalendar
except ImportError:
    icalendar = None
try:
    import vobject
except ImportError:
    vobject = None

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
TIMEOUT = int(os.environ.get("SMP_TEST_TIMEOUT", "300")) // 5
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}
ZONE_NAME = "America/Toronto"
ZONE = ZoneInfo(ZONE_NAME)
NOW = ("--now", "2026-11-20T09:00:00Z", "-z", ZONE_NAME)
STAMP = "20261120T090000Z"
DAY = timedelta(days=1)
TIMED_LENGTH = timedelta(minutes=15)

HEADER = ["VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME",
          "DESCRIPTION", "X-WR-CALDESC", "REFRESH-INTERVAL",
          "X-PUBLISHED-TTL"]
EVENT = ["UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND",
         "SUMMARY", "DESCRIPTION", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
         "CLASS", "CATEGORIES"]
OPTIONAL = ["STATUS", "LOCATION", "URL", "RELATED-TO"]
INSIDE = {"": {"VCALENDAR"}, "VCALENDAR": {"VEVENT", "VTIMEZONE"},
          "VEVENT": {"VALARM"}, "VTIMEZONE": {"STANDARD", "DAYLIGHT"}}

NAMES = [
    'Jo "The Pen" Field', "Field, Jo; Dr.", "x\r\nBEGIN:VEVENT\r\nUID:evil",
    "new\nline\tand tab", "\x1b[31mred\x1b]0;title\x07", "a\u2028b\u2029c",
    "\U0001f9d1\u200d\U0001f3a8 Zo\u00eb \U0001f1e8\U0001f1e6",
    "N" * 3000, "\u00e4" * 3000, "\U0001f600" * 3000, "back\\slash",
    "END:VCALENDAR", "\u202egnirts\u202c", "\x7f\x85\x9b31m", "BEGIN:VEVENT",
    "; X=1:y", "^n^' :", "e\u0301" * 1000, "",
]
PLAIN_NAMES = {0, 1, 6, 10, 11, 14, 15, 16}

Component = collections.namedtuple("Component", "kind properties parts")
Property = collections.namedtuple("Property", "name parameters value")


# Running


def run(program, *args, text=b"", environment=None):
    """Its output; its failure ends the test."""
    done = subprocess.run([os.path.join(BIN, program), *args], input=text,
                          capture_output=True, timeout=TIMEOUT, check=False,
                          env={**ENVIRONMENT, **(environment or {})})
    if done.returncode or done.stderr:
        raise RuntimeError(f"{program} {args}: status {done.returncode}, "
                           f"{done.stderr[:500]}")
    return done.stdout


def lines(plans):
    return b"".join(json.dumps(p).encode() + b"\n" for p in plans)


def care(plans, *args, environment=None):
    """Both phases of these plans, written by smp-aftercare."""
    before = run("smp-precare", "-j", *NOW, text=lines(plans),
                 environment=environment)
    return run("smp-aftercare", *args, *NOW, text=before,
               environment=environment)


def items(plans):
    """{uid: (client, rule, session)} of all items."""
    found = {}
    for line in care(plans, "-j").splitlines():
        plan = json.loads(line)
        for item in plan["items"]:
            found[item["uid"]] = (plan["id"], item["rule"], item["session"])
    return found


# Reading, by ourselves


def unfolded(data):
    return data.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def property_of(line):
    match = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:]*))*):(.*)',
                         line)
    if not match:
        raise ValueError(f"not a content line: {line[:100]!r}")
    return Property(match[1], match[2], match[3])


def read(data):
    """The calendar as components; what is not one is a ValueError."""
    stack = [Component("", [], [])]
    for line in unfolded(data):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            if value not in INSIDE.get(stack[-1].kind, ()):
                raise ValueError(f"{line!r} in {stack[-1].kind!r}")
            stack.append(Component(value, [], []))
            stack[-2].parts.append(stack[-1])
        elif name == "END":
            if stack.pop().kind != value:
                raise ValueError(f"{line!r} does not end what began")
        else:
            stack[-1].properties.append(property_of(line))
    if len(stack) != 1 or len(stack[0].parts) != 1 or stack[0].properties:
        raise ValueError("not one VCALENDAR")
    return stack[0].parts[0]


def parts(component, kind):
    return [part for part in component.parts if part.kind == kind]


def value(component, name):
    found = [p.value for p in component.properties if p.name == name]
    return found[0] if len(found) == 1 else None


def text_of(component, name):
    raw = value(component, name)
    return raw and re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1],
                          raw)


def when_of(component, name):
    """A date, or an instant in UTC."""
    found = next(p for p in component.properties if p.name == name)
    if "VALUE=DATE" in found.parameters:
        return datetime.strptime(found.value, "%Y%m%d").date()
    when = datetime.strptime(found.value.rstrip("Z"), "%Y%m%dT%H%M%S")
    zone = timezone.utc if found.value.endswith("Z") else ZoneInfo(
        re.search("TZID=([^;]*)", found.parameters)[1])
    return when.replace(tzinfo=zone).astimezone(timezone.utc)


# Reading, by others: each event as one tuple

Event = collections.namedtuple(
    "Event", "uid start end summary description transp status category cls "
    "related sequence stamp modified alarms")


def our_event(event):
    return Event(
        value(event, "UID"), when_of(event, "DTSTART"),
        when_of(event, "DTEND"), text_of(event, "SUMMARY"),
        text_of(event, "DESCRIPTION") or "", value(event, "TRANSP"),
        value(event, "STATUS"), text_of(event, "CATEGORIES"),
        value(event, "CLASS"), value(event, "RELATED-TO"),
        int(value(event, "SEQUENCE")), when_of(event, "DTSTAMP"),
        when_of(event, "LAST-MODIFIED"), len(parts(event, "VALARM")))


def utc(when):
    """What a library gives, as a date or an instant in UTC."""
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise ValueError(f"a floating time: {when}")
        return when.astimezone(timezone.utc)
    return when


def icalendar_events(data):
    found = []
    for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
        def word(name, of=event):
            return str(of[name]) if name in of else None
        found.append(Event(
            word("UID"), utc(event["DTSTART"].dt), utc(event["DTEND"].dt),
            word("SUMMARY"), word("DESCRIPTION") or "", word("TRANSP"),
            word("STATUS"), ",".join(map(str, event["CATEGORIES"].cats)),
            word("CLASS"), word("RELATED-TO"), int(event["SEQUENCE"]),
            utc(event["DTSTAMP"].dt), utc(event["LAST-MODIFIED"].dt),
            len(event.walk("VALARM"))))
    return found


def vobject_events(data):
    found = []
    for event in getattr(vobject.readOne(data.decode()), "vevent_list", []):
        def word(name, of=event):
            return of.contents[name][0].value if name in of.contents else None
        found.append(Event(
            word("uid"), utc(word("dtstart")), utc(word("dtend")),
            word("summary"), word("description") or "", word("transp"),
            word("status"), ",".join(word("categories")), word("class"),
            word("related-to"), int(word("sequence")), utc(word("dtstamp")),
            utc(word("last-modified")), len(event.contents.get("valarm", []))))
    return found


# When care is due, worked out again


def protocol():
    path = os.path.join(ROOT, "lib", "protocol", "default.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


PROTOCOL = protocol()
RULES = PROTOCOL["rules"]


def local(instant):
    return instant.astimezone(ZONE).replace(tzinfo=None)


def instant_of(when):
    return when.replace(tzinfo=ZONE).astimezone(timezone.utc)


class Session:
    """A session of a plan here: {"number", "start", maybe "healed"}."""

    def __init__(self, number, start, healed=None):
        self.number = number
        self.timed = "T" in start
        self.start = datetime.fromisoformat(start)
        if not self.timed:
            self.start = datetime.combine(self.start, time(10))
        self.end = local(instant_of(self.start) + timedelta(hours=3))
        self.day = self.start.date()
        self.healed = healed
        self.next = None

    def moved(self, sign, number, unit, base):
        if unit == "h":
            return local(instant_of(base) + sign * timedelta(hours=number))
        return self.day + sign * number * {"d": 1, "w": 7}[unit] * DAY

    def noted(self, name):
        low, high = (self.day + int(n) * DAY for n in re.fullmatch(
            r"(\d+)d\.\.(\d+)d", PROTOCOL["milestones"][name]).groups())
        if self.healed is False:
            return FOREVER, FOREVER
        if self.healed:
            day = max(date.fromisoformat(self.healed), low)
            return day, day
        return low, high + DAY

    def milestone(self, name):
        """The next wound takes over what is not certain when it is made."""
        low, high = self.noted(name)
        if self.next and high > self.next.day:
            its_low, high = self.next.milestone(name)
            low = low if low <= self.next.day else its_low
        return low, high

    def point(self, text, phase, is_end):
        """The earliest and the latest: dates, local times or None."""
        if not text:
            return None, None
        if text == "0":
            when = self.end if phase == "post" and not is_end else self.start
            return when, when
        if text in PROTOCOL["milestones"]:
            return self.milestone(text)
        match = re.fullmatch(r"([-+]?)(\d+)([hdw])?(?:\.\.(\d+)([hdw]))?",
                             text)
        sign = -1 if match[1] == "-" else 1
        base = self.end if phase == "post" else self.start
        both = [self.moved(sign, int(match[1 + i]), match[2 + i], base)
                for i in (1, 3) if match[1 + i]]
        return both[0], both[-1]

    def window(self, rule):
        """The earliest and latest beginning, the earliest and latest end."""
        start, _, end = rule["during"].partition("/")
        bounds = [*self.point(start, rule["phase"], False),
                  *self.point(end, rule["phase"], True)]
        if rule["phase"] == "post" and rule["verb"] not in BANS:
            for i in range(2):  # care to be taken begins after the session
                if moment(bounds[i]).date() == self.day:
                    bounds[i] = max(moment(bounds[i]), self.end)
        return [FOREVER if bound is None else bound for bound in bounds]

    def force(self, rule, day):
        """0: not in force on a day, 1: perhaps, 2: certainly."""
        low, high, soon, late = map(moment, self.window(rule))
        if (rule["phase"] == "post" and rule["verb"] not in BANS and
                self.next and self.next.day <= day):
            return 0
        begin, end = moment(day), moment(day + DAY)
        if low >= end or late <= begin:
            return 0
        return 2 if high < end and soon > begin else 1

    def entries(self, rule, days):
        """(start, end) of the entries a rule gets: dates or instants."""
        low, _, _, late = self.window(rule)
        if rule["during"][0] == "-" and "h" in rule["during"]:
            return [(instant_of(low), instant_of(late))]
        runs = []
        for day in sorted(days):
            if not runs or runs[-1][1] != day:
                runs.append([day, day])
            runs[-1][1] = day + DAY
        return [(first, end if end < HORIZON else first + (
            366 if rule["verb"] in BANS else 1) * DAY) for first, end in runs]

    def times(self, rule, days):
        """The instants of something done so many times a day."""
        if rule.get("every") != "2/d":
            return []
        clocks = [time.fromisoformat(PROTOCOL["clock"][c])
                  for c in ("morning", "night")]
        return [instant_of(when) for when in (
            datetime.combine(day, clock) for day in sorted(days)
            for clock in clocks) if when >= self.end]


BANS = ("avoid", "wait")
FOREVER = date(2035, 1, 1)
HORIZON = date(2029, 1, 1)


def moment(bound):
    return bound if isinstance(bound, datetime) else \
        datetime.combine(bound, time())


def days_in_force(sessions, rule):
    """{number: days}: each day is told of one session alone.

    That is the one for which the rule is most certain; of two, the later
    wound, but before sessions the one that comes first.
    """
    found = {session.number: set() for session in sessions}
    sign = 1 if rule["phase"] == "post" else -1
    day = min(session.day for session in sessions) - 30 * DAY
    while day < HORIZON:
        force, _, number = max((session.force(rule, day),
                                sign * session.number, session.number)
                               for session in sessions)
        if force:
            found[number].add(day)
        day += DAY
    return found


def sessions_of(plan):
    found = [Session(number, *((s["start"], s.get("healed"))
                               if isinstance(s, dict) else (s,)))
             for number, s in enumerate(plan["sessions"], 1)]
    for session, following in zip(found, found[1:]):
        session.next = following
    return found


# Checks


def bad_lines(data):
    """What is wrong with the octets."""
    if not data.endswith(b"\r\n"):
        yield "the last line has no end"
    for number, line in enumerate(data.split(b"\r\n")[:-1], 1):
        if len(line) > 75:
            yield f"line {number} has {len(line)} octets"
        if re.search(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]", line):
            yield f"line {number} has a control character: {line}"
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield f"line {number} is cut inside a character: {line}"


def bad_header(calendar):
    names = [p.name for p in calendar.properties]
    if names not in (HEADER, HEADER + ["COLOR", "X-APPLE-CALENDAR-COLOR"]):
        yield f"properties {names}"
    for name, parameters, expected in (
            ("VERSION", "", "2.0"), ("CALSCALE", "", "GREGORIAN"),
            ("REFRESH-INTERVAL", ";VALUE=DURATION", "PT12H"),
            ("X-PUBLISHED-TTL", "", "PT12H")):
        if Property(name, parameters, expected) not in calendar.properties:
            yield f"not {name}{parameters}:{expected}"
    if not value(calendar, "PRODID"):
        yield "no PRODID"
    for plain, other in (("NAME", "X-WR-CALNAME"),
                         ("DESCRIPTION", "X-WR-CALDESC")):
        if not value(calendar, plain) or not value(calendar, other):
            yield f"no {plain} or {other}"


def bad_times(event, zone):
    forms = [(";VALUE=DATE", r"\d{8}"),
             (f";TZID={zone}", r"\d{8}T\d{6}") if zone else
             ("", r"\d{8}T\d{6}Z")]
    both = [p for p in event.properties if p.name in ("DTSTART", "DTEND")]
    if len(both) != 2 or not any(
            all(p.parameters == parameters and re.fullmatch(form, p.value)
                for p in both) for parameters, form in forms):
        yield f"not a form of the profile: {both}"
    elif when_of(event, "DTSTART") >= when_of(event, "DTEND"):
        yield f"no time between {both}"
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        if not re.fullmatch(r"\d{8}T\d{6}Z", value(event, name) or ""):
            yield f"{name}: {value(event, name)}"


def bad_status(event):
    state = (value(event, "STATUS"), value(event, "TRANSP"),
             value(event, "X-MICROSOFT-CDO-BUSYSTATUS"))
    session = value(event, "CATEGORIES") == "APPOINTMENT"
    fit = [("CONFIRMED", "OPAQUE", "BUSY"),
           ("TENTATIVE", "TRANSPARENT", "FREE")] if session else \
        [(None, "TRANSPARENT", "FREE")]
    if state not in fit:
        yield f"{state} is not one of {fit}"
    if value(event, "CLASS") != "PRIVATE":
        yield "not CLASS:PRIVATE"


def bad_alarms(event):
    alarms = parts(event, "VALARM")
    if len(alarms) > 1:
        yield "more than one alarm"
    for alarm in alarms:
        names = [p.name for p in alarm.properties]
        if sorted(names) != ["ACTION", "DESCRIPTION", "TRIGGER"] or \
                value(alarm, "ACTION") != "DISPLAY" or not re.fullmatch(
                    r"-P1D|-?PT(0S|(\d+H)?(\d+M)?)", value(alarm, "TRIGGER")):
            yield f"alarm {alarm.properties}"


def bad_events(calendar, zone):
    events = parts(calendar, "VEVENT")
    uids = [value(e, "UID") for e in events]
    if len(set(uids)) != len(uids):
        yield "a UID is there twice"
    for event in events:
        names = [p.name for p in event.properties]
        faults = list(bad_times(event, zone)) + list(bad_status(event)) + \
            list(bad_alarms(event))
        if names != EVENT + [n for n in OPTIONAL if n in names]:
            faults.append(f"properties {names}")
        if not re.fullmatch(r"[A-Za-z0-9._@-]{1,120}", value(event, "UID")):
            faults.append(f"UID {value(event, 'UID')}")
        if len((text_of(event, "DESCRIPTION") or "").encode()) > 1500:
            faults.append("DESCRIPTION has more than 1500 octets")
        for fault in faults:
            yield f"{value(event, 'SUMMARY')}: {fault}"


def bad_order(events, clients):
    """Clients in the order given, each one's entries by start and UID."""
    places = []
    for event in events:
        start = event.start if not isinstance(event.start, datetime) \
            else event.start.astimezone(ZONE).replace(tzinfo=None)
        if not isinstance(start, datetime):
            start = datetime.combine(start, time(0))
        places.append((clients.get(event.uid, 0), start, event.uid))
    for one, two in zip(places, places[1:]):
        if one > two:
            yield f"{one} stands before {two}"


def check_file(tap, name, data, zone=None, clients=None):
    """The octets, the profile, and both readers; what we read."""
    try:
        faults, calendar = list(bad_lines(data)), read(data)
    except ValueError as problem:
        tap.ok(False, f"{name}: can be read", problem)
        return []
    tap.ok(not faults, f"{name}: lines", *faults)
    faults = list(bad_header(calendar))
    tap.ok(not faults, f"{name}: header", *faults)
    faults = list(bad_events(calendar, zone))
    tap.ok(not faults, f"{name}: events", *faults)
    zones = [value(z, "TZID") for z in parts(calendar, "VTIMEZONE")]
    events = [our_event(e) for e in parts(calendar, "VEVENT")]
    tap.same(zones, [zone] if zone else [] if events else [ZONE_NAME],
             f"{name}: zones")
    faults = list(bad_order(events, clients or {}))
    tap.ok(not faults, f"{name}: order", *faults)
    agree(tap, name, data, events)
    return events


def agree(tap, name, data, events):
    for library, module, reader in (
            ("icalendar", icalendar, icalendar_events),
            ("vobject", vobject, vobject_events)):
        label = f"{name}: as {library} reads it"
        if not module:
            tap.skip(label, f"no {library}")
            continue
        theirs = sorted(reader(data), key=lambda e: e.uid)
        ours = sorted(events, key=lambda e: e.uid)
        wrong = [f"{a} not {b}" for a, b in zip(theirs, ours) if a != b]
        tap.ok(len(theirs) == len(ours) and not wrong, label,
               f"{len(theirs)} of {len(ours)}", *wrong)


def check_rules(tap, name, plan, data, timed, zone=None):
    """Every item is an entry, and on the days and at the times it is due."""
    events = check_file(tap, name, data, zone)
    known, expected, got = items([plan]), [], []
    sessions = sessions_of(plan)
    for rule_id, rule in RULES.items():
        days = days_in_force(sessions, rule)
        for session in sessions:
            about = session.number, rule_id, rule["title"]
            own = days[session.number]
            expected += [(*about, *when)
                         for when in session.entries(rule, own)]
            expected += [(*about, at, at + TIMED_LENGTH) for at in
                         (session.times(rule, own) if timed else ())]
    for event in events:
        uid = event.uid if event.uid in known else event.uid[:36]
        if event.category != "APPOINTMENT":
            _, rule_id, number = known.get(uid, (0, "unknown", 0))
            # before its title it may say that it waits for healing, after it
            # which session it is about
            title = event.summary.removeprefix("Once healed: ")
            for said in (f" (before session {number})",
                         f" (after session {number})"):
                title = title.removesuffix(said)
            got.append((number, rule_id, title, event.start,
                        event.end))
    missing = sorted(map(str, set(expected) - set(got)))
    more = sorted(map(str, set(got) - set(expected)))
    tap.ok(len(got) == len(expected) and not missing and not more,
           f"{name}: each item when it is due", *(
               [f"missing {m}" for m in missing[:5]] +
               [f"unexpected {m}" for m in more[:5]]))
    check_sessions(tap, name, plan, events)


def check_sessions(tap, name, plan, events):
    got = sorted((e.start, e.end) for e in events
                 if e.category == "APPOINTMENT")
    expected = sorted((instant_of(s.start), instant_of(s.end))
                      for s in sessions_of(plan))
    tap.same(got, expected, f"{name}: sessions at their local time")


def covers(event, day):
    if isinstance(event.start, datetime):
        return event.start.astimezone(ZONE).date() == day
    return event.start <= day < event.end


def plain(text):
    return " ".join(text.split())


def check_changes(tap, name, plan, data):
    """By change: each day's entries speak of all that is in force then."""
    events = check_file(tap, name, data)
    by_title = {}
    for item in json.loads(care([plan], "-j"))["items"]:
        by_title[item["session"], item["rule"]] = plain(item["text"])
    sessions = sessions_of(plan)
    for session in sessions:
        own = [e for e in events if e.category == "APPOINTMENT" and
               e.start == instant_of(session.start)]
        own += [e for e in events if own and e.related == own[0].uid]
        tap.ok(5 <= len(own) <= 10, f"{name}: about eight entries for session "
               f"{session.number}", *(e.summary for e in own))
    wrong = []
    for rule_id, rule in RULES.items():
        due = set().union(*days_in_force(sessions, rule).values())
        day = sessions[0].day - 14 * DAY
        while day < sessions[-1].day + 120 * DAY:
            said = any(covers(e, day) and by_title[s.number, rule_id] in
                       plain(e.description) for e in events for s in sessions)
            if said != (day in due) and (said or rule["verb"] in BANS or
                                         rule["during"][-1] != "/"):
                wrong.append(f"{rule_id} on {day}: said {said}")
            day += DAY
    tap.ok(not wrong, f"{name}: what holds each day", *wrong)
    check_sessions(tap, name, plan, events)


# Cases

ONE = {"id": "c-1", "sessions": ["2026-12-01T10:00"]}
SERIES = {"id": "c-2", "name": "Jo Field", "sessions": [
    "2027-02-09T10:00", "2027-03-14T10:00", "2027-04-20T10:00"]}
SPRING = {"id": "c-3", "sessions": ["2027-03-09T18:30"]}
AUTUMN = {"id": "c-4", "sessions": ["2026-10-27T22:30", "2026-11-01T10:00"]}
HEALED = {"id": "c-5", "sessions": [
    {"start": "2026-12-01T10:00", "healed": "2026-12-10"},
    {"start": "2027-01-05T10:00", "healed": "2027-01-07"},
    {"start": "2027-02-09T10:00"}]}
NOT_HEALED = {"id": "c-6", "sessions": [
    {"start": "2026-12-01T10:00", "healed": False}]}


def plans_tests(tap):
    for title, plan in (("one session", ONE), ("a series", SERIES),
                        ("spring", SPRING), ("autumn", AUTUMN),
                        ("healed", HEALED)):
        if plan is not HEALED:
            check_changes(tap, title, plan, care([plan], "-i"))
        check_rules(tap, f"{title}, by rule", plan,
                    care([plan], "-i", "--by", "rule"), False)
        check_rules(tap, f"{title}, by rule and clock", plan,
                    care([plan], "-i", "--by", "rule", "--timed"), True)
        check_rules(tap, f"{title}, in local time", plan,
                    care([plan], "-i", "--by", "rule", "--timed", "--local"),
                    True, ZONE_NAME)
    data = care([NOT_HEALED], "-i")
    check_file(tap, "not healed", data)
    toronto = re.findall(rb"DTSTART:(\S+)", care([SERIES], "-i"))
    tap.same(toronto, [b"20270209T150000Z", b"20270314T140000Z",
                       b"20270420T140000Z"], "10:00 on both sides of March 14")


def operands_tests(tap):
    """The same from the command line; what the series adds; nothing at all"""
    data = run("smp-aftercare", "-i", *NOW, "2026-12-01T10:00")
    check_file(tap, "aftercare alone", data)
    data = run("smp-precare", "-i", *NOW, "--id", "c", "2026-12-01",
               "2027-01-05T10:00")
    events = check_file(tap, "precare alone, a date and a time", data)
    tap.same([e.start for e in events if e.category == "APPOINTMENT"],
             [date(2026, 12, 1), instant_of(datetime(2027, 1, 5, 10))],
             "a date alone is a day, not midnight")
    data = run("smp-schedule", "-i", *NOW, "2026-12-01T10:00")
    events = check_file(tap, "a proposed series", data)
    tap.same([(e.status, e.transp) for e in events],
             [("CONFIRMED", "OPAQUE")] + [("TENTATIVE", "TRANSPARENT")] * 3,
             "what is proposed is tentative and blocks nothing")
    whole = run("smp-schedule", "-j", *NOW, "2026-12-01T10:00")
    whole = run("smp-precare", "-j", *NOW, text=whole)
    check_file(tap, "schedule, precare, aftercare",
               run("smp-aftercare", "-i", *NOW, text=whole))
    for title, plans in (("no plan", []), ("all cancelled", [
            {"id": "c", "sessions": [{"start": "2026-12-01T10:00",
                                      "status": "cancelled"}]}])):
        events = check_file(tap, title, care(plans, "-i"))
        tap.ok(not events, f"{title}: no event")


def alarm_tests(tap):
    for option, session, other in (("-P1D", "-P1D", None), ("none", None, None),
                                   ("09:00", "-P1D", "PT9H")):
        events = parts(read(care([ONE], "-i", "--alarm", option)), "VEVENT")
        wrong = []
        for event in events:
            expected = session if value(event, "STATUS") else other
            got = [value(a, "TRIGGER") for a in parts(event, "VALARM")]
            if got != [expected] * bool(expected):
                wrong.append(f"{value(event, 'SUMMARY')}: {got}")
        tap.ok(events and not wrong, f"--alarm {option}", *wrong)
    tap.same(care([ONE], "-i", "--alarm", "-P1D"), care([ONE], "-i"),
             "--alarm -P1D is the default")


def names_tests(tap):
    plans = [{"id": f"c-{i}", "name": name, "sessions": ["2026-12-01T10:00"]}
             for i, name in enumerate(NAMES)]
    plans += [{"id": name, "sessions": ["2026-12-01T10:00"]}
              for name in NAMES if name]
    for title, args, some, zone in (
            ("names", (), plans, None),
            ("names, by rule", ("--by", "rule"), plans[::3], None),
            ("names, local", ("--timed", "--local"), plans[::5], ZONE_NAME)):
        data = care(some, "-i", *args)
        check_file(tap, title, data, zone, client_of_uid(some, args))
        begins = [line for line in unfolded(data) if line.startswith("BEGIN:")]
        single = unfolded(care([ONE], "-i", *args))
        tap.same(begins.count("BEGIN:VEVENT"),
                 single.count("BEGIN:VEVENT") * len(some),
                 f"{title}: as many entries as clients have")
    events = [our_event(e) for e in parts(read(care(plans, "-i")), "VEVENT")]
    count = len(events) // len(plans)
    for i in sorted(PLAIN_NAMES):
        own = events[i * count:(i + 1) * count]
        tap.ok(own and all(e.summary.startswith(NAMES[i][:30]) for e in own),
               f"client {i}'s name stands first", *(e.summary for e in own))
    odd = {**ONE, "name": "back\\\\n\\;"}
    odd = uids([odd, SERIES]).values()
    tap.ok(any(e.summary.startswith("back\\\\n\\;: ") for e in odd),
           "backslashes in a name stay", *odd)
    tap.ok(not any(NAMES[0] in e.summary or NAMES[0] in e.description
                   for e in check_file(tap, "one name",
                                       care(plans[:1], "-i"))),
           "one client alone is not named")


def client_of_uid(plans, args):
    """{uid: place of its client}"""
    found = {}
    for place, plan in enumerate(plans):
        for event in parts(read(care([plan], "-i", *args)), "VEVENT"):
            found[value(event, "UID")] = place
    return found


FOREIGN = (
    ("a strange UID", {"uid": "a/b\r\nBEGIN:VEVENT", "start": "2026-12-05"}),
    ("a long UID", {"uid": "u" * 500, "start": "2026-12-05"}),
    ("no UID", {"uid": "", "start": "2026-12-05"}),
    ("strange words", {"uid": "u-1", "start": "2026-12-05",
                       "title": "\x1b[31m\r\nX:y", "text": "\u2028\x9b" * 900}),
    ("an end before the start", {"uid": "u-1", "start": "2026-12-05",
                                 "end": "2026-12-03"}),
    ("an end at the start", {"uid": "u-1", "start": "2026-12-05T10:00",
                             "end": "2026-12-05T10:00"}),
    ("a date and a time", {"uid": "u-1", "start": "2026-12-05T10:00",
                           "end": "2026-12-06"}),
    ("the same time twice", {"uid": "u-1", "start": "2026-12-05", "at": [
        "2026-12-05T15:00:00Z", "2026-12-05T15:00:00Z"]}),
    ("times not in order", {"uid": "u-1", "start": "2026-12-05", "at": [
        "2026-12-05T15:00:00Z", "2026-12-06T15:00:00Z",
        "2026-12-05T13:00:00Z"]}),
    ("a session that is not there", {"uid": "u-1", "start": "2026-12-05",
                                     "session": 7}),
)


def foreign_tests(tap):
    """What others put into a plan is rejected, or comes out as it should."""
    plans = [(f"an item with {title}", {**ONE, "items": [
        {"rule": "own", "phase": "post", "session": 1, "title": "T",
         "text": "x", **item}]})
             for title, item in FOREIGN]
    plans.append(("two items of one UID", {**ONE, "items": [
        {"uid": "u", "rule": f"own.{n}", "phase": "post", "session": 1,
         "text": "x", "start": "2026-12-05"} for n in range(2)]}))
    plans.append(("two sessions of one UID", {**ONE, "sessions": [
        {"start": start, "uid": "u"}
        for start in ("2026-12-01T10:00", "2027-01-05T10:00")]}))
    for title, plan in plans:
        for args in ((), ("--by", "rule", "--timed")):
            done = subprocess.run(
                [os.path.join(BIN, "smp-aftercare"), "-i", *args, *NOW],
                input=lines([plan]), capture_output=True, check=False,
                timeout=TIMEOUT, env=ENVIRONMENT)
            label = " ".join((title,) + args)
            if done.returncode == 3:
                tap.ok(done.stderr.count(b"\n") == 1, f"{label}: rejected")
                continue
            tap.ok(not done.returncode and not done.stderr, f"{label}: taken",
                   done.returncode, done.stderr)
            check_file(tap, label, done.stdout)


def bytes_tests(tap):
    """The same input gives the same bytes on any machine."""
    plans = [ONE, SERIES, {**SPRING, "timeZone": "Australia/Sydney"}]
    for args in (("-i", "--timed"), ("-i", "--local"), ("-j",), ("-t",)):
        usual = care(plans, *args)
        for environment in ({}, {"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "C"},
                            {"LC_ALL": "", "LANG": "tr_TR.UTF-8"},
                            {"TZ": "Asia/Tokyo"}, {"TZ": ""},
                            {"HOME": "/nonexistent"}):
            again = care(plans, *args, environment=environment)
            label = " ".join(f"{k}={v}" for k, v in environment.items())
            tap.ok(again == usual and usual,
                   f"{' '.join(args)}: the same bytes, {label or 'again'}")


def stamp_tests(tap):
    stamps = set(re.findall(rb"(?:DTSTAMP|MODIFIED):(\w+)", care([ONE], "-i")))
    tap.same(stamps, {STAMP.encode()}, "stamps come from --now")
    epoch = care([ONE], "-i", environment={"SOURCE_DATE_EPOCH": "86400"})
    tap.same(epoch, care([ONE], "-i").replace(STAMP.encode(),
                                              b"19700102T000000Z"),
             "SOURCE_DATE_EPOCH sets the stamps and nothing else")
    stamped = care([{**ONE, "updated": "2026-11-19T08:00:00Z"}], "-i")
    tap.same(stamped, care([ONE], "-i").replace(STAMP.encode(),
                                                b"20261119T080000Z"),
             "what the plan says of its last change goes before")


def uids(plans, *args):
    """{uid: event}"""
    return {e.uid: e for e in map(our_event, parts(
        read(care(plans, "-i", *args)), "VEVENT"))}


def uid_tests(tap):
    for args in ((), ("--by", "rule"), ("--timed",)):
        title = " ".join(("calendar",) + args)
        first = uids([ONE], *args)
        healed = uids([{**ONE, "sessions": [
            {"start": "2026-12-01T10:00", "healed": "2026-12-09"}]}], *args)
        tap.ok(set(healed) <= set(first), f"{title}: healing makes no UIDs",
               *(healed[u].summary for u in set(healed) - set(first)))
        if "rule" not in args:
            days = [(e.start, healed[e.uid].start if e.uid in healed else None)
                    for e in first.values()
                    if e.summary.startswith("Once healed")]
            tap.same(days, [(date(2026, 12, 12), date(2026, 12, 9))],
                     f"{title}: healing moves the entry")
        more = uids([{**ONE, "sessions": ONE["sessions"] +
                      ["2027-01-05T10:00"]}], *args)
        gone = [first[u].summary for u in set(first) - set(more)]
        # what goes on for ever is now told of the later session
        tap.ok(all(summary.startswith("No AHA") for summary in gone),
               f"{title}: another session keeps them", *gone)
        named = uids([{**ONE, "name": "Jo"}], *args)
        tap.same(set(named), set(first), f"{title}: a name changes none")
        both = uids([{**ONE, "name": "Jo"}, SERIES], *args)
        tap.ok(set(first) < set(both), f"{title}: another client changes none")
        moved = uids([{**ONE, "sessions": ["2026-12-03T14:00"]}], *args)
        tap.ok(len(set(first) & set(moved)) > len(first) - 3,
               f"{title}: a session that moves takes its entries along",
               *(first[u].summary for u in set(first) - set(moved)))
        other = uids([{**ONE, "id": "c-9"}], *args)
        tap.ok(not set(first) & set(other), f"{title}: another id shares none")
    given = uids([{**ONE, "sessions": [{"start": "2026-12-01T10:00",
                                        "uid": "abc-1@studio.example"}]}])
    tap.ok("abc-1@studio.example" in given, "a session's own UID is its UID")
    bad = uids([{**ONE, "sessions": [{"start": "2026-12-01T10:00",
                                      "uid": "a/b\r\nBEGIN:VEVENT"}]}])
    tap.ok(len(bad) == len(uids([ONE])) and
           not any("/" in u or "BEGIN" in u for u in bad),
           "a UID that no calendar may have is not used", *bad)


def main():
    tap = Tap()
    for tests in (plans_tests, operands_tests, alarm_tests, names_tests,
                  foreign_tests, bytes_tests, stamp_tests, uid_tests):
        try:
            tests(tap)
        except (RuntimeError, ValueError, KeyError, TypeError) as problem:
            tap.ok(False, f"{tests.__name__} came to its end",
                   f"{type(problem).__name__}: {problem}")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
