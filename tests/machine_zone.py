#!/usr/bin/env python3
"""The time zone of the machine, where neither -z nor a protocol names one: TZ,
/etc/localtime, /etc/timezone, UTC. Prints TAP.

Each row has an /etc of its own, if this user may mount one. $SMP_BIN names the
programs.
"""

import json
import os
import subprocess
import sys

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
               **{k: v for k, v in os.environ.items()
                  if "SAN_OPTIONS" in k or k == "TZDIR"}}
MOUNT = "mount -t tmpfs none /etc && cd /etc && "
WORDS = "smp-schedule", "-j", "-n", "1", "2026-12-01T10:00"
MADRID = "ln -s /usr/share/zoneinfo/Europe/Madrid localtime"
TOKYO = "echo Asia/Tokyo >timezone"

# TZ, what is done in /etc (None: /etc as it is), and the zone or the message.
ROWS = (
    ("Europe/Paris", None, "Europe/Paris"),
    (":Europe/Paris", None, "Europe/Paris"),
    ("/usr/share/zoneinfo/Europe/Paris", None, "Europe/Paris"),
    (":/usr/share/zoneinfo/Europe/Paris", None, "Europe/Paris"),
    ("Mars/Base", None, b'"Mars/Base" (this machine\'s; '),
    ("Europe/Paris", MADRID, "Europe/Paris"),
    (None, MADRID, "Europe/Madrid"),
    ("", MADRID, "Europe/Madrid"),
    ("/etc/localtime", MADRID, "Europe/Madrid"),
    (":/etc/localtime", f"{MADRID}; {TOKYO}", "Europe/Madrid"),
    (None, "ln -s ../usr/share/zoneinfo/Europe/Madrid localtime",
     "Europe/Madrid"),
    (None, f"ln -s /srv/clock localtime; {TOKYO}", "Asia/Tokyo"),
    (None, f"cp /usr/share/zoneinfo/Europe/Madrid localtime; {TOKYO}",
     "Asia/Tokyo"),
    (None, "printf 'Asia/Tokyo by hand' >timezone", "Asia/Tokyo"),
    (None, "echo >timezone", "UTC"),
    (None, "true", "UTC"),
    (None, "ln -s /usr/share/zoneinfo/Mars/Base localtime",
     b'"Mars/Base" (this machine\'s; '),
    (None, "echo Mars/Base >timezone", b'"Mars/Base" (this machine\'s; '),
)


def run(zone, etc):
    environment = dict(ENVIRONMENT) if zone is None else \
        {**ENVIRONMENT, "TZ": zone}
    words = [os.path.join(BIN, WORDS[0]), *WORDS[1:]]
    if etc is not None:
        words = ["unshare", "-m", "sh", "-c",
                 f'{MOUNT} {{ {etc}; }} && exec "$@"', "sh", *words]
    return subprocess.run(words, stdin=subprocess.DEVNULL, check=False,
                          capture_output=True, env=environment, timeout=60)


def may_mount():
    try:
        return not subprocess.run(["unshare", "-m", "sh", "-c", MOUNT + "true"],
                                  check=False, capture_output=True).returncode
    except OSError:
        return False


def main():
    tap = Tap()
    mounts = may_mount()
    for zone, etc, wanted in ROWS:
        label = f"TZ={zone}, /etc: {etc}"
        if etc is not None and not mounts:
            tap.skip(label, "no mounts")
            continue
        done = run(zone, etc)
        if isinstance(wanted, bytes):
            tap.ok(done.returncode == 2 and not done.stdout and
                   done.stderr.count(b"\n") == 1 and wanted in done.stderr,
                   label, done.returncode, done.stderr)
        else:
            plan = json.loads(done.stdout or "{}")
            tap.same((done.returncode, plan.get("timeZone"),
                      plan.get("timeZoneAssumed")), (0, wanted, True), label)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
