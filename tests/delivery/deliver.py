#!/usr/bin/env python3
"""Feeds and invitations, delivered by the real programs; prints TAP.

Each part that wants a program which is not here is skipped, by name.
"""

import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import servers  # pylint: disable=wrong-import-position
from servers import feeds  # pylint: disable=wrong-import-position

KEY = b"0123456789abcdef0123456789abcdef\n"
JO = feeds.plan("c-1", feeds.session("2026-12-01T10:00", uid="b-4711"),
                "2027-01-12T10:00", name="Jo; \u00c9lise \u2013 Field",
                email="jo@client.example", lang="fr")


def is_there(program):
    if program.startswith("python3-"):
        return importlib.util.find_spec(program[len("python3-"):])
    return servers.find(program)


def needs(tap, label, *programs):
    for program in programs:
        if not is_there(program):
            tap.ok(True, f"{label} # SKIP no {program}")
            return False
    return True


class Place:
    """A directory with feeds under a key."""

    def __init__(self, top):
        self.top, self.feeds = top, os.path.join(top, "feeds")
        self.key = os.path.join(top, "key")
        self.name = self.data = None
        with open(self.key, "wb") as file:
            file.write(KEY)

    def publish(self, plan, now="2026-11-21T10:00:00Z"):
        self.data = feeds.cared_for([plan])
        return self.again(now)

    def again(self, now):
        done = feeds.publish(self.feeds, self.data, "--key", self.key, now=now)
        assert done[0] == 0, done
        self.name = done[1][0][2]
        return done[1][0][0]

    def text(self):
        with open(os.path.join(self.feeds, self.name), "rb") as file:
            return file.read()

    def events(self):
        return feeds.events(self.text())


def hosting(tap, place, server):
    place.publish(JO)
    url = f"http://127.0.0.1:{server.port}/{place.name}"
    status, head, body = servers.curl(url)
    tap.ok(status == 200 and body == place.text() and
           head["content-type"] == "text/calendar; charset=utf-8",
           "nginx: serves a feed as it is", status, head)
    for _ in range(2):
        tap.same(servers.curl("-H", f"If-None-Match: {head['etag']}",
                              url)[0], 304, "nginx: the same ETag: 304")
        tap.same(servers.curl("-H", "If-Modified-Since: " +
                              head["last-modified"], url)[0], 304,
                 "nginx: not modified since: 304")
        place.publish(JO, now="2026-12-20T10:00:00Z")
    moved = dict(JO, sessions=[JO["sessions"][0], "2027-01-13T10:00"])
    place.publish(moved, now="2026-12-20T10:00:00Z")
    status, _, body = servers.curl("-H", f"If-None-Match: {head['etag']}", url)
    tap.ok(status == 200 and body == place.text(),
           "nginx: a feed that has changed: 200", status)
    os.symlink(os.path.join(place.feeds, place.name),
               os.path.join(place.feeds, "0" * 16 + "-" + "0" * 32 + ".ics"))
    tap.same(servers.curl(f"http://127.0.0.1:{server.port}/" + "0" * 16 + "-"
                          + "0" * 32 + ".ics")[0], 403,
             "nginx: no symbolic links")
    tap.same(servers.curl(f"http://127.0.0.1:{server.port}/" + "1" * 16 + "-"
                          + "1" * 32 + ".ics")[0], 404, "nginx: no such feed")
    with open(os.path.join(place.top, "nginx.errors"),
              encoding="utf-8") as file:
        tap.ok("1111" not in file.read(),
               "nginx: addresses of feeds that are gone are not logged")
    for path in ("", feeds.LOCK, "../key", "x.ics", place.name + "x"):
        tap.same(servers.curl("--path-as-is",
                              f"http://127.0.0.1:{server.port}/{path}")[0]
                 in (400, 404), True, f"nginx: nothing at /{path}")


def read_back(text):
    """{UID: sorted lines of the event, folds undone, but for stamps}"""
    found = {}
    for uid, event in feeds.events(text).items():
        lines = event[""].replace(b"\r\n ", b"").decode().splitlines()
        found[uid] = sorted(line for line in lines
                            if not line.startswith("DTSTAMP"))
    return found


def push(place, url, *more):
    return subprocess.run(
        [os.path.join(servers.EXAMPLES, "caldav-push"),
         os.path.join(place.feeds, place.name), url,
         os.path.join(place.top, "state"), "-K",
         os.path.join(place.top, "curlrc"), *more], capture_output=True,
        env=servers.environment(place.top), check=False, timeout=300)


