#!/usr/bin/env python3
"""Exports of booking systems, as plans; prints TAP.

tests/bookings has exports as systems lay them out, and in EXPECTED.ndjson what
is in them; dates.txt has dates as they write them. The rest of this file is
about what exports do that no standard allows. $SMP_BIN names the programs.
"""

import json
import os
import subprocess
import sys
import tempfile

from results import Tap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, os.environ.get("SMP_BIN", "bin"))
HERE = os.path.join(ROOT, "tests", "bookings")
ZONE = ["-z", "America/Toronto"]
HEAD = "Appointment ID,Client,Email,Date,Time,Duration,Status,Notes\n"
ROWS = ["1,Jo Field,jo@x.org,2026-12-01,10:00,3h,Confirmed,fine\n",
        "2,Jo Field,jo@x.org,2027-01-05,10:00,3h,Confirmed,\n",
        "3,Sam Berg,sam@x.org,2026-12-02,9:30 AM,150,Cancelled,\n"]
SECRETS = ["warfarin", "Marcumar", "Latex", "blood thinner", "bring a hat",
           "first line", "second line"]


def run(*args, text=b""):
    environment = {"PATH": BIN + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8",
                   "TZ": "UTC"}
    return subprocess.run(["smp-import", *args], input=text, env=environment,
                          capture_output=True, timeout=100, check=False)


def plans(got):
    return [json.loads(line) for line in got.stdout.splitlines()]


def read(text, *args):
    """(plans, status, messages) of a table given as text."""
    if isinstance(text, str):
        text = text.encode()
    got = run(*ZONE, *args, text=text)
    return plans(got), got.returncode, got.stderr.decode()


def summary(plan, like):
    """What is expected of a client, of this plan."""
    kept = {k: plan.get(k) for k in like if k != "sessions"}
    kept["sessions"] = [
        [s["start"][:16], s.get("duration"), s["status"], s.get("ref")][:len(w)]
        for s, w in zip(plan["sessions"], like["sessions"])]
    return kept, len(plan["sessions"]) == len(like["sessions"])


