#!/usr/bin/env python3
"""The short text of each day, of all protocols in three languages: at most two
parts, no ban left out without a count, no permission without all bans.

With "all": every day of each protocol and language."""

import datetime
import glob
import json
import os
import re
import subprocess
import sys

from results import Tap, own_directory

BIN = os.path.abspath(os.environ.get('SMP_BIN', 'bin'))
TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), '..'))
ALL = sys.argv[1:] == ['all']
GSM = ('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡'
       'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà')
EXTENDED = '\f^{}\\[~]|€'
tap = Tap()
boxes = [0]


def run(program, *arguments, text=''):
    return subprocess.run([os.path.join(BIN, program), *arguments],
                          input=text, capture_output=True, text=True,
                          encoding='utf-8')


def parts(text):
    """As a gateway counts."""
    if all(c in GSM or c in EXTENDED for c in text):
        costs, one, several = [1 + (c in EXTENDED) for c in text], 160, 153
    else:
        costs = [1 + (ord(c) > 0xffff) for c in text]
        one, several = 70, 67
    if sum(costs) <= one:
        return 1
    count, used = 1, 0
    for cost in costs:
        if used + cost > several:
            count, used = count + 1, 0
        used += cost
    return count


def table(lang):
    name = {'en': 'default'}.get(lang, lang)
    with open(f'{TOP}/lib/protocol/{name}.json', encoding='utf-8') as file:
        rows = json.load(file)['labels']['short.fold'].split(' ')
    return {row[0]: row[2:] or ' ' for row in rows if row}


def fold(text, rows):
    return ''.join(rows.get(c, c) for c in text)


def protocols():
    for path in [None] + sorted(glob.glob(f'{TOP}/examples/protocols/*.json') +
                                glob.glob(f'{TOP}/tests/studios/*.json')):
        if not path:
            yield None
            continue
        with open(path, encoding='utf-8') as file:
            if json.load(file).get('format', '').startswith('smp-protocol'):
                yield path


def check(path, lang, days, bad):
    overlay = ['-p', path] if path else []
    start = datetime.date(2026, 12, 1)
    plan = {'id': 'c', 'timeZone': 'UTC', 'phone': '+14165550100', 'lang': lang,
            'consent': ['sms'], 'sessions': [
                str(start + datetime.timedelta(n)) + 'T10:00'
                for n in (0, 35)]}
    text = json.dumps(plan) + '\n'
    for program in ('smp-precare', 'smp-aftercare'):
        text = run(program, '-j', *overlay, text=text).stdout
    rows, looked = table(lang), 0
    for n in days:
        day = start + datetime.timedelta(n)
        boxes[0] += 1
        box = f'out-{boxes[0]}'
        done = run('smp-message', *overlay, '--as', 'json', '--now',
                   f'{day}T12:00Z', box, text=text)
        new = glob.glob(box + '/new/*.json')
        if done.returncode or not new:
            bad.append((path, lang, n, done.stderr))
            continue
        with open(new[0], encoding='utf-8') as file:
            short = json.load(file)['short']
        kept = run('smp-aftercare', '-j', *overlay, '--on', str(day),
                   text=run('smp-precare', '-j', *overlay, '--on', str(day),
                            text=json.dumps(plan) + '\n').stdout).stdout
        items = [(item['verb'], fold(item['title'], rows))
                 for item in json.loads(kept).get('items', ())]
        bans = [title for verb, title in items if verb in ('avoid', 'wait')]
        may = {title for verb, title in items if verb == 'may'}
        more = re.search(r'\+(\d+) (more|autre|m[aá]s)', short)
        count = int(more[1]) if more else 0
        shown = sum(title in short for title in bans)
        looked += 1
        if parts(short) > 2 or parts(short) < 1:
            bad.append((path, lang, n, 'parts', short))
        if shown + count < len(bans):
            bad.append((path, lang, n, 'a ban without a count', short, bans))
        if more and any(title in short and not any(title in b for b in bans)
                        for title in may):
            bad.append((path, lang, n, 'a permission', short))
    return looked


with own_directory():
    seen, broken, names = 0, [], list(protocols())
    for place, name in enumerate(names):
        for number, language in enumerate(('en', 'fr', 'es')):
            if ALL:
                chosen = range(-10, 80)
            elif (place + number) % 3:
                continue
            else:
                chosen = (-3, 0, 5, 8 + place % 5)
            seen += check(name, language, chosen, broken)
    tap.ok(seen > 60 and not broken,
           f'{len(names)} protocols, {seen} days: short texts', *broken[:6])
sys.exit(tap.end())
