#!/usr/bin/env python3
"""A model of the verdicts of smp-protocol(5), for tests to compare with.

usage: verdict_model.py [-p PROTOCOL] < CASES

Each line of CASES is a JSON object: "activity"; "day", "hours" or "on"; and,
if wanted, "plan" (a list of sessions, or a whole plan), "healed", "final",
"next", "session", "facts", "rules" ("VERB ACTIVITY WINDOW", instead of a
protocol), "is" and "sessions". The answer is one JSON object a line.

The model favours clarity over speed, and shares nothing with the programs. It
looks at one moment after another and derives everything anew. Numbers in
brackets are those of the rules in "Which rule decides" of smp-protocol(5).

Times are seconds since 1970 in UTC; a bound that is never reached is infinite.
Intervals are half-open.
"""

import calendar
import datetime
import json
import math
import re
import sys
from collections import namedtuple
from functools import lru_cache
from zoneinfo import ZoneInfo

NEVER = math.inf
DAY = datetime.timedelta(days=1)
CLOCKS = {"morning": "08:00", "noon": "12:00", "night": "20:00",
          "bed": "22:00"}
COUNTING = ("booked", "proposed", "done")
FORBIDDEN = ("no", "not-yet")
UTC = datetime.timezone.utc


# Windows as they are written -------------------------------------------------

Offset = namedtuple("Offset", "number unit")
# anchor: "" (this session), "0", "open", first, last, next or a milestone.
Point = namedtuple("Point", "anchor low high clock")

ANCHOR = re.compile(r"([A-Za-z_]*)(.*)$")
OFFSET = re.compile(r"([+-]?)([0-9.]+?)(min|h|d|w|mo|y)?"
                    r"(?:\.\.([+-]?)([0-9.]+)(min|h|d|w|mo|y))?$")


def parse_point(text):
    if text == "":
        return Point("open", None, None, None)
    if text == "0":
        return Point("0", None, None, None)
    text, _, clock = text.partition("@")
    anchor, offset = ANCHOR.match(text).groups()
    if not offset:
        return Point(anchor, None, None, clock or None)
    sign, number, unit, sign2, number2, unit2 = OFFSET.match(offset).groups()
    low = Offset(float(sign + number), unit or unit2)
    high = low
    if number2:
        high = Offset(float((sign2 or sign) + number2), unit2)
    return Point(anchor, low, high, clock or None)


@lru_cache(maxsize=None)
def parse_window(text):
    begin, _, end = text.partition("/")
    return parse_point(begin), parse_point(end)


def parse_length(text):
    """The shortest and the longest of "3h", "3h..5h" or "3..5h"."""
    low, _, high = text.partition("..")
    high = high or low
    number, unit = re.match(r"([0-9.]+)([a-z]+)$", high).groups()
    number2, unit2 = re.match(r"([0-9.]+)([a-z]*)$", low).groups()
    return (Offset(float(number2), unit2 or unit), Offset(float(number), unit))


SECONDS = {"min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400,
           "y": 365 * 86400}


# What is given ---------------------------------------------------------------

class Rule:
    def __init__(self, ident, data):
        def some(name):
            value = data.get(name) or []
            return [value] if isinstance(value, str) else value

        self.id = ident
        self.verb = data["verb"]
        self.what = some("what")
        self.holds = some("if")
        self.unless = some("unless")
        self.scope = data.get("scope", "each")
        self.during = data.get("during")
        self.phase = data.get("phase")
        if not self.phase:
            self.phase = "post"
            if self.during:
                begin, end = parse_window(self.during)
                if end.anchor == "0" or (begin.anchor == "" and begin.low and
                                         begin.low.number < 0):
                    self.phase = "pre"
        self.conditional = bool(self.holds or self.unless)
        self.aftercare = self.phase == "post"