def check_expected(tap):
    with open(os.path.join(HERE, "EXPECTED.ndjson"), encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    for case in cases:
        path = os.path.join(HERE, case["file"])
        got = run(*case["args"], "-v", path)
        found = plans(got)
        right = len(found) == len(case["clients"]) and got.returncode == 0
        for plan, like in zip(found, case["clients"]):
            kept, whole = summary(plan, like)
            right = right and whole and kept == like
        personal = {p[k] for p in found for k in ("name", "email", "phone")
                    if k in p}
        right = right and not personal & {p["id"] for p in found}
        tap.ok(right, f"what {case['file']} holds", got.stdout, got.stderr)
        said = got.stdout.decode() + got.stderr.decode()
        tap.ok(not any(s in said for s in SECRETS),
               f"... and nothing of its notes", said)


def check_dates(tap):
    with open(os.path.join(HERE, "dates.txt"), encoding="utf-8") as file:
        lines = [l.rstrip("\n").split("\t") for l in file if l[0] != "#"]
    rows = ["Client ID,Start"] + [f'c-{n},"{cell}"' for n, (cell, _)
                                  in enumerate(lines)]
    found, status, said = read("\n".join(rows) + "\n", "--dates", "us")
    by_id = {p["id"]: p for p in found}
    tap.same(status, 3, "dates that are none are rejected")
    wrong = []
    for n, (cell, wanted) in enumerate(lines):
        plan = by_id[f"c-{n}"]
        got = "no"
        for session in plan["sessions"]:
            parts = [session["start"], session.get("duration")]
            if plan["timeZone"] != ZONE[1]:
                parts.append(plan["timeZone"])
            got = " ".join(p for p in parts if p)
        if got != wanted:
            wrong.append(f"{cell!r} is {got}, not {wanted}")
    tap.ok(not wrong, f"{len(lines)} dates as systems write them", *wrong)
    tap.ok("warfarin" not in said, "what is no date is not shown", said)
    for order, us in (("us", "2026-12-01"), ("eu", "2026-01-12")):
        found, status, said = read("Client ID,Start\na,12/1/2026 10:00\n",
                                   "--dates", order)
        tap.same(found[0]["sessions"][0]["start"][:10], us,
                 f"12/1 by --dates {order}")
    found, status, said = read("Client ID,Start\na,12/1/2026\nb,2/3/2026\n")
    tap.ok(status == 2 and not found and "2026-12-01" in said and
           "2026-01-12" in said and said.count("\n") == 1,
           "a column in which no row decides is refused, both readings shown",
           status, said)
    found, status, said = read("Client ID,Start\na,12/1/2026\nb,25/3/2026\n")
    tap.ok(status == 0 and found[0]["sessions"][0]["start"] == "2026-01-12",
           "one row decides for the column", said)
    for more in ([], ["--dates", "us"]):
        found, status, said = read(
            "Client ID,Start\na,12/13/2026\nb,25/3/2026\n", *more)
        tap.ok(status == 2 and not found, "rows that contradict are refused",
               status, said)


def sessions(found):
    return {s.get("ref"): (s["start"][:16], s["status"]) for p in found
            for s in p["sessions"]}


def check_quotes(tap):
    """A stray quote costs its row, and that row is told."""
    rows = ROWS * 3
    rows = [r.replace(r[0], str(n + 1), 1).replace("2026-12", "2026-1" + "012"[
        n // 3]).replace("2027-01", "2027-0" + "123"[n // 3])
            for n, r in enumerate(rows)]
    rows = [r if n % 2 else r.replace("fine", '"one,\ntwo ""three"""')
            for n, r in enumerate(rows)]
    whole = sessions(read(HEAD + "".join(rows))[0])
    tap.same(len(whole), 9, "quoted newlines and quotes are read")
    wrong = []
    for n, row in enumerate(rows):
        if "\n" in row[:-1]:
            continue
        for at in range(len(row)):
            broken = rows[:n] + [row[:at] + '"' + row[at:]] + rows[n + 1:]
            found, status, said = read(HEAD + "".join(broken))
            got = sessions(found)
            line = 2 + sum(r.count("\n") for r in rows[:n])
            lost = set(whole) - set(got)
            if not (lost <= {str(n + 1)} and status == 3 and
                    f"<stdin>:{line}: " in said and
                    all(got[k] == whole[k] for k in got)):
                wrong.append(f"row {n} octet {at}: {status} {lost} {said}")
        if n > 4:
            break
    tap.ok(not wrong, "a stray quote at each place costs one row", *wrong[:5])
    two = [rows[1][:-1] + '"\n', rows[3], rows[5][:-1] + '"\n', rows[7]]
    found, status, said = read(HEAD + "".join(two))
    tap.ok(status == 3 and set(sessions(found)) >= {"4", "8"},
           "two stray quotes swallow no row between them", found, said)


def check_encodings(tap):
    text = HEAD + ROWS[0].replace("Jo Field", "Zoë Fjäll €") + ROWS[2]
    for name, data in {
            "UTF-8": text.encode(), "UTF-8 with BOM": text.encode("utf-8-sig"),
            "UTF-16": text.encode("utf-16"),
            "UTF-16LE without BOM": text.encode("utf-16-le"),
            "UTF-16BE without BOM": text.encode("utf-16-be"),
            "Windows-1252": text.encode("cp1252"),
            "CR": text.replace("\n", "\r").encode(),
            "CRLF": text.replace("\n", "\r\n").encode(),
            "semicolons": text.replace(",", ";").encode(),
            "tabs": text.replace(",", "\t").encode(),
            "sep=": ("sep=|\n" + text.replace(",", "|")).encode(),
            "titles": ("Report\n\n2026,,\n" + text).encode(),
            "no-break spaces": text.replace("Zoë ", "Zoë\u00a0").encode(),
    }.items():
        found, status, said = read(data)
        tap.ok(status == 0 and len(found) == 2 and
               found[0]["name"] == "Zoë Fjäll €", name, found, said)
    mixed = text.encode() + b"9,Jo \xff,a@x.org,2026-12-09,10:00,3h,Confirmed,\n"
    found, status, said = read(mixed)
    tap.ok(status == 3 and len(found) == 2 and "<stdin>:4: not text" in said,
           "one row that is not UTF-8 costs itself", said)


def check_status(tap):
    words = {"booked": ["Confirmed", "CONFIRMÉ", "Bestätigt", "Not cancelled",
                        "nicht storniert", "Pendiente", "new"],
             "done": ["Completed", "Terminé", "abgeschlossen", "Realizada"],
             "cancelled": ["Canceled", "Annulé", "Storniert", "Declined",
                           "NO_SHOW", "NoShow", "Nicht erschienen", "Anulada",
                           "late cancel", "No asistió"]}
    wrong = []
    for status, each in words.items():
        for word in each:
            found, code, said = read(
                f"Client ID,Start,Status\na,2026-12-01,{word}\n")
            got = found[0]["sessions"][0]["status"] if found else said
            if code or got != status:
                wrong.append(f"{word}: {got}")
    tap.ok(not wrong, "statuses of all languages", *wrong)
    text = ("Client ID,Start,Status\na,2026-12-01,Verschoben\n"
            "a,2026-12-09,Confirmed\nb,2026-12-02,Verschoben\n")
    found, status, said = read(text)
    tap.ok(status == 3 and said.count("Verschoben\"") == 1 and
           "2 rows" in said and sum(len(p["sessions"]) for p in found) == 1,
           "an unknown status rejects its rows, and is named once", said)
    tap.ok(found[0]["incomplete"] == "client", "... and its client is marked",
           found)
    found, status, said = read(text, "--status", "Verschoben=cancelled")
    tap.same([status, found[1]["sessions"][0]["status"]], [0, "cancelled"],
             "--status says what it means")
    found, status, said = read(text, "--status", "verschoben=ignore")
    tap.same([status, len(found)], [0, 1], "... or that it is none")
    found, status, said = read("Client ID,Start,Status\na,2026-12-01,No Show\n")
    tap.same(found[0]["sessions"][0].get("said"), "No Show",
             "a no-show keeps the word that was said")
    found, status, said = read("Client ID,Start,Outcome\na,2026-12-01,maybe\n")
    tap.ok(status == 0 and "looks like a status" in said,
           "a column that looks like a status, and is none, is told", said)


def check_twins(tap):
    """Columns of one name: a row in which they differ is told, and not read."""
    square = ("Appointment ID,Customer,Service,Staff,Date,Start Time,Duration,"
              "Status,Status\n1,Jo,SMP,Al,2026-12-01,10:00,3h,Confirmed,%s\n")
    usual = "Client,Email,Start,Status,status\nJo,a@x.org,2026-12-01,%s,%s\n"
    for name, text, code in (
            ("of a format", square % "Cancelled", 3),
            ("of a format, one empty", square % "", 0),
            ("of usual names", usual % ("Confirmed", "Cancelled"), 3),
            ("of usual names, the first empty", usual % ("", "Cancelled"), 3),
            ("of usual names, alike", usual % ("Confirmed", "Confirmed"), 0)):
        found, status, said = read(text)
        tap.ok(status == code and len(sessions(found)) == (not code) and
               [p.get("incomplete") for p in found] == [
                   "client" if code else None] and
               ("<stdin>:2: column \"Status\": " in said) == bool(code),
               f"two statuses {name}", found, status, said)
    found, status, said = read("Client,Start,Email,Email\n"
                               "Jo,2026-12-01,a@x.org,b@x.org\n"
                               "Al,2026-12-02,c@x.org,c@x.org\n")
    tap.ok(status == 3 and [p["incomplete"] for p in found] == ["export"] and
           found[0]["email"] == "c@x.org",
           "two addresses: nobody knows whose row it is", found, said)
    text = "Client,Start,Service,Service\nJo,2026-12-01,SMP,Wash\n"
    tap.same([read(text)[1], read(text, "--match", "SMP")[1]], [0, 3],
             "two services matter to --match alone")
    text = ("Client,Start,Block,Block\nJo,2026-12-01,yes,no\n"
            "Al,2026-12-01,no,no\n,2026-12-02,yes,yes\n")
    found, status, said = read(text)
    tap.ok(status == 3 and "<stdin>:2: " in said and
           [p["name"] for p in found] == ["Al"],
           "what only one of two columns blocks is told", found, said)


def check_people(tap):
    found, status, said = read("Name,Customer,Start\nJo,Jo,2026-12-01\n"
                               ",,2026-12-02\n")
    tap.ok(status == 3 and "<stdin>:3: no client" in said,
           "a row of nobody is blamed on no column", said)
    found, status, said = read(
        "Client,Email,Start\nJo Field,jo@x.org,2026-12-01\n"
        "JO FIELD,Jo@X.org,2027-01-05\n\"Field, Jo\",jo@x.org,2027-02-09\n"
        "Jo Field,,2027-03-09\n")
    tap.ok(len(found) == 1 and len(found[0]["sessions"]) == 4,
           "one client, however the name is spelt", found, said)
    found, status, said = read(
        "Client,Email,Start\nJo Field,a@x.org,2026-12-01\n"
        "Jo Field,b@x.org,2026-12-02\nAl Field,a@x.org,2026-12-03\n")
    tap.ok(len(found) == 3 and "same name" in said and
           "same mail address" in said and "Field" not in said,
           "one name with two addresses, one address with two names", found,
           said)
    found, status, said = read("Client,Start\nJo,2026-12-01\nJo,2027-01-05\n"
                               "Walk-In,2026-12-01\nWalk-In,2026-12-02\n")
    tap.ok([len(p["sessions"]) for p in found] == [2, 1, 1] and
           "walk-ins" in said and not any("name" in p for p in found[1:]),
           "walk-ins are clients of their own", found, said)
    found, status, said = read(
        "Client ID,Client,Start\n0,Jo,2026-12-01\n0,Al,2026-12-02\n"
        "N/A,Bo,2026-12-03\n7,Kim,2026-12-04\n7,Kim,2026-12-05\n"
        "7,Kit,2026-12-06\n")
    tap.ok([p["name"] for p in found] == ["Jo", "Al", "Bo", "Kit"] and
           found[3]["id"] == "7" and status == 0 and
           said == "smp-import: <stdin>:7: another name with the same id: one "
           "client, as in line 5\n",
           "an id for no id is none; two names of one id are told", found, said)
    found, status, said = read(
        "Client,Email,Start\nJo Field,a@x.org; b@x.org,2026-12-01\n"
        "Al Brook,al(at)x.org,2026-12-02\nKim Hill,-,2026-12-03\n")
    tap.ok(not any("email" in p for p in found) and said ==
           "smp-import: <stdin>:2: no mail address, or several in one cell: "
           "not read, in 2 rows\n", "what is no address is told once", said)
    found, status, said = read(
        "Client,Service,Start\nPage Jimmy,SMP,2026-13-01\n"
        "Jo,SMP,2026-12-01\nTotal: 2,,\n")
    tap.ok(status == 3 and "<stdin>:2: column \"Start\"" in said and
           [p["name"] for p in found] == ["Page Jimmy", "Jo"],
           "a name that begins like a total is a client's", found, said)
    found, status, said = read(
        "Client,Start,Status\nJo,2026-12-01,it's;echo\n")
    tap.ok(status == 3 and "--status 'WORD=booked'" in said,
           "a command to be typed holds no quote of the export", said)
    with tempfile.NamedTemporaryFile("w", suffix=".key") as key:
        key.write("0123456789abcdef0123\n")
        key.flush()
        ids = {read("Client,Start\nJo Field,2026-12-01\n", *more)[0][0]["id"]
               for more in ([], ["--key", key.name])}
        again = read("Client,Start\nJo Field,2027-12-01\n", "--key",
                     key.name)[0][0]["id"]
    tap.ok(len(ids) == 2 and again in ids, "--key makes other ids, the same "
           "from run to run", ids)
    found = read("Client ID,Client,Start\njo@x.org,Jo,2026-12-01\n"
                 "+14165550101,Al,2026-12-02\nc-7,Bo,2026-12-03\n",
                 "--studio", "Maple Street")[0]
    ids = [p["id"] for p in found]
    tap.ok(all(i.startswith("Maple-Street-") for i in ids) and
           ids[2] == "Maple-Street-c-7" and "@" not in ids[0] and
           "416" not in ids[1] and found[0]["studio"] == "Maple-Street",
           "an id that is an address or number of a person is none", ids)


def check_rejects(tap):
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "bad")
        text = HEAD + ROWS[0] + ROWS[1].replace("2027-01-05", "soon") + ROWS[2]
        found, status, said = read(text, "--rejects", path)
        with open(path, encoding="utf-8") as file:
            kept = file.read()
        tap.ok(status == 3 and kept == HEAD + text.splitlines(True)[2] and
               "<stdin>:3: column \"Date\"" in said,
               "--rejects keeps the row and the header", kept, said)
        mended, status, said = read(kept.replace("soon", "2027-01-05"))
        tap.same([status, list(sessions(mended))], [0, ["2"]],
                 "... so that it can be read once mended")
        text = ("Client,Start,End\nJo,2026-12-01 10:00,2026-12-01 09:00\n"
                "Al,2026-02-30 10:00,\nKim,2026-12-02 10:00,\n")
        found, status, said = read(text, "--rejects", path)
        with open(path, encoding="utf-8") as file:
            tap.same([status, file.read(), said.count("\n")],
                     [3, "".join(text.splitlines(True)[:3]), 2],
                     "... and what ends before it starts, or on no day")
        text = HEAD + ROWS[0] + ROWS[1].replace("2027-01-05", "soon") + ROWS[2]
        name = os.path.join(top, "export")
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        found, status, said = read("", "--rejects", name, name)
        with open(name, encoding="utf-8") as file:
            tap.same([status, file.read()], [2, text],
                     "--rejects is not to be an input")
        found, status, said = read(text)
        tap.same([p.get("incomplete") for p in found], ["client", None],
                 "the client of a rejected row is marked")


def check_pages(tap):
    """Arrays one after the other, and what is no appointment among them."""
    one, other = ('{"client_id": "%s", "client_name": "X", "start": '
                  '"2026-12-01T10:00:00"}' % i for i in ("c-1", "c-2"))
    twice = one.replace("{", '{"start": "2026-12-02T10:00:00", ')
    for name, text, code, ids in (
            ("pages one after the other", f"[{one}]\n[{other}]\n", 0,
             ["c-1", "c-2"]),
            ("a page that is cut off", f"[{one}]\n[{other}", 3,
             ["c-1", "c-2"]),
            ("an error after a page", f'[{one}]\n{{"error": 429}}\n', 3,
             ["c-1"]),
            ("an error in a line", f'{one}\n{{"error": 429}}\n', 3, ["c-1"]),
            ("two arrays of appointments",
             f'{{"upcoming": [{one}], "past": [{other}, {other}]}}', 3,
             ["c-2"]),
            ("a longer array of something else", '{"data": [' + one +
             '], "included": [{"x": "' + 200 * "y" + '"}]}', 0, ["c-1"]),
            ("a member given twice, in the only object", f"[{twice}]", 3, [])):
        found, status, said = read(text)
        tap.ok(status == code and [p["id"] for p in found] == ids and
               (not code or (said and all(p["incomplete"] == "export"
                                          for p in found))),
               name, found, status, said)


def check_files(tap):
    """What one file is like says nothing of the next."""
    with tempfile.TemporaryDirectory() as top:
        names = [os.path.join(top, name) for name in ("a.tsv", "b.json")]
        for name, text in zip(names, (
                "Client\tStart\nAl\t2026-12-01\n",
                '[{"client": "Jo \\"J\\" Hill", "start": "2026-12-02"}]\n')):
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
        found, status, said = read("", *names)
        tap.ok(status == 0 and [p["name"] for p in found] ==
               ["Al", 'Jo "J" Hill'], "a name with quotes, after a table with "
               "tabs", found, said)


def check_others(tap):
    """What is no export is said; nothing is written for it."""
    for name, text, code in (
            ("empty", "", 4), ("a web page", "<html>\n", 4),
            ("a workbook", b"PK\x03\x04...", 4),
            ("no date", "Client,Email\nJo,jo@x.org\n", 2),
            ("nobody", "Start,Service\n2026-12-01,SMP\n", 2),
            ("a calendar without --match", "BEGIN:VCALENDAR\n", 2),
            ("only a header", HEAD, 1)):
        found, status, said = read(text)
        tap.ok(status == code and not found and said.count("\n") == 1, name,
               status, said)
    text = HEAD + "".join(ROWS)
    for cut in range(len(HEAD) + 1, len(text)):
        found, status, said = read(text[:cut])
        whole = text[:cut].endswith("\n")
        if not whole and any(p.get("incomplete") != "export" for p in found):
            tap.ok(False, f"cut at {cut} is marked", found)
            break
    else:
        tap.ok(True, "a file that is cut off anywhere marks its plans")


def check_gone(tap):
    """What smp-import takes the place of says so."""
    for command in ([os.path.join(ROOT, "examples", "csv2plans"), "x.csv"],
                    [os.path.join(BIN, "smp-schedule"), "--match", "SMP"]):
        got = subprocess.run(command, stdin=subprocess.DEVNULL,
                             capture_output=True, check=False)
        tap.ok(got.returncode == 2 and b"smp-import" in got.stderr,
               f"{os.path.basename(command[0])} names it", got.stderr)


def main():
    tap = Tap()
    for check in (check_expected, check_dates, check_quotes, check_encodings,
                  check_status, check_twins, check_people, check_rejects, check_pages,
                  check_files, check_others, check_gone):
        check(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