def uploading(tap, place, server):
    url = f"http://127.0.0.1:{server.port}/jo/care/"
    auth = ("-K", os.path.join(place.top, "curlrc"))
    servers.curl(*auth, "-X", "MKCALENDAR", url)
    place.publish(JO)
    done = push(place, url)
    status, _, body = servers.curl(*auth, url)
    tap.ok(done.returncode == 0 and status == 200 and
           set(feeds.events(body)) == set(place.events()),
           "caldav-push: all events are on the server", done)
    wrong = [(u, e) for u, e in read_back(place.text()).items()
             if sorted(read_back(body)[u]) != e]
    tap.ok(not wrong, "Radicale keeps every property", *wrong[:1],
           *[read_back(body)[u] for u, _ in wrong[:1]])
    tags = {}
    for uid in place.events():
        tags[uid] = servers.curl(*auth, f"{url}{uid}.ics")[1]["etag"]
    done = push(place, url)
    same = all(servers.curl(*auth, f"{url}{u}.ics")[1]["etag"] == t
               for u, t in tags.items())
    tap.ok(done.returncode == 0 and same, "caldav-push: again: nothing", done)
    old = place.events()
    place.publish(dict(JO, sessions=[JO["sessions"][0], feeds.session(
        "2027-01-12T10:00", status="cancelled")]), now="2026-11-22T10:00:00Z")
    done = push(place, url)
    _, _, body = servers.curl(*auth, url)
    tap.ok(done.returncode == 0 and set(place.events()) < set(old) and
           set(feeds.events(body)) == set(place.events()),
           "caldav-push: what has gone goes", done)
    uid = "b-4711"
    _, head, text = servers.curl(*auth, f"{url}{uid}.ics")
    edited = os.path.join(place.top, "edited.ics")
    with open(edited, "wb") as file:
        file.write(text.replace(b"TRANSP", b"COMMENT:mine\r\nTRANSP"))
    servers.curl(*auth, "-X", "PUT", "-H", f"If-Match: {head['etag']}", "-H",
                 "Content-Type: text/calendar", "--data-binary", f"@{edited}",
                 f"{url}{uid}.ics")
    place.publish(dict(JO, sessions=[feeds.session(
        "2026-12-01T12:00", uid=uid)]), now="2026-11-23T10:00:00Z")
    done = push(place, url)
    _, _, text = servers.curl(*auth, f"{url}{uid}.ics")
    tap.ok(done.returncode == 1 and uid.encode() in done.stderr and
           b"COMMENT:mine" in text and done.stderr.count(b"\n") == 1,
           "caldav-push: what somebody changed there is left, and said", done)


def mailing(tap, place, sink):
    conf = os.path.join(place.top, "msmtp.conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write(f"account default\nhost 127.0.0.1\nport {sink.port}\n"
                   "from bookings@maple.example\n")
    os.chmod(conf, 0o600)
    protocol = os.path.join(place.top, "maple.json")
    with open(protocol, "w", encoding="utf-8") as file:
        file.write('{"format":"smp-protocol/1","id":"maple","studio":'
                   '{"name":"Maple","email":"bookings@maple.example"}}')

    def send(method, plan):
        return subprocess.run(
            [os.path.join(servers.EXAMPLES, "mail-sessions"), method, "-p",
             protocol, "--now", "2026-11-21T10:00:00Z"],
            input=feeds.lines([plan]), capture_output=True, check=False,
            env={**servers.environment(place.top),
                 "SENDMAIL": f"msmtp -C {conf} -t"}, timeout=60)

    one = dict(JO, sessions=JO["sessions"][:1])
    done = send("request", one)
    tap.ok(done.returncode == 0 and len(sink.messages) == 1,
           "mail-sessions: one mail", done)
    mail = sink.messages.pop()
    parts = list(mail.iter_parts())
    calendar = parts[-1].get_content()
    if isinstance(calendar, str):
        calendar = calendar.encode()
    tap.same((mail["From"], mail["To"], mail["Subject"]),
             ("bookings@maple.example", "jo@client.example",
              "S\u00e9ance SMP 1"), "mail-sessions: who, to whom, what")
    tap.same([(p.get_content_type(), p.get_param("method")) for p in parts],
             [("text/plain", None), ("text/calendar", "REQUEST")],
             "mail-sessions: the text first, the calendar last")
    tap.ok(b"METHOD:REQUEST" in calendar and b"UID:b-4711" in calendar and
           b"mailto:jo@client.example" in calendar.replace(b"\r\n ", b"") and
           all(p.get_content_disposition() is None for p in parts),
           "mail-sessions: the invitation", calendar)
    done = send("request", JO)
    tap.same((done.returncode, len(sink.messages)), (0, 2),
             "mail-sessions: two sessions: two mails")
    sink.messages.clear()
    done = send("cancel", dict(one, sessions=[feeds.session(
        "2026-12-01T10:00", uid="b-4711", status="cancelled", sequence=1)]))
    tap.ok(done.returncode == 0 and len(sink.messages) == 1 and "CANCEL" in
           str(list(sink.messages[0].iter_parts())[-1]["Content-Type"]),
           "mail-sessions: a cancellation", done)
    for answer, status in (("550 no such client", 65), ("451 later", 69)):
        sink.answer = answer
        done = send("request", one)
        tap.ok(done.returncode == status, f"mail-sessions: {answer}: {status}",
               done)