class Protocol:
    """From a whole protocol, as smp-protocol -j prints it."""

    def __init__(self, data):
        self.rules = [Rule(ident, rule)
                      for ident, rule in (data.get("rules") or {}).items()]
        self.wider = {}
        for ident, activity in (data.get("activities") or {}).items():
            kinds = activity.get("is") or []
            self.wider[ident] = [kinds] if isinstance(kinds, str) else kinds
        self.milestones = data.get("milestones") or {}
        self.clocks = {**CLOCKS, **(data.get("clock") or {})}
        plan = data.get("plan") or {}
        sessions = plan.get("sessions") or {}
        # (6) How many treatments finish a series.
        self.enough = sessions.get("min") or sessions.get("typical") or 1
        longest = parse_length(plan.get("length") or "3h")[1]
        self.length = longest.number * SECONDS[longest.unit]
        self.complete_windows()

    def complete_windows(self):
        """Rules without a window get that of their phase."""
        first, earliest = "0d", 0
        for rule in self.rules:
            if rule.phase == "pre" and rule.during:
                begin = parse_window(rule.during)[0]
                if begin.anchor == "" and begin.low:
                    seconds = begin.low.number * SECONDS[begin.low.unit]
                    if seconds < earliest:
                        earliest = seconds
                        first = rule.during.split("/")[0]
        for rule in self.rules:
            if not rule.during:
                rule.during = "0d/healed" if rule.aftercare else first + "/0"

    def steps(self, activity):
        """{wider activity: the fewest steps of `is` to it}"""
        found, edge, n = {activity: 0}, [activity], 0
        while edge:
            n += 1
            edge = [wide for narrow in edge for wide in
                    self.wider.get(narrow, ()) if wide not in found]
            for wide in edge:
                found.setdefault(wide, n)
        return found

    def narrower(self, activity, other):
        """(11) A kind of, and not the same."""
        return activity != other and other in self.steps(activity)


class Session:
    def __init__(self, data, number, zone, protocol):
        if isinstance(data, str):
            data = {"start": data}
        self.number = data.get("number", number)
        self.status = data.get("status", "booked")
        self.final = data.get("final") is True
        self.healed = data.get("healed")
        self.counts = self.status in COUNTING
        text = data["start"]
        # (2) A session without a time of day starts at 10:00.
        if len(text) == 10:
            text += "T10:00"
        start = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        if start.tzinfo:
            start = start.astimezone(zone).replace(tzinfo=None)
        self.day = start.date()
        self.start = instant(zone, start)
        length = protocol.length
        if "duration" in data:
            h, m, s = re.match(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$",
                               data["duration"]).groups()
            length = int(h or 0) * 3600 + int(m or 0) * 60 + int(s or 0)
        self.end = self.start + length


def instant(zone, local):
    """(1) Of two equal local times the first; a skipped one moves on."""
    return int(local.replace(tzinfo=zone).timestamp())


def add_days(day, offset):
    """(1) A month later is the same day of that month, or its last."""
    number, unit = int(offset.number), offset.unit
    if unit in "dw":
        return day + (7 if unit == "w" else 1) * number * DAY
    months = day.year * 12 + day.month - 1 + (12 if unit == "y" else 1) * number
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


# What is asked: a whole day, [begin, end), or a moment, where end is begin.
Asked = namedtuple("Asked", "begin end day")


def is_day(asked):
    return asked.end > asked.begin


def touches(asked, begin, end):
    if is_day(asked):
        return max(asked.begin, begin) < min(asked.end, end)
    return begin <= asked.begin < end


# A stretch of a rule for one session: a ban, task or permission (18: a wait
# has two). Bounds are (earliest, latest); the certain stretch and the perhaps
# stretch are intervals (3).
Part = namedtuple("Part", "kind rule session begin end names")


def certain(part):
    return part.begin[1], part.end[0]


def perhaps(part):
    return part.begin[0], part.end[1]


Answer = namedtuple("Answer", "verdict rules until")
# rules: the ids one of which has to be named; None if the text leaves it open.

UNKNOWN_NOTE = None      # nothing noted of a session
NOT_HEALED = "not"       # looked at, not healed
HEALED_ON = "on"         # ("on", day)
HEALED_BY = "by"         # ("by", day): on some day until then


