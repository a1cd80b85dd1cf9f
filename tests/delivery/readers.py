#!/usr/bin/env python3
"""Feeds and invitations read by programs that are not ours; prints TAP.

Each reader says for each event when it starts and ends, and that must be what
the plan says: python-icalendar, ical.js, ruby-icalendar and khal. NODE_PATH
names where ical.js is.
"""

import datetime
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import servers  # pylint: disable=wrong-import-position
from servers import feeds  # pylint: disable=wrong-import-position

PYTHON = """
import json, sys, datetime, icalendar
def show(t):
    if isinstance(t, datetime.datetime):
        return t.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return t.strftime("%Y%m%d")
found = {}
data = open(sys.argv[1], "rb").read()
for calendar in icalendar.Calendar.from_ical(data, multiple=True):
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        found[str(event["UID"])] = [show(event.decoded("DTSTART")),
            show(event.decoded("DTEND")), str(event["SUMMARY"]),
            str(event.get("DESCRIPTION", ""))]
print(json.dumps(found))
"""

NODE = """
const ICAL = require("ical.js").default || require("ical.js");
const text = require("fs").readFileSync(process.argv[1], "utf8");
let parsed = ICAL.parse(text), found = {};
if (typeof parsed[0] === "string") parsed = [parsed];
const show = t => t.isDate ? t.toString().replace(/-/g, "") :
    t.toJSDate().toISOString().replace(/[-:]|\\.000/g, "");
for (const calendar of parsed)
    for (const part of new ICAL.Component(calendar)
             .getAllSubcomponents("vevent")) {
        const e = new ICAL.Event(part);
        found[e.uid] = [show(e.startDate), show(e.endDate), e.summary,
                        e.description || ""];
    }
console.log(JSON.stringify(found));
"""

RUBY = """
require "stringio"; require "json"; require "icalendar"
found = {}
show = lambda do |t|
  next t.strftime("%Y%m%d") if t.is_a?(Icalendar::Values::Date)
  t.to_time.utc.strftime("%Y%m%dT%H%M%SZ")
end
Icalendar::Calendar.parse(File.read(ARGV[0])).each do |calendar|
  calendar.events.each do |e|
    found[e.uid.to_s] = [show.(e.dtstart), show.(e.dtend), e.summary.to_s,
                         e.description.to_s]
  end
end
puts JSON.generate(found)
"""


def read_with(program, script, path):
    done = subprocess.run([*program, script, path], capture_output=True,
                          check=False, env={**os.environ, "TZ": "UTC",
                                            "LC_ALL": "C.UTF-8"}, timeout=120)
    if done.returncode:
        return done.stderr.decode()[:800]
    return {uid: tuple(v) for uid, v in json.loads(done.stdout).items()}


def unescaped(text):
    out, at = "", 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
            out += "\n" if text[at] in "nN" else text[at]
        else:
            out += text[at]
        at += 1
    return out


def ours(text):
    return {uid: (e["DTSTART"], e["DTEND"], unescaped(e["SUMMARY"]),
                  unescaped(e.get("DESCRIPTION", "")))
            for uid, e in feeds.events(text).items()}


def local(value, zone):
    """As khal shows it: the local start, or the day."""
    if len(value) == 8:
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    at = datetime.datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(
        tzinfo=datetime.timezone.utc).astimezone(zoneinfo.ZoneInfo(zone))
    return at.strftime("%Y-%m-%d %H:%M")


