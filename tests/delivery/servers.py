"""Real programs on the loopback, each with a directory of its own."""

import email
import email.policy
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
EXAMPLES = os.path.join(ROOT, "examples", "delivery")
sys.path.insert(0, os.path.join(ROOT, "tests"))
import publish as feeds  # pylint: disable=wrong-import-position

PATH = ":".join([feeds.BIN, os.environ["PATH"], "/usr/sbin"])


def environment(home):
    return {**feeds.ENVIRONMENT, "PATH": PATH, "HOME": home,
            "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "TZ": "UTC"}


def find(program):
    return shutil.which(program, path=PATH)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(port, process):
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"it has ended: {process.args}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"it does not listen: {process.args}")


def example(name, directory, *changes):
    """A file of the examples with what is of this place put in."""
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        text = file.read()
    for old, new in changes:
        assert old in text, (name, old)
        text = text.replace(old, new)
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


class Server:
    """A program that is ended at the end."""

    def __init__(self, top, name, args, port):
        self.log = open(os.path.join(top, name + ".log"), "wb")
        self.port = port
        self.process = subprocess.Popen(
            args, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env=environment(top))
        wait_for(port, self.process)

    def end(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def nginx(top, directory):
    """Hosts a directory of feeds by the example."""
    port = free_port()
    server = example("nginx.conf", top, ("127.0.0.1:8080",
                                         f"127.0.0.1:{port}"),
                     ("/srv/studio/feeds", directory))
    main = os.path.join(top, "main.conf")
    temporary = "".join(f"{n}_temp_path {top}/{n};\n" for n in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""
    with open(main, "w", encoding="utf-8") as file:
        file.write(f"{user}daemon off;\nmaster_process off;\n"
                   f"pid {top}/nginx.pid;\nerror_log {top}/nginx.errors;\n"
                   f"events {{}}\nhttp {{\n{temporary}include {server};\n}}\n")
    return Server(top, "nginx", [find("nginx"), "-p", top, "-e", "stderr",
                                 "-c", main], port)


def radicale(top):
    """A CalDAV server with one user, jo."""
    port = free_port()
    with open(os.path.join(top, "users"), "w", encoding="utf-8") as file:
        file.write("jo:secret\n")
    with open(os.path.join(top, "curlrc"), "w", encoding="utf-8") as file:
        file.write('user = "jo:secret"\n')
    config = os.path.join(top, "radicale.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\n"
                   f"type = htpasswd\nhtpasswd_filename = {top}/users\n"
                   "htpasswd_encryption = plain\n[storage]\n"
                   f"filesystem_folder = {top}/collections\n"
                   "[logging]\nlevel = error\n")
    return Server(top, "radicale", [find("radicale"), "--config", config],
                  port)


class MailSink:
    """Takes mail, or refuses it with `answer`."""

    def __init__(self):
        from aiosmtpd.controller import Controller
        self.answer, self.messages = None, []
        self.controller = Controller(self, hostname="127.0.0.1",
                                     port=free_port())
        self.controller.start()
        self.port = self.controller.port

    async def handle_RCPT(self, _server, _session, envelope, address, _opts):
        if not self.answer:
            envelope.rcpt_tos.append(address)
        return self.answer or "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append(email.message_from_bytes(
            envelope.content, policy=email.policy.default))
        return "250 OK"

    def end(self):
        self.controller.stop()


def curl(*args):
    """(status, {header: value}, body)"""
    done = subprocess.run([find("curl"), "-sS", "-i", *args],
                          capture_output=True, check=True, timeout=60)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode().splitlines()
    headers = dict(re.split(": *", line, 1) for line in lines[1:])
    return (int(lines[0].split()[1]),
            {name.lower(): value for name, value in headers.items()}, body)