class Model:
    """The verdicts of one protocol about one plan."""

    def __init__(self, protocol, sessions, zone="UTC", facts=(), finished=None):
        """finished: None to count the treatments, else whether it is (6)"""
        self.protocol = protocol
        self.zone = ZoneInfo(zone)
        self.facts = set(facts)
        given = []
        for data in sessions:
            number = given[-1].number + 1 if given else 1
            given.append(Session(data, number, self.zone, protocol))
        # (6) Sessions are ordered by time, whatever their numbers.
        self.sessions = sorted((s for s in given if s.counts),
                               key=lambda s: s.start)
        self.missing = min((s.number for s in given), default=1) - 1
        if finished is None:
            treatments = len(self.sessions) + self.missing
            finished = (treatments >= protocol.enough or
                        any(s.final for s in self.sessions))
        self.finished = finished and bool(self.sessions)
        self.optional = [s for s in given if s.status == "optional" and
                         self.sessions and s.start > self.sessions[-1].start]
        self.index = {s: i for i, s in enumerate(self.sessions)}
        self.parts_of = {}

    # Times

    def midnight(self, day):
        return instant(self.zone, datetime.datetime.combine(
            day, datetime.time()))

    def local(self, moment):
        return datetime.datetime.fromtimestamp(moment, UTC).astimezone(
            self.zone).replace(tzinfo=None)

    def day_of(self, moment):
        return self.local(moment).date()

    def whole_day(self, day):
        return Asked(self.midnight(day), self.midnight(day + DAY), day)

    def moment(self, moment):
        return Asked(moment, moment, self.day_of(moment))

    def next(self, session):
        """(7) The next session that counts, or None."""
        later = self.sessions[self.index[session] + 1:]
        return later[0] if later else None

    def at_clock(self, moment, clock):
        """(1) A clock sets the time of the day on which a point falls."""
        if clock is None or abs(moment) == NEVER:
            return moment
        hour, minute = self.protocol.clocks.get(clock, clock).split(":")
        return instant(self.zone, datetime.datetime.combine(
            self.day_of(moment), datetime.time(int(hour), int(minute))))

    def from_session(self, session, offset, as_begin, aftercare):
        if offset is None:
            # (2) The session itself.
            return (session.end if as_begin and aftercare else session.start)
        if offset.unit in ("h", "min"):
            base = session.end if aftercare else session.start
            return base + round(offset.number * SECONDS[offset.unit])
        return self.midnight(add_days(session.day, offset))

    def from_moment(self, moment, offset):
        if offset is None or moment == NEVER:
            return moment
        if offset.unit in ("h", "min"):
            return moment + round(offset.number * SECONDS[offset.unit])
        local = self.local(moment)
        return instant(self.zone, datetime.datetime.combine(
            add_days(local.date(), offset), local.time()))

    # Healing

    def range_of(self, milestone, session):
        """(3) When the first day begins, and when the last one ends."""
        text = self.protocol.milestones.get(milestone)
        if not text:
            # (8) Without a range, on any day from day 0 on.
            return self.midnight(session.day), NEVER
        low, high = parse_length(text)
        if low.unit in ("h", "min"):
            earliest = session.end + round(low.number * SECONDS[low.unit])
        else:
            earliest = self.midnight(add_days(session.day, low))
        if high.unit in ("h", "min"):
            latest = session.end + round(high.number * SECONDS[high.unit])
        else:
            latest = self.midnight(add_days(session.day, high) + DAY)
        return earliest, latest

    def own_healing(self, session, notes):
        """(8) Of one session, by what is noted of it."""
        first, last = self.range_of("healed", session)
        note = notes[self.index[session]]
        if note is UNKNOWN_NOTE:
            return first, last
        if note == NOT_HEALED:
            return NEVER, NEVER
        latest = max(self.midnight(note[1]), first)
        return (first if note[0] == HEALED_BY else latest), latest

    def healing(self, session, notes):
        """(9) The scalp's: a wound that is not healed waits for the next."""
        earliest, latest = self.own_healing(session, notes)
        after = self.next(session)
        if after and latest > after.start:
            later = self.healing(after, notes)
            if earliest >= after.start:
                earliest = later[0]
            latest = later[1]
        return earliest, latest

    # Windows

    def bound(self, point, rule, session, as_begin, notes):
        """(3) The earliest and the latest moment of a bound."""
        if point.anchor == "open":
            return (-NEVER, -NEVER) if as_begin else (NEVER, NEVER)
        references = [session, session]
        if point.anchor == "first":
            references = [self.sessions[0]] * 2
        elif point.anchor == "next":
            # (7) While it is not known, the bound is not reached.
            references = [self.next(session)] * 2
        elif point.anchor == "last":
            # (6) Until the series is finished, the bound is not reached.
            references = [None, None]
            if self.finished:
                references = [self.sessions[-1],
                              max(self.optional, key=lambda s: s.start,
                                  default=self.sessions[-1])]
        if references[0] is None:
            return NEVER, NEVER
        if point.anchor in ("", "0", "first", "next", "last"):
            # (2) What counts from the next session counts from its start.
            from_end = rule.aftercare and point.anchor != "next"
            both = [self.from_session(s, offset, as_begin, from_end)
                    for s in references for offset in (point.low, point.high)]
        else:
            reached = (self.healing(session, notes)
                       if point.anchor == "healed"
                       else self.range_of(point.anchor, session))
            both = [self.from_moment(moment, offset) for moment in reached
                    for offset in (point.low, point.high)]
        both = [self.at_clock(moment, point.clock) for moment in both]
        return min(both), max(both)

    def window(self, rule, session, notes):
        begin, end = parse_window(rule.during)
        return (self.bound(begin, rule, session, True, notes),
                self.bound(end, rule, session, False, notes))

    def clamp(self, bound, session):
        """(4) No aftercare task or permission begins before the end."""
        return tuple(max(moment, session.end)
                     if abs(moment) != NEVER and
                     self.day_of(moment) == session.day else moment
                     for moment in bound)

    def applies(self, rule, session):
        """(11), and (7) for windows that end with the next session"""
        treatment = self.missing + self.index[session] + 1
        final = self.finished and session is self.sessions[-1]
        if ((rule.scope == "first" and treatment != 1) or
                (rule.scope == "repeat" and treatment == 1) or
                (rule.scope == "last" and not final)):
            return False
        if final and parse_window(rule.during)[1].anchor == "next":
            return False
        return (self.facts.issuperset(rule.holds) and
                self.facts.isdisjoint(rule.unless))

    def speaking(self, activity):
        """(11) The rules that speak of an activity, each with the names."""
        wider = self.protocol.steps(activity)
        for rule in self.protocol.rules:
            names = [what for what in rule.what if what in wider]
            if names and rule.verb in ("avoid", "wait", "do", "may"):
                yield rule, names

    def parts(self, activity, notes):
        """All bans, tasks and permissions that apply."""
        key = activity, notes
        if key not in self.parts_of:
            self.parts_of[key] = [
                part for rule, names in self.speaking(activity)
                for session in self.sessions if self.applies(rule, session)
                for part in self.parts_of_rule(rule, session, names, notes)]
        return self.parts_of[key]

    def parts_of_rule(self, rule, session, names, notes):
        begin, end = self.window(rule, session, notes)
        if rule.verb in ("avoid", "wait"):
            yield Part("ban", rule, session, begin, end, names)
        if rule.verb == "wait":
            # (18) A permission from the end of the window on; in pre-care
            # only until the session starts.
            begin = end
            end = (NEVER, NEVER) if rule.aftercare else (session.start,) * 2
        if rule.verb != "avoid":
            if rule.aftercare:
                begin = self.clamp(begin, session)
            kind = "do" if rule.verb == "do" else "may"
            yield Part(kind, rule, session, begin, end, names)

    # In force

    def ended_by_next(self, part, asked):
        """(10) Tasks and permissions of aftercare end with the next wound."""
        if part.kind == "ban" or not part.rule.aftercare:
            return False
        after = self.next(part.session)
        if not after:
            return False
        return (asked.end > after.start if is_day(asked)
                else asked.begin >= after.start)

    def held(self, part, asked, begin, end):
        """(5) Whether a part is in force if it lasts from begin to end."""
        if part.kind != "may" or not is_day(asked):
            return touches(asked, begin, end)
        first = asked.begin
        if (part.rule.aftercare and
                self.day_of(part.session.end) == asked.day):
            first = part.session.end
        return begin <= first and asked.end <= end

    def force(self, part, asked):
        """(3), (5), (10): 2 certainly in force, 1 perhaps, 0 not"""
        if self.ended_by_next(part, asked):
            return 0
        if self.held(part, asked, *certain(part)):
            return 2
        return 1 if self.held(part, asked, *perhaps(part)) else 0

    # Lifting

    def lifts(self, part, ban, asked):
        """(12)"""
        if part.kind == "ban" or self.ended_by_next(part, asked):
            return False
        # (a) Certainly in force whenever the ban is or may be in force.
        begin, end = perhaps(ban)
        if is_day(asked):
            begin, end = max(begin, asked.begin), min(end, asked.end)
            if (part.rule.aftercare and ban.rule.aftercare and
                    part.session is ban.session):
                begin = max(begin, part.session.end)
            if begin >= end:
                # No moment counts: it is to be in force at some moment.
                if not touches(asked, *certain(part)):
                    return False
            elif not (certain(part)[0] <= begin and end <= certain(part)[1]):
                return False
        elif not touches(asked, *certain(part)):
            return False
        # (b) Narrower; or not wider, and with a condition. At a moment before
        # a session its pre-care, if it is not wider, also lifts those of its
        # aftercare bans that begin on day 0.
        protocol = self.protocol
        if any(all(protocol.narrower(name, other) for other in ban.names)
               for name in part.names):
            return True
        if not any(all(name == other or protocol.narrower(name, other)
                       for other in ban.names) for name in part.names):
            return False
        if part.rule.conditional and not ban.rule.conditional:
            return True
        return (not is_day(asked) and not part.rule.aftercare and
                ban.rule.aftercare and part.session is ban.session and
                asked.begin < ban.session.start and
                abs(ban.begin[0]) != NEVER and
                self.day_of(ban.begin[0]) == ban.session.day)

    # Deciding

    def of_bans(self, bans):
        """(13) The ids of those with the latest end, the narrowest, the
        first."""
        latest = max(ban.end[1] for ban in bans)
        bans = [ban for ban in bans if ban.end[1] == latest]
        bans = [ban for ban in bans
                if not any(self.is_narrower(other, ban) for other in bans)]
        return {min(ban.rule.id for ban in bans)}

    def is_narrower(self, part, other):
        return any(all(self.protocol.narrower(name, wide)
                       for wide in other.names) for name in part.names)

    def settled(self, activity, asked, notes):
        """(12) to (14), (16): the verdict with healing as noted; None where
        nothing is in force or to come."""
        parts = [(self.force(part, asked), part)
                 for part in self.parts(activity, notes)]
        bans = [(force, ban) for force, ban in parts
                if force and ban.kind == "ban" and
                not any(self.lifts(part, ban, asked) for _, part in parts)]
        for force, verdict in ((2, "no"), (1, "ask")):
            found = [ban for level, ban in bans if level == force]
            if found:
                return verdict, self.of_bans(found)
        steps = self.protocol.steps(activity)
        ranks = {}
        for force, part in parts:
            if force and part.kind != "ban":
                rank = (-force, min(steps[name] for name in part.names),
                        not part.rule.conditional, part.kind != "do")
                ranks.setdefault(rank, set()).add(part.rule.id)
        if ranks:
            best = min(ranks)
            verdict = "yes" if best[3] else "do"
            return ("ask" if best[0] == -1 else verdict), ranks[best]
        coming = {part.rule.id for _, part in parts
                  if part.rule.verb in ("do", "may") and
                  self.is_to_come(part, asked)}
        return ("not-yet", coming) if coming else (None, None)

    def is_to_come(self, part, asked):
        """(16)"""
        session = part.session
        if part.begin[0] <= asked.begin or self.ended_by_next(part, asked):
            return False
        since = (session.start if part.rule.aftercare
                 else self.midnight(session.day))
        return touches(asked, since, NEVER)

    def is_spoken_of(self, activity, asked, notes):
        """(17)"""
        for rule, _ in self.speaking(activity):
            for session in self.sessions:
                begin, end = self.window(rule, session, notes)
                day = self.midnight(session.day)
                before = not rule.aftercare or begin[0] < day
                after = rule.aftercare or end[1] > session.start
                if after and touches(asked, day, NEVER):
                    return True
                since = -NEVER
                i = self.index[session]
                if i:
                    since = self.healing(self.sessions[i - 1], notes)[1]
                if before and touches(asked, since, session.start):
                    return True
        return False

    def notes(self):
        """What the plan notes of each session."""
        noted = []
        for session in self.sessions:
            if session.healed is None:
                noted.append(UNKNOWN_NOTE)
            elif session.healed is False:
                noted.append(NOT_HEALED)
            else:
                noted.append((HEALED_ON, datetime.date.fromisoformat(
                    session.healed)))
        return tuple(noted)

    def noting(self, notes, day, note):
        """(8) Noted of the last session that is not after the day asked."""
        past = [i for i, s in enumerate(self.sessions) if s.day <= day]
        if not past:
            return notes
        return notes[:past[-1]] + (note,) + notes[past[-1] + 1:]

    def is_open(self, asked, notes):
        """(15) Whether the answer rests on healing that is not noted."""
        past = [s for s in self.sessions if s.day <= asked.day]
        return (bool(past) and
                notes[self.index[past[-1]]] is UNKNOWN_NOTE and
                touches(asked, *self.range_of("healed", past[-1])))

    def verdict(self, activity, asked, notes):
        """(verdict, ids)"""
        if not self.is_open(asked, notes):
            verdict, rules = self.settled(activity, asked, notes)
        else:
            verdict, rules = self.put_together(
                self.settled(activity, asked, self.noting(
                    notes, asked.day, NOT_HEALED)),
                self.settled(activity, asked, self.noting(
                    notes, asked.day, (HEALED_BY, asked.day))))
        if verdict:
            return verdict, rules
        spoken = self.is_spoken_of(activity, asked, notes)
        return ("no-rule" if spoken else "unknown"), None

    @staticmethod
    def put_together(left, right):
        """(15) The table; None is no-rule, or unknown on both sides."""
        no, yes = left[0], right[0]
        if no == yes:
            both = None
            if left[1] is not None and right[1] is not None:
                both = left[1] | right[1]
            return no, both
        if no in ("no", "not-yet", None) and yes in ("yes", "do"):
            return "if-healed", left[1] or right[1]
        if no in ("no", "not-yet") and yes is None:
            return "if-healed", left[1]
        if no == "do" and yes != "ask":
            return "if-not-healed", left[1]
        if no == "yes" and yes == "do":
            return "yes", left[1]
        return "ask", left[1]

    # When the answer changes

    def breaks(self, activity, notes, beyond=0):
        """
        The moments at which a verdict may change, in their order. While
        healing is open for ever, days after all bounds and `beyond` that
        moment are like one another.
        """
        found = set()

        def add(with_notes):
            for part in self.parts(activity, with_notes):
                found.update(part.begin + part.end)
            for rule, _ in self.speaking(activity):
                for session in self.sessions:
                    for bound in self.window(rule, session, with_notes):
                        found.update(bound)

        add(notes)
        for session in self.sessions:
            found.update((session.start, session.end,
                          self.midnight(session.day)))
            found.update(self.healing(session, notes))
        for session in self.sessions:
            if notes[self.index[session]] is not UNKNOWN_NOTE:
                continue
            first, last = self.range_of("healed", session)
            i = self.index[session]
            add(notes[:i] + (NOT_HEALED,) + notes[i + 1:])
            found.update((first, last))
            after = self.next(session)
            last = min(last, after.start if after else NEVER,
                       max(beyond, *(x for x in found if x != NEVER)) +
                       3 * 86400)
            day = self.day_of(first)
            while self.midnight(day) < last:
                found.add(self.midnight(day))
                add(notes[:i] + ((HEALED_BY, day),) + notes[i + 1:])
                day += DAY
        return sorted(x for x in found if abs(x) != NEVER)

    def until(self, activity, asked, notes):
        """(19) A moment, or None."""
        breaks = self.breaks(activity, notes, asked.end)

        def forbidden(moment):
            return self.verdict(activity, self.moment(moment),
                                notes)[0] in FORBIDDEN

        seen = asked.begin
        if is_day(asked):
            # If no moment of the day has such a verdict, its end counts.
            breaks = sorted({*breaks, asked.end})
            inside = [asked.begin] + [x for x in breaks
                                      if asked.begin < x < asked.end]
            bad = [x for x in inside if forbidden(x)]
            seen = bad[-1] if bad else asked.end - 1
        for moment in breaks:
            if moment > seen and not forbidden(moment):
                return moment
        return None

    def ask(self, activity, asked, healed=None):
        """healed: as --healed has it: None, True, False or a day"""
        notes = self.notes()
        if healed is not None:
            note = (NOT_HEALED if healed is False else
                    (HEALED_BY, asked.day) if healed is True else
                    (HEALED_ON, healed))
            notes = self.noting(notes, asked.day, note)
        verdict, rules = self.verdict(activity, asked, notes)
        until = None
        if verdict in FORBIDDEN:
            until = self.until(activity, asked, notes)
        return Answer(verdict, rules, until)

    # As smp-may is asked and answers

    def on(self, text):
        """The day or the moment of --on."""
        if len(text) == 10:
            return self.whole_day(datetime.date.fromisoformat(text))
        return self.moment(instant(self.zone,
                                   datetime.datetime.fromisoformat(text)))

    def shown(self, moment):
        """(19) A date if it falls on midnight, else a date and time."""
        if moment is None:
            return None
        local = self.local(moment)
        if moment == self.midnight(local.date()):
            return local.date().isoformat()
        return local.isoformat()


