#!/usr/bin/env python3
"""A year of messages against a model: what clients were told is true.

Clients book, move and cancel, heal or not; the protocol is mended; runs are
killed at random, and so is the deliverer. After each day that had a whole run,
what each client was told must be what the filters say of that day; a message
that follows something wrong must correct it. SMP_KILLS sets the number of
kills, SMP_SEED the seed.
"""

import collections
import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time

from results import Tap, own_directory

BIN = os.path.abspath(os.environ.get('SMP_BIN', 'bin'))
KILLS = int(os.environ.get('SMP_KILLS', '6'))
DAYS = int(os.environ.get('SMP_DAYS', '366' if KILLS > 20 else '45'))
CLIENTS = 6
tap = Tap()
rng = random.Random(int(os.environ.get('SMP_SEED', '1')))
FIRST = datetime.date(2026, 11, 1)


def run(program, *arguments, text=''):
    return subprocess.run([os.path.join(BIN, program), *arguments],
                          input=text, capture_output=True, text=True,
                          encoding='utf-8')


class World:
    """The studio: its protocol and its clients' sessions, by day."""

    def __init__(self):
        self.bans = {'post.swim': ['swim', 9], 'post.gym': ['gym', 5]}
        self.permit = 12
        self.sessions = {f'c-{i}': [] for i in range(CLIENTS)}
        for i, sessions in enumerate(self.sessions.values()):
            day = FIRST + datetime.timedelta(10 + 5 * i)
            for _ in range(1 + i % 3):
                sessions.append({'start': f'{day}T10:00:00'})
                day += datetime.timedelta(rng.randrange(28, 40))
        self.write()

    def write(self):
        rules = {key: {'verb': 'avoid', 'what': what, 'during': f'0d/{n}d',
                       'title': f'No {what}', 'text': f'No {what}.'}
                 for key, (what, n) in self.bans.items()}
        rules['post.run'] = {'verb': 'may', 'what': 'run',
                             'during': f'{self.permit}d/30d',
                             'title': 'You may run', 'text': 'You may run.'}
        with open('maple.json', 'w', encoding='ascii') as file:
            json.dump({'format': 'smp-protocol/1', 'id': 'maple',
                       'activities': {'run': {'names': ['run']}},
                       'studio': {'email': 'a@maple.example'},
                       'rules': rules}, file)

    def change(self, day):
        """What happens on some days."""
        if rng.random() < 0.06:
            key = rng.choice(sorted(self.bans))
            self.bans[key][1] = rng.randrange(2, 16)
            self.write()
        if rng.random() < 0.03:
            self.permit = rng.randrange(6, 18)
            self.write()
        for sessions in self.sessions.values():
            for session in sessions:
                start = datetime.date.fromisoformat(session['start'][:10])
                if start > day and rng.random() < 0.02:
                    moved = day + datetime.timedelta(rng.randrange(1, 20))
                    if all(s is session or s['start'][:10] != str(moved)
                           for s in sessions):
                        session['start'] = f'{moved}T14:00:00'
                elif start > day and rng.random() < 0.005:
                    session['status'] = 'cancelled'
                elif (start < day and 'healed' not in session and
                      day - start > datetime.timedelta(6) and
                      rng.random() < 0.2):
                    session['healed'] = rng.choice([str(day), False])
                elif session.get('healed') is False and rng.random() < 0.3:
                    session['healed'] = str(day)

    def plans(self, *options):
        text = ''.join(json.dumps({
            'id': client, 'timeZone': 'UTC', 'email': 'c@example.org',
            'consent': ['mail'], 'sessions': sessions}) + '\n'
            for client, sessions in self.sessions.items())
        for program in ('smp-precare', 'smp-aftercare'):
            done = run(program, '-j', '-p', 'maple.json', *options, text=text)
            assert done.returncode == 0, done.stderr
            text = done.stdout
        return text


def start(plans, now):
    child = subprocess.Popen(
        [os.path.join(BIN, 'smp-message'), '-p', 'maple.json', '--most', '100',
         '--now', now, '--as', 'json', 'out'], stdin=subprocess.PIPE,
        stderr=subprocess.PIPE)
    child.stdin.write(plans.encode())
    child.stdin.close()
    return child


def whole_run(plans, now):
    child = start(plans, now)
    said = child.stderr.read()
    return child.wait(), said


def killed_run(plans, now):
    child = start(plans, now)
    time.sleep(rng.random() * 0.02)
    child.send_signal(signal.SIGKILL)
    child.stderr.read()
    return child.wait() == -signal.SIGKILL


