#!/usr/bin/env python3
"""The table of Windows' time zone names against zone.tab and ICU; prints TAP.

ICU's zone may have another name, so the offsets of two years are compared.
"""

import ctypes
import ctypes.util
import os
import re
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib",
                     "calendar", "windows.c")
ZONES = os.environ.get("TZDIR") or "/usr/share/zoneinfo"
YEARS = (2021, 2026)

# By CLDR 41: they have other offsets today than the zone that Windows means.
OUTDATED = {"Central Asia Standard Time": "Asia/Almaty",
            "Mountain Standard Time (Mexico)": "America/Chihuahua"}


def icu():
    """ICU's function for a Windows name, or None where it is not here."""
    name = ctypes.util.find_library("icui18n")
    version = re.search(r"\.so\.(\d+)", name or "")
    if not version:
        return None
    try:
        return getattr(ctypes.CDLL(name),
                       f"ucal_getTimeZoneIDForWindowsID_{version.group(1)}")
    except (OSError, AttributeError):
        return None


def olson(function, name):
    encoded = name.encode("utf-16-le")
    text = ctypes.create_string_buffer(encoded + b"\0\0")
    out = ctypes.create_string_buffer(512)
    status = ctypes.c_int(0)
    n = function(text, ctypes.c_int32(len(name)), b"001", out,
                 ctypes.c_int32(256), ctypes.byref(status))
    return out.raw[:2 * n].decode("utf-16-le")


def words(name, first):
    """The lines of a file of the zone data, if there, that begin with a word"""
    path = os.path.join(ZONES, name)
    with open(path if os.path.exists(path) else os.devnull,
              encoding="utf-8") as file:
        for line in file:
            row = line.split()
            if row and re.fullmatch(first, row[0]):
                yield row


def offsets(name, links):
    """At each hour of the years."""
    zone = zoneinfo.ZoneInfo(links.get(name, name))
    hours = [datetime(year, 1, 1, tzinfo=timezone.utc) + timedelta(hours=hour)
             for year in YEARS for hour in range(365 * 24)]
    return [hour.astimezone(zone).utcoffset() for hour in hours]


def differs(function, name, zone, links):
    """What ICU says instead, or None."""
    other = olson(function, name)
    if other in (zone, OUTDATED.get(name)) or other and \
            offsets(other, links) == offsets(zone, links):
        return None
    return f"{name}: {zone}, ICU {other}"


def main():
    zoneinfo.reset_tzpath([ZONES])
    with open(TABLE, encoding="utf-8") as file:
        rows, displayed = (re.findall(r'\{"([^"]+)",\s*"([^"]+)"\}', part)
                           for part in file.read().split("displayed[]"))
    names = [name.lower() for name, _ in rows]
    missing = {name for _, name in displayed} - {name for name, _ in rows}
    print(f"{'ok' if len(displayed) > 130 and not missing else 'not ok'}"
          " 4 - displayed places have zones of Windows", *missing)
    today = {row[2] for row in words("zone.tab", "[A-Z][A-Z]")}
    missing = [zone for _, zone in rows
               if today and zone not in today and zone[:4] != "Etc/" or
               not os.path.exists(os.path.join(ZONES, zone))]
    print(f"{'ok' if len(rows) > 130 and names == sorted(names) else 'not ok'}"
          " 1 - the names are sorted")
    print(f"{'not ok' if missing else 'ok'} 2 - the zones exist, by the names"
          " of today", *missing)
    function = icu()
    if not function:
        print("ok 3 # skip no ICU\n1..4")
        return 0
    links = {row[2]: row[1] for row in words("tzdata.zi", "L")}
    wrong = [text for name, zone in rows
             if (text := differs(function, name, zone, links))]
    print(f"{'not ok' if wrong else 'ok'} 3 - ICU has the same offsets in"
          f" {YEARS[0]} and {YEARS[-1]}")
    for text in wrong:
        print("#", text)
    print("1..4")
    return 0


if __name__ == "__main__":
    sys.exit(main())