# Questions without a date are asked of a session on this day, at 10:00 UTC.
UNDATED = datetime.date(2001, 1, 1)


def ask_case(protocol, case):
    """Answer a case, see above; `until` as smp-may writes it."""
    final = case.get("final", case.get("last", False))
    facts = case.get("facts", case.get("flags", ()))
    healed = case.get("healed")
    if isinstance(healed, str):
        healed = datetime.date.fromisoformat(healed)
    if "plan" in case:
        plan = case["plan"]
        if isinstance(plan, list):
            plan = {"sessions": plan}
        operands = case.get("operands")
        sessions = plan["sessions"]
        if operands and case.get("session"):
            sessions = [{"start": s} for s in sessions]
            sessions[0]["number"] = case["session"]
        model = Model(protocol, sessions, plan.get("timeZone", "UTC"),
                      [*plan.get("facts", ()), *facts],
                      bool(final) if operands else None)
        asked = model.on(case["on"])
        answer = model.ask(case["activity"], asked, healed)
        return answer._replace(until=model.shown(answer.until))
    sessions = [{"number": case.get("session", case.get("sess", 1)),
                 "start": UNDATED.isoformat()}]
    if "next" in case:
        sessions.append((UNDATED + case["next"] * DAY).isoformat())
    model = Model(protocol, sessions, "UTC", facts, bool(final))
    if "hours" in case:
        asked = model.moment(model.sessions[0].start +
                             round(3600 * case["hours"]))
    else:
        asked = model.whole_day(UNDATED + case["day"] * DAY)
    answer = model.ask(case["activity"], asked, healed)
    if answer.until is not None:
        # (19) The first day that begins then or later.
        days = (answer.until - model.midnight(UNDATED)) / 86400
        answer = answer._replace(until=math.ceil(days))
    return answer