def deliver(box, killed):
    """Delivers what is new; a kill comes between two steps of one message."""
    names = sorted(os.listdir('out/new'))
    stop = rng.randrange(len(names)) if killed and names else -1
    for i, name in enumerate(names):
        with open('out/new/' + name, encoding='utf-8') as file:
            box[name].append(json.load(file))
        if i == stop:
            return
        os.rename('out/new/' + name, 'out/sent/' + name)


def end_of(item):
    """The next session ends tasks and permissions, which --on leaves out."""
    return item.get('end') if item['verb'] in ('avoid', 'wait') else None


def wanted(plan):
    """The rules in force that are told, of a plan of --on."""
    return {(item['phase'], item['session'], item['verb'],
             ','.join(sorted(item['what'])), item['start'],
             end_of(item))
            for item in plan.get('items', ())
            if item['verb'] != 'expect' and item['rule'] != 'post.touchup'}


def told(client, day):
    done = run('smp-message', '-j', '--told', client, '--on', day, 'out')
    if done.returncode == 1:
        return set(), []
    state = json.loads(done.stdout)
    return ({(r['phase'], r['session'], r['verb'], ','.join(r['what']),
              r['start'], end_of(r)) for r in state['rules']
             if r['state'] != 'visit'},
            [s['start'] for s in state['sessions']])


def wrong(before, now):
    """What was told and is wrong now: bans that last longer, by activity."""
    ends = {(what, session): end or '9' for _, session, verb, what, _, end
            in before[0] if verb in ('avoid', 'wait')}
    return [(what, session) for _, session, verb, what, first, end in now
            if verb == 'avoid' and (what, session) in ends and
            (end or '9') > ends[what, session]]


def year():
    world, box = World(), collections.defaultdict(list)
    untrue, uncorrected, kills, failed = [], [], 0, []
    per_day = max(1, -(-KILLS // DAYS))
    for i in range(DAYS):
        day = FIRST + datetime.timedelta(i)
        world.change(day)
        plans = world.plans()
        before = {c: told(c, str(day)) for c in world.sessions}
        for k in range(per_day):
            if kills < KILLS and (KILLS >= DAYS or i % (DAYS // KILLS) == 0):
                killed_run(plans, f'{day}T08:{10 + k:02d}Z')
                kills += 1
                if os.path.isdir('out/new') and os.path.isdir('out/sent'):
                    deliver(box, True)
        if rng.random() < 0.1 and KILLS < DAYS:
            continue  # a morning that was missed
        status, said = whole_run(plans, f'{day}T09:00Z')
        failed += [(str(day), said)] if status else []
        sent = {json.load(open('out/new/' + name, encoding='utf-8'))['id']:
                json.load(open('out/new/' + name, encoding='utf-8'))
                for name in os.listdir('out/new')}
        deliver(box, False)
        leftovers = [n for n in os.listdir('out') if n.endswith('.tmp')]
        failed += [(str(day), leftovers)] if leftovers else []
        now = {p['id']: p for p in map(
            json.loads, world.plans('--on', str(day)).splitlines())}
        for client in world.sessions:
            rules, starts = told(client, str(day))
            is_true = wanted(now[client])
            more = is_true - rules
            less = {r for r in rules - is_true if r[0] == 'post'}
            booked = {s['start'] for s in now[client]['sessions']
                      if s['status'] == 'booked' and s['start'] >= str(day)}
            gone = {s for s in starts if s >= str(day)} - booked
            if more or less or booked - set(starts) or gone:
                untrue.append((str(day), client, more, less, gone))
            if wrong(before[client], is_true) and client in sent and \
                    not sent[client]['correction']:
                uncorrected.append((str(day), client,
                                    wrong(before[client], is_true)))
    tap.ok(not failed, f'{DAYS} days, {kills} kills: each run after a kill is '
           'whole', *failed[:4])
    tap.ok(not untrue, 'what was told is true for each client and rule',
           len(untrue), *untrue[:4])
    tap.ok(not uncorrected, 'nothing wrong stays without a correction',
           len(uncorrected), *uncorrected[:4])
    states = collections.Counter()
    twice = []
    for name, copies in box.items():
        states[name.rsplit('-', 1)[0]] += 1
        if any(copy != copies[0] for copy in copies):
            twice.append(name)
    tap.ok(len(box) > CLIENTS and not twice and max(states.values()) == 1,
           'a message that is delivered twice is the same one',
           len(box), *twice)


with own_directory():
    year()
sys.exit(tap.end())
