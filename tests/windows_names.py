#!/usr/bin/env python3
"""The table of Windows' time zone names against ICU's; prints TAP."""

import ctypes
import ctypes.util
import os
import re
import sys

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib",
                     "calendar", "windows.c")


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


def main():
    with open(TABLE, encoding="utf-8") as file:
        rows = re.findall(r'\{"([^"]+)",\s*"([^"]+)"\}', file.read())
    names = [name.lower() for name, _ in rows]
    missing = [zone for _, zone in rows
               if not os.path.exists(f"/usr/share/zoneinfo/{zone}")]
    print(f"{'ok' if len(rows) > 130 and names == sorted(names) else 'not ok'}"
          " 1 - the names are sorted")
    print(f"{'not ok' if missing else 'ok'} 2 - the zones exist", *missing)
    function = icu()
    if not function:
        print("ok 3 # skip no ICU\n1..3")
        return 0
    wrong = [(name, zone, olson(function, name)) for name, zone in rows
             if olson(function, name) != zone]
    print(f"{'not ok' if wrong else 'ok'} 3 - ICU has the same")
    for row in wrong:
        print("#", *row)
    print("1..3")
    return 0


if __name__ == "__main__":
    sys.exit(main())