class Subscriber:
    """vdirsyncer and khal, by the examples."""

    def __init__(self, place, port):
        self.home = place.top
        self.conf = servers.example(
            "vdirsyncer.conf", self.home,
            ("http://127.0.0.1:8080/NAME.ics",
             f"http://127.0.0.1:{port}/{place.name}"))
        self.khal = servers.example("khal.conf", self.home,
                                    ("Europe/Paris", "America/Toronto"))
        self.path = os.path.join(self.home, ".calendars", "care")

    def run(self, *args, **more):
        return subprocess.run(args, capture_output=True, check=False,
                              env=servers.environment(self.home), timeout=300,
                              **more)

    def discover(self):
        os.makedirs(self.path, exist_ok=True)
        return self.run(servers.find("vdirsyncer"), "-c", self.conf,
                        "discover", input=b"y\n" * 50)

    def sync(self):
        return self.run(servers.find("vdirsyncer"), "-c", self.conf, "sync",
                        "--force-delete", "care")  # all may be cancelled

    def events(self):
        found = {}
        for name in os.listdir(self.path):
            with open(os.path.join(self.path, name), "rb") as file:
                found.update(feeds.events(file.read().replace(
                    b"\r\n", b"\n").replace(b"\n", b"\r\n")))
        return found


class Client(Subscriber):
    """The same of a CalDAV collection."""

    def __init__(self, place, port, collection):
        super().__init__(place, port)
        self.home = os.path.join(place.top, "client")
        os.mkdir(self.home)
        self.path = os.path.join(self.home, "files")
        self.conf = servers.example(
            "vdirsyncer.conf", self.home, ('type = "http"', 'type = "caldav"'),
            ('url = "http://127.0.0.1:8080/NAME.ics"',
             f'url = "http://127.0.0.1:{port}/{collection}/"\n'
             'username = "jo"\npassword = "secret"\nread_only = true'),
            ("~/.calendars/care/", self.path),
            ("~/.vdirsyncer/status/", os.path.join(self.home, "known")))


def lines_of(found):
    """Each event as its lines but for the UID, sorted: vdirsyncer gives those
    of a subscription others."""
    return sorted(sorted(
        line for line in e[""].replace(b"\r\n ", b"").splitlines()
        if not line.startswith(b"UID:")) for e in found.values())


def subscribing(tap, place, server):
    place.publish(JO)
    reader = Subscriber(place, server.port)
    reader.discover()
    done = reader.sync()
    got = reader.events()
    tap.ok(done.returncode == 0 and len(got) == len(place.events()),
           "vdirsyncer: all entries", done, sorted(got))
    tap.same(lines_of(got), lines_of(place.events()),
             "vdirsyncer keeps every property")
    if needs(tap, "khal shows the subscription", "khal"):
        done = reader.run(servers.find("khal"), "-c", reader.khal, "list",
                          "2026-11-20", "2027-02-28", "--format",
                          "{start-date-long} {start-time} {title}", "--once")
        shown = done.stdout.decode()
        tap.ok(done.returncode == 0 and
               "2026-12-01 10:00 S\u00e9ance SMP 1" in shown and
               "2027-01-12 10:00 S\u00e9ance SMP 2" in shown,
               "khal shows the sessions at their local times", done)
    return reader


STEPS = 52


def change(chance, sessions, day):
    """Something that happens to a client in a week."""
    booked = [s for s in sessions if s["status"] == "booked" and
              s["start"][:10] > day]
    past = [s for s in sessions if s["status"] == "booked" and
            s["start"][:10] <= day]
    what = chance.choice(("nothing", "nothing", "book", "move", "cancel",
                          "heal", "done"))
    if what == "book" and len(sessions) < 6:
        sessions.append({"number": len(sessions) + 1, "status": "booked",
                         "start": later(chance, day), "sequence": 0})
    elif what == "move" and booked:
        one = chance.choice(booked)
        one.update(start=later(chance, day), sequence=one["sequence"] + 1)
    elif what == "cancel" and booked:
        chance.choice(booked).update(status="cancelled")
    elif what == "heal" and past:
        past[-1].update(healed=max(day, past[-1]["start"][:10]))
    elif what == "done":
        for one in past:
            one.update(status="done")
    return what