def read_with_khal(path, zone, top):
    """[(start, title)] of a calendar with these events alone."""
    home = tempfile.mkdtemp(dir=top)
    files = os.path.join(home, "files")
    os.mkdir(files)
    conf = servers.example("khal.conf", home, ("~/.calendars/care/", files),
                           ("Europe/Paris", zone), ("readonly = True", ""))
    env = servers.environment(home)
    khal = [servers.find("khal"), "-c", conf]
    with open(path, "rb") as file:
        whole = file.read()
    for part in re.findall(rb"BEGIN:VCALENDAR.*?END:VCALENDAR\r\n", whole,
                           re.S):
        one = os.path.join(home, "one.ics")
        with open(one, "wb") as file:
            file.write(part)
        done = subprocess.run([*khal, "import", "--batch", "-a", "care", one],
                              capture_output=True, check=False, env=env)
        if done.returncode:
            return done.stderr.decode()[:800]
    done = subprocess.run(
        [*khal, "list", "2026-01-01", "2028-01-01", "--once", "--format",
         "{start-date-long} {start-time}|{title}", "--day-format", ""],
        capture_output=True, check=False, env=env)
    return sorted((line.split("|")[0].strip(), line.split("|", 1)[1])
                  for line in done.stdout.decode().splitlines() if "|" in line)


def samples(top):
    """(label, path, zone, text)"""
    chance = random.Random(3)
    protocol = os.path.join(top, "maple.json")
    with open(protocol, "w", encoding="utf-8") as file:
        file.write('{"format":"smp-protocol/1","id":"maple","studio":'
                   '{"name":"Maple","email":"bookings@maple.example"}}')
    for number, zone in enumerate((
            "America/Toronto", "Europe/Paris", "America/Havana",
            "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza",
            "America/Nuuk", "Europe/Dublin", "Asia/Kolkata", "UTC")):
        plan = feeds.plan(
            "c-1", *[f"2026-{m:02}-{chance.randrange(1, 29):02}"
                     f"T{chance.randrange(24):02}:{chance.randrange(60):02}"
                     for m in (3, 5, 8, 10)], "2026-12-01",
            name="Jo, \u00c9lise; \u2013 \\ Field", timeZone=zone,
            email="jo@client.example",
            **({"lang": "fr"} if number % 2 else {}))
        data = feeds.cared_for([plan])
        directory = os.path.join(top, str(number))
        option = (["--discreet"] if number % 3 == 2 else [])
        feeds.publish(directory, data, *option)
        path = os.path.join(directory, "c-1.ics")
        with open(path, "rb") as file:
            yield f"feed, {zone}", path, zone, file.read()
        path = os.path.join(directory, "invitation")
        text = feeds.run("smp-schedule", ["-i", "--method", "request", "-p",
                                          protocol], data).stdout
        with open(path, "wb") as file:
            file.write(text)
        yield f"invitations, {zone}", path, zone, text


def main():
    tap = feeds.Tap()
    programs = (("python-icalendar", ["/usr/bin/python3", "-c"], PYTHON),
                ("ical.js", ["node", "-e"], NODE),
                ("ruby-icalendar", ["ruby", "-e"], RUBY))
    probe = {"python-icalendar": "import icalendar",
             "ical.js": 'require("ical.js")',
             "ruby-icalendar": 'require "stringio"; require "icalendar"'}
    with tempfile.TemporaryDirectory() as top:
        made = list(samples(top))
        for name, program, script in programs:
            if not shutil.which(program[0]) or subprocess.run(
                    [*program, probe[name]], capture_output=True,
                    check=False).returncode:
                tap.ok(True, f"{name} # SKIP not here")
                continue
            for label, path, _, text in made:
                want = ours(text)
                got = read_with(program, script, path)
                tap.ok(want and got == want, f"{name}: {label}",
                       got if isinstance(got, str) else [
                           (got.get(u), w) for u, w in want.items()
                           if got.get(u) != w][:1])
        for label, path, zone, text in made:
            if not servers.find("khal"):
                tap.ok(True, "khal # SKIP not here")
                break
            want = sorted((local(w[0], zone), w[2])
                          for w in ours(text).values())
            got = read_with_khal(path, zone, top)
            tap.ok(got == want, f"khal: {label}", got[:600] if isinstance(
                got, str) else [p for p in zip(got, want) if p[0] != p[1]][:2])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