def small_protocol(case):
    """A protocol of the case's "rules", its "is" and its "sessions"."""
    rules = {}
    for i, text in enumerate(case["rules"]):
        verb, what, during = text.split()
        rules[f"r{i + 1}"] = {"verb": verb, "what": [what], "during": during}
    activities = {name: {"is": kinds}
                  for name, kinds in case.get("is", {}).items()}
    plan = {"sessions": case["sessions"]} if "sessions" in case else {}
    return {"format": "smp-protocol/1", "id": "small", "extends": None,
            "milestones": {"healed": case.get("range", "7d..10d")},
            "plan": plan, "activities": activities, "rules": rules}


def activity_of(case):
    return case.get("activity") or case["rules"][-1].split()[1]


def main(arguments):
    protocol = None
    if len(arguments) == 2 and arguments[0] == "-p":
        with open(arguments[1], encoding="utf-8") as file:
            protocol = Protocol(json.load(file))
    elif arguments:
        print(__doc__.splitlines()[2], file=sys.stderr)
        return 2
    for line in sys.stdin:
        case = json.loads(line)
        case["activity"] = activity_of(case)
        answer = ask_case(Protocol(small_protocol(case)) if "rules" in case
                          else protocol, case)
        rules = None if answer.rules is None else sorted(answer.rules)
        print(json.dumps({"activity": case["activity"],
                          "verdict": answer.verdict, "rules": rules,
                          "until": answer.until}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