def later(chance, day):
    return f"{days_after(day, chance.randrange(3, 60))}" \
           f"T{chance.randrange(8, 19):02}:00:00"


def days_after(day, days):
    import datetime
    return str(datetime.date.fromisoformat(day) +
               datetime.timedelta(days=days))


def expected(plan, now):
    """{UID: (start, end)} of the plan as it is."""
    done = feeds.run("smp-aftercare", ["-i", "--now", now],
                     feeds.run("smp-precare", ["-j"],
                               feeds.lines([plan])).stdout)
    return {u: (e["DTSTART"], e["DTEND"])
            for u, e in feeds.events(done.stdout).items()}


def year(tap, place, web, dav):
    """Booked, moved, cancelled, healed: what subscribers see each week."""
    chance, day = random.Random(11), "2026-01-05"
    sessions = [{"number": 1, "status": "booked", "sequence": 0,
                 "start": "2026-01-20T10:00:00"}]
    url = f"http://127.0.0.1:{dav.port}/jo/year/"
    auth = ("-K", os.path.join(place.top, "curlrc"))
    servers.curl(*auth, "-X", "MKCALENDAR", url)
    shutil.rmtree(os.path.join(place.top, "state"), ignore_errors=True)
    reader, wrong, seen = None, [], {}
    client = Client(place, dav.port, "jo/year")
    client.discover()
    for _ in range(STEPS):
        what = change(chance, sessions, day)
        sessions.sort(key=lambda s: s["number"])
        plan = dict(JO, id="year", sessions=sessions)
        now = f"{day}T09:00:00Z"
        place.publish(plan, now=now)
        before = feeds.tree(place.feeds)
        for hour in range(10, 10 + 7 * 24):
            place.again(f"{days_after(day, hour // 24)}"
                        f"T{hour % 24:02}:00:00Z")
        if feeds.tree(place.feeds) != before:
            wrong.append((now, "a week without changes"))
        want = expected(plan, now)
        reader = reader or Subscriber(place, web.port)
        if not seen:
            reader.discover()
        done = [push(place, url), reader.sync(), client.sync()]
        got = {u: (e["DTSTART"], e["DTEND"])
               for u, e in client.events().items()}
        if got != want or any(d.returncode for d in done):
            wrong.append((now, what, got, want, done))
        if lines_of(reader.events()) != lines_of(place.events()) or \
                read_back(b"".join(e[""] for e in client.events().values())) \
                != read_back(place.text()):
            wrong.append((now, what, "the subscriber, or words"))
        for uid, event in place.events().items():
            stamp = (int(event["SEQUENCE"]), event["LAST-MODIFIED"])
            if uid in seen and stamp < seen[uid]:
                wrong.append((now, uid, seen[uid], stamp))
            seen[uid] = stamp
        day = days_after(day, 7)
    tap.ok(not wrong and len(seen) > 20,
           f"a year, {STEPS} weeks: a CalDAV client and a subscriber see "
           "what the plan says, each entry once", len(wrong), *wrong[:2])


def run_with(tap, label, programs, top, make, *tests):
    """make(place): a server, or several; each test gets place and those."""
    if not needs(tap, label, *programs):
        return
    with tempfile.TemporaryDirectory(dir=top) as directory:
        place = Place(directory)
        os.mkdir(place.feeds)
        running = make(place)
        try:
            for test in tests:
                test(tap, place, *running)
        finally:
            for server in running:
                server.end()


def main():
    tap = feeds.Tap()
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)
        run_with(tap, "hosting", ("nginx", "curl"), top,
                 lambda p: [servers.nginx(p.top, p.feeds)], hosting)
        run_with(tap, "uploading", ("radicale", "curl"), top,
                 lambda p: [servers.radicale(p.top)], uploading)
        run_with(tap, "mailing", ("msmtp", "python3-aiosmtpd"), top,
                 lambda p: [servers.MailSink()], mailing)
        run_with(tap, "subscribing", ("nginx", "vdirsyncer"), top,
                 lambda p: [servers.nginx(p.top, p.feeds)], subscribing)
        run_with(tap, "a year", ("nginx", "vdirsyncer", "radicale", "curl"),
                 top, lambda p: [servers.nginx(p.top, p.feeds),
                                 servers.radicale(p.top)], year)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
