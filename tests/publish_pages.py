#!/usr/bin/env python3
"""Pages beside feeds: what a run writes, leaves alone and removes; TAP.

$SMP_BIN names the programs.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

from pages import Page
from publish import cared_for, plan, publish, session
from results import Tap, own_directory

URL = "https://calendars.example.org/feeds/"
PAGES = ("--pages", URL)
NAME = "Zoe <b>Hostile</b>"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def only_page(directory="feeds"):
    return glob.glob(f"{directory}/*.html")


def times(directory="feeds"):
    return {f: os.stat(f).st_mtime_ns for f in glob.glob(f"{directory}/*")}


def client(**members):
    return plan("c-17", session("2026-12-01T10:00"), session("2027-01-05T10:00"),
                name=NAME, email="zoe@client.example", **members)


def check_page(tap):
    data = cared_for([client()])
    tap.same(publish("feeds", data, "--key", "key", *PAGES)[1][0][0], "new",
             "a page is written with its feed")
    path = only_page()[0]
    text = read(path).decode()
    page = Page(text)
    feed = os.path.basename(path)[:-5] + ".ics"
    tap.ok(not page.wrong, "it is well formed", *page.wrong)
    tap.ok(os.path.exists("feeds/" + feed), "it lies beside the feed")
    tap.ok(f"webcal://calendars.example.org/feeds/{feed}" in page.links and
           f"{URL}{feed}" in page.text, "the feed's address, as a link and text",
           page.links)
    tap.ok(not any(word in text for word in
                   ("Zoe", "Hostile", "c-17", "zoe@", "client.example")),
           "nothing tells whose it is")
    tap.ok("<title>Appointments</title>" in text and 'content="noindex"' in text
           and 'content="no-referrer"' in text, "title, noindex, no-referrer")
    tap.ok({"2026-12-01", "2027-01-05", "2026-12-08"} <= set(page.days) and
           "only if completely healed" in page.text, "what comes next, by dates")
    tap.ok("these companies then hold your appointments" in page.text,
           "who holds what")
    if shutil.which("qrencode"):
        check_code(tap, text, f"{URL}{feed[:-4]}.html")
    else:
        tap.skip("the QR code", "no qrencode")


def check_code(tap, text, address):
    """The modules drawn are those that qrencode(1) prints."""
    rows = subprocess.run(["qrencode", "-8", "-t", "ASCII", "-m", "0", "-l", "M", "-o",
                           "-", address], capture_output=True, text=True,
                          check=True).stdout.splitlines()
    wanted = {(x, y) for y, row in enumerate(rows)
              for x in range(len(row) // 2) if row[2 * x] == "#"}
    drawn = set()
    path = re.search(r'class="dark" d="([^"]*)"', text)[1]
    for x, y, n in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        drawn |= {(int(x) + i, int(y)) for i in range(int(n))}
    tap.ok(wanted and drawn == wanted, "the QR code is the page's address")


def check_again(tap):
    data = cared_for([client()])
    before = times()
    tap.same(publish("feeds", data, "--key", "key", *PAGES)[1][0][0],
             "unchanged", "again: unchanged")
    publish("feeds", data, "--key", "key", *PAGES, now="2027-01-21T10:00:00Z")
    tap.same(times(), before, "no file is touched, on no day")
    path = only_page()[0]
    page = read(path)
    os.remove(path)
    tap.same((publish("feeds", data, "--key", "key", *PAGES)[1][0][0],
              read(path)), ("text", page), "a page that is gone is written")
    with open(path, "wb") as file:
        file.write(page.replace(b"Session 1", b"Session 9"))
    changed = cared_for([client(facts=["skin:oily"])])
    publish("feeds", changed, "--key", "key", *PAGES)
    tap.ok(b"Session 9" not in read(path), "a changed one with its feed")
    publish("feeds", data, "--key", "key", *PAGES)
    status, reports, said = publish("feeds", data, "--key", "key", "--pages",
                                    "http://other.example")
    tap.ok(status == 0 and reports[0][0] == "text" and
           b"webcal://other.example/" in read(path), "another address", said)
    status, reports, said = publish("feeds", data, "--key", "key")
    tap.ok(status == 2 and "--pages is required" in said,
           "pages are not left behind", said)
    publish("feeds", data, "--key", "key", *PAGES, "--discreet")
    text = read(path).decode()
    body = text.split("<body>")[1]
    tap.ok(not re.search("SMP|heal|care|session|scalp", Page(text).text, re.I)
           and "Appointment" in body, "discreet with its feed",
           re.findall("SMP|heal|care|session|scalp", Page(text).text, re.I))
    publish("feeds", data, "--key", "key", *PAGES)
    healed = cared_for([plan("c-17", session("2026-12-01T10:00",
                                             healed="2026-12-10"),
                             session("2027-01-05T10:00"), name=NAME)])
    publish("feeds", healed, "--key", "key", *PAGES)
    page = Page(read(path).decode())
    tap.ok("2026-12-09" not in page.days and "2026-12-10" not in page.days,
           "no healing that was noted", page.days)


def check_withdrawn(tap):
    path = only_page()[0]
    with open("clients", "w", encoding="utf-8") as file:
        file.write("c-18\n")
    other = cared_for([plan("c-18", session("2026-12-01"))])
    options = ("--key", "key", *PAGES, "--clients", "clients", "--prune")
    publish("feeds", other, *options, "--dry-run")
    tap.ok(os.path.exists(path), "--dry-run removes nothing")
    _, reports, said = publish("feeds", other, *options)
    tap.ok(sorted(r[0] for r in reports) == ["new", "retired"] and
           not os.path.exists(path) and os.path.exists(path[:-4] + "ics"),
           "withdrawn with its feed", reports, said)


def check_in_the_way(tap):
    data = cared_for([client()])
    os.mkdir("plain")
    for what, make in (
            ("another page", lambda p: open(p, "w").write("<p>mine</p>")),
            ("a directory", os.mkdir),
            ("a symbolic link", lambda p: os.symlink("../clients", p)),
            ("an empty file", lambda p: open(p, "w").close())):
        make("plain/c-17.html")
        status, _, said = publish("plain", data, *PAGES)
        tap.ok(status == 4 and "c-17.html" in said and
               os.path.lexists("plain/c-17.html"),
               f"{what} is left as it is, and said", status, said)
        if os.path.isdir("plain/c-17.html"):
            os.rmdir("plain/c-17.html")
        else:
            os.remove("plain/c-17.html")
    odd = [plan(i, session("2026-12-01")) for i in
           ("../../x", "a\"><script>", "jo.html", "jo", "-x", "caf\u00e9")]
    status, reports, said = publish("odd", cared_for(odd), *PAGES)
    pages = only_page("odd")
    tap.ok(status == 0 and len(pages) == len(odd) and
           not any(Page(read(p).decode()).wrong for p in pages) and
           not os.path.exists("x.html"), "odd ids have pages too", said, pages)
    for bad in ("", "calendars.example.org", "https://", "ftp://x", "https://a b",
                "https://a\"b", "https://a/?x", "https://a/#x", "javascript:x",
                "https://" + "a" * 2000):
        status, _, said = publish("bad", data, "--pages", bad)
        tap.ok(status == 2 and not os.path.exists("bad"),
               f"--pages {bad[:30]!a} is refused", status, said)


def main():
    tap = Tap()
    with own_directory():
        with open("key", "w", encoding="utf-8") as file:
            file.write("a key of many octets\n")
        os.chmod("key", 0o600)
        check_page(tap)
        check_again(tap)
        check_withdrawn(tap)
        check_in_the_way(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
