#!/usr/bin/env python3
"""smp-message: when a message is due, what it says, and what stays on disk."""

import email
import email.policy
import json
import os
import subprocess
import sys

from results import Tap, own_directory

BIN = os.path.abspath(os.environ.get('SMP_BIN', 'bin'))
TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), '..'))
tap = Tap()
STUDIO = {'name': 'Maple', 'email': 'studio@maple.example',
          'url': 'https://maple.example/c'}


def run(program, *arguments, text=''):
    return subprocess.run([os.path.join(BIN, program), *arguments],
                          input=text, capture_output=True, text=True,
                          encoding='utf-8')


def protocol(name='maple.json', **members):
    """A file with these members over the built-in protocol."""
    with open(name, 'w', encoding='utf-8') as file:
        json.dump({'format': 'smp-protocol/1', 'id': 'maple',
                   'studio': {**STUDIO, **members.pop('studio', {})},
                   **members}, file)
    return name


def plan(client='c-17', sessions=('2026-12-01T10:00',), **members):
    return {'id': client, 'timeZone': 'Europe/Paris', 'consent': ['mail'],
            'email': 'jo@example.org', 'phone': '+41 79 555 01 00',
            'sessions': list(sessions), **members}


def cared(*plans, file='maple.json', options=()):
    text = ''.join(json.dumps(p) + '\n' for p in plans)
    for program in ('smp-precare', 'smp-aftercare'):
        done = run(program, '-j', '-p', file, *options, text=text)
        assert done.returncode in (0, 3), done.stderr
        text = done.stdout
    return text


def message(plans, now, *options, outbox='out', file='maple.json'):
    return run('smp-message', '-p', file, '-z', 'Europe/Paris', '--now', now,
               *options, outbox, text=plans)


def new(outbox='out'):
    directory = os.path.join(outbox, 'new')
    return sorted(os.listdir(directory)) if os.path.isdir(directory) else []


def read(name, outbox='out', place='new'):
    with open(os.path.join(outbox, place, name), 'rb') as file:
        return file.read()


def mails(outbox='out'):
    return [email.message_from_bytes(read(name, outbox),
                                     policy=email.policy.default)
            for name in new(outbox)]


def deliver(outbox='out'):
    """Returns what there was to deliver: the lines of JSON, or mails."""
    got = []
    for name in new(outbox):
        text = read(name, outbox)
        got.append(json.loads(text) if name.endswith('.json')
                   else email.message_from_bytes(
                       text, policy=email.policy.default))
        os.rename(os.path.join(outbox, 'new', name),
                  os.path.join(outbox, 'sent', name))
    return got


def plain(mail):
    return mail.get_body(('plain',)).get_content()


def days(first, count):
    import datetime
    start = datetime.date.fromisoformat(first)
    return [str(start + datetime.timedelta(day)) for day in range(count)]


def everything(outbox='out'):
    """All names and octets below a directory."""
    text = b''
    for directory, _, names in os.walk(outbox):
        for name in names:
            text += name.encode()
            with open(os.path.join(directory, name), 'rb') as file:
                text += file.read()
    return text


def clean(done, status=0):
    return done.returncode == status and not (done.stderr and status == 0)


def series():
    protocol()
    plans = cared(plan(sessions=['2026-12-01T10:00', '2027-01-05T10:00',
                                 '2027-02-09T10:00']))
    got, bad = [], []
    for day in days('2026-11-10', 140):
        for hour in ('09:00', '11:00'):
            done = message(plans, f'{day}T{hour}')
            bad += [] if clean(done) else [done.stderr]
            got += deliver()
    tap.ok(len(got) <= 17 and len(got) > 10 and not bad,
           'three sessions: 17 messages at most, each once', len(got), *bad)
    tap.ok('stop' not in plain(got[1]) and 'no longer want' in plain(got[0]),
           'the first message alone says how to stop')
    tap.ok(all(m['subject'] for m in got) and
           len({m['message-id'] for m in got}) == len(got),
           'each mail has a subject and a Message-ID of its own')


def mail():
    protocol(studio={'name': 'É\r\nBcc: evil@example.org'})
    plans = cared(plan('x\r\nBcc: a@b.c', name='A\r\nBcc: evil@example.org'))
    done = message(plans, '2026-12-01T09:00')
    got = mails()
    tap.ok(clean(done) and len(got) == 1, 'a session today: a mail',
           done.stderr)
    if not got:
        return
    headers = [name.lower() for name in got[0].keys()]
    tap.ok('bcc' not in headers and got[0]['to'] == '<jo@example.org>' or
           got[0]['to'] == 'jo@example.org',
           'no name or id adds a header', headers)
    tap.ok(got[0]['from'].addresses[0].addr_spec == 'studio@maple.example' and
           got[0]['date'] and got[0]['auto-submitted'] == 'auto-generated',
           'it is from the studio, dated, and automatic')
    html = got[0].get_body(('html',)).get_content()
    tap.ok('No rubbing' in plain(got[0]) and '<li>' in html and
           'No rubbing' in html and 'src=' not in html and 'href' not in html,
           'both parts say the same; nothing is fetched')
    name = new()[0]
    tap.ok(all(c in '0123456789abcdef-.eml' for c in name) and
           os.stat('out/new').st_mode & 0o77 == 0 and
           os.stat('out/new/' + name).st_mode & 0o77 == 0,
           'names of files tell nothing, and only the owner reads them', name)
    first = read(name)
    tap.ok(clean(message(plans, '2026-12-01T11:00')) and
           new() == [name] and read(name) == first,
           'a message that waits stays as it is')


def times():
    protocol()
    plans = cared(plan(), plan('early', sessions=['2026-12-01T07:00']))
    for hour, wanted in (('03:00', 0), ('07:59', 0), ('21:00', 0),
                         ('08:00', 2)):
        message(plans, f'2026-11-24T{hour}')
        tap.same(len(deliver()), wanted, f'at {hour}: {wanted} messages')
    message(plans, '2026-11-30T12:00')
    deliver()
    message(plans, '2026-11-30T20:30')
    got = deliver()
    tap.ok(len(got) == 1 and 'today' in got[0]['subject'],
           'a session before the quiet hours end is told the evening before',
           *[m['subject'] for m in got])
    message(plans, '2026-12-01T09:00')
    tap.same(len(deliver()), 1, 'and not again in the morning')
    protocol(studio={'send': '10:30'})
    plans = cared(plan('later'))
    message(plans, '2026-12-01T09:00', outbox='b')
    early = len(new('b'))
    message(plans, '2026-12-01T10:30', outbox='b')
    tap.ok(not early and len(new('b')) == 1, 'studio.send sets the time')
    done = message('', '2026-12-01T09:00', file=protocol(
        'bad.json', studio={'send': 'soon'}))
    tap.ok(done.returncode == 2 and 'studio/send' in done.stderr,
           'a studio.send that is no time is refused', done.stderr)


def overtaken():
    protocol()
    plans = cared(plan())
    message(plans, '2026-11-24T09:00')
    message(plans, '2026-11-30T09:00')
    got = mails()
    tap.ok(len(got) == 1 and 'Tomorrow' in got[0]['subject'] and
           len(os.listdir('out/dropped')) == 1,
           'a message that was not delivered is overtaken by the next')
    deliver()
    message(plans, '2026-12-20T09:00')
    got = deliver()
    tap.ok(len(got) == 1 and 'razor' not in plain(got[0]) and
           'Over:' not in plain(got[0]),
           'missed mornings are caught up; what is over is not asked for',
           *map(plain, got))


def corrections():
    protocol(studio={'send': '10:00'})
    before = cared(plan(sessions=['2026-12-01T10:00', '2027-01-05T10:00']))
    message(before, '2026-12-02T10:00')
    deliver()
    moved = cared(plan(sessions=['2026-12-01T10:00', '2027-01-08T14:00']))
    message(moved, '2026-12-03T08:30')
    got = deliver()
    tap.ok(len(got) == 1 and plain(got[0]).startswith(
        'Please note: Your session of 5 January 2027, 10:00 is now on '
        '8 January 2027, 14:00.'),
        'a session that moved is corrected, before studio.send',
        *map(plain, got))
    message(moved, '2026-12-03T10:00')
    tap.same(deliver(), [], 'and once')
    cancelled = cared(plan(sessions=['2026-12-01T10:00', {
        'start': '2027-01-08T14:00', 'status': 'cancelled'}]))
    message(cancelled, '2026-12-04T03:00')
    tap.same(deliver(), [], 'what can wait waits for the quiet hours to end')
    message(cancelled, '2026-12-04T10:00')
    got = deliver()
    tap.ok(len(got) == 1 and 'Please note: Your session of 8 January 2027, '
           '14:00 does not take place.' in plain(got[0]),
           'one that was cancelled is too', *map(plain, got))


def mended():
    """The protocol changes: told until 8 December, now until the 15th."""
    def write(until, rest=None, words='No swimming.'):
        with open('maple.json', 'w', encoding='utf-8') as file:
            json.dump({
                'format': 'smp-protocol/1', 'id': 'maple', 'studio': STUDIO,
                'rules': {'post.swim': {'verb': 'avoid', 'what': 'swim',
                                        'during': '0d/' + until,
                                        'text': words,
                                        'title': words.rstrip('.')},
                          **(rest or {})}}, file)
        return cared(plan())

    short, gym = write('7d'), {'post.gym': {'verb': 'may', 'what': 'gym',
                                            'during': '2d/'}}
    message(short, '2026-12-02T09:00')
    deliver()
    message(write('7d', words='Please do not swim.'), '2026-12-03T09:00')
    tap.same(deliver(), [], 'other words are no news')
    longer = write('14d')
    message(longer, '2026-12-03T09:30')
    got = deliver()
    tap.ok(len(got) == 1 and plain(got[0]).startswith(
        'Please note: No swimming. Not before 15 December.') and
        got[0]['subject'] == 'Please note: something has changed',
        'a ban that lasts longer than was told is corrected',
        *map(plain, got))
    message(write('20d'), '2026-12-14T22:00')
    got = deliver()
    tap.ok(len(got) == 1 and 'Not before 21 December' in plain(got[0]),
           'in the quiet hours too, if the morning were too late')
    message(write('20d', gym), '2026-12-15T09:00')
    deliver()
    message(write('20d'), '2026-12-16T09:00')
    got = deliver()
    tap.ok(len(got) == 1 and 'Please note: No longer permitted' in
           plain(got[0]), 'a permission that was withdrawn is corrected',
           *map(plain, got))
    message(write('10d'), '2026-12-16T10:00')
    got = deliver()
    tap.ok(len(got) == 1 and 'Please note' not in plain(got[0]) and
           'No longer in force: No swimming' in plain(got[0]),
           'a ban that ended early is news, and no correction',
           *map(plain, got))


def sameness():
    protocol()
    message(cared(plan()), '2026-12-02T09:00')
    deliver()
    for label, options, members in (
            ('another language', ('--lang', 'fr'), {}),
            ('the language of the plan', (), {'lang': 'es'}),
            ('another name and address', (), {'name': 'Jo', 'email': 'a@b.c'}),
            ('other members', (), {'vip': 1})):
        plans = cared(plan(**members), options=options)
        done = message(plans, '2026-12-02T10:00', *options)
        tap.ok(clean(done) and not new(), f'{label}: nothing is due',
               done.stderr)


def consent():
    protocol()
    for consents, mail_count, json_count, way in (
            (None, 0, 0, ''), ([], 0, 0, ''), (['sms'], 0, 1, 'sms'),
            (['mail'], 1, 1, 'mail'), (['sms', 'mail'], 1, 1, 'sms')):
        members = {} if consents is None else {'consent': consents}
        client = plan(**members)
        if consents is None:
            del client['consent']
        plans = cared(client)
        name = str(consents)
        one = message(plans, '2026-12-01T09:00', outbox='m' + name)
        two = message(plans, '2026-12-01T09:00', '--as', 'json',
                      outbox='j' + name)
        count = len(new('m' + name))
        got = deliver('j' + name)
        tap.ok(clean(one) and clean(two) and count == mail_count and
               len(got) == json_count and
               all(m['way'] == way for m in got), f'consent: {consents}',
               one.stderr, two.stderr, count, got)
        tap.ok(all(m['to'] == ('+41795550100' if way == 'sms' else
                               'jo@example.org') for m in got),
               f'consent: {consents}: its address')
    message(cared(plan()), '2026-12-01T09:00')
    waiting = len(new())
    message(cared(plan(consent=[])), '2026-12-01T09:30')
    tap.ok(waiting == 1 and not new(), 'consent taken back stops what waits')
    message(cared(plan()), '2026-12-01T10:30')
    text = plain(mails()[0]) if len(mails()) == 1 else ''
    tap.ok('session 1: 1 December' in text and 'no longer want' in text,
           'given again, all is told, and how to stop', text)
    done = message(cared(plan()), '2026-12-01T10:45')
    tap.ok(clean(done) and len(new()) == 1, 'once')
    message(cared(plan(sessions=['2026-12-01T10:00', '2026-12-20T10:00'])),
            '2026-12-01T11:00')
    text = plain(mails()[0]) if len(mails()) == 1 else ''
    tap.ok('session 1: 1 December' in text and 'no longer want' in text and
           'session 2: 20 December' in text,
           'what takes the place of a message tells all of it', text)
    deliver()
    for label, members, said in (
            ('no address', {'email': None}, 'email: missing'),
            ('an unusable one', {'email': 'x y@z'}, 'email: not a mail'),
            ('an unknown way', {'consent': ['pigeon']}, 'consent: a list')):
        client = {k: v for k, v in plan(**members).items() if v is not None}
        done = message(cared(client), '2026-12-01T09:00', outbox='c')
        tap.ok(done.returncode == 3 and said in done.stderr and not new('c'),
               f'{label} is said', done.stderr)
    done = message(cared(plan(phone='call me', consent=['sms'])),
                   '2026-12-01T09:00', '--as', 'json', outbox='c')
    tap.ok(done.returncode == 3 and 'phone: not a number' in done.stderr,
           'a phone that is none is said')


def partial():
    protocol()
    text = json.dumps(plan()) + '\n'
    done = message(text, '2026-12-01T09:00')
    tap.ok(done.returncode == 3 and 'care.pre: missing' in done.stderr and
           not new(), 'a plan without its care is rejected', done.stderr)


def incomplete():
    protocol()
    both = ['2026-12-01T10:00', '2027-01-05T10:00']
    message(cared(plan(sessions=both)), '2026-12-02T09:00')
    deliver()
    done = message(cared(plan(incomplete='export')), '2026-12-03T09:00')
    tap.ok(done.returncode == 3 and not new() and
           'incomplete: session 2 is missing' in done.stderr,
           'a session that an export lacks is not cancelled', done.stderr)
    done = message(cared(plan(sessions=both, incomplete='export')),
                   '2026-12-03T09:00')
    tap.ok(clean(done), 'an incomplete plan that lacks none is taken')
    done = message(cared(plan()), '2026-12-03T09:00')
    got = deliver()
    tap.ok(clean(done) and len(got) == 1 and 'does not take place' in
           plain(got[0]), 'one that a whole plan lacks is', *map(plain, got))


def gateway():
    protocol()
    done = message(cared(plan(consent=['sms'])), '2026-12-01T09:00', '--as',
                   'json')
    got = deliver()
    tap.ok(clean(done) and len(got) == 1 and list(got[0]) == [
        'id', 'way', 'to', 'day', 'title', 'text', 'short', 'correction'] and
        got[0]['day'] == '2026-12-01' and got[0]['correction'] is False,
        'a line of JSON for a gateway', got)
    protocol(rules={f'post.{i}': {
        'verb': 'avoid', 'what': 'swim', 'during': '0d/9d',
        'title': f'No swimming in pool number {i} of the town'}
                    for i in range(20)})
    message(cared(plan(consent=['sms'])), '2026-12-01T09:00', '--as', 'json',
            outbox='b')
    short = deliver('b')[0]['short']
    tap.ok('more: https://maple.example/c' in short and len(short) <= 306 and
           'May' not in short and 'hat' not in short,
           'bans that do not fit are counted, and no permission follows',
           short)


def discreet():
    protocol()
    plans = cared(plan(consent=['mail', 'sms']))
    message(plans, '2026-12-01T09:00', '--discreet')
    got = mails()[0]
    message(plans, '2026-12-01T09:00', '--discreet', '--as', 'json',
            outbox='b')
    line = json.loads(read(new('b')[0], 'b'))
    tap.ok(got['subject'] == 'Reminder' and
           plain(got).startswith('Reminder\n') and
           line['title'] == 'Reminder' and
           line['short'].startswith('Reminder\n'),
           '--discreet: subject and first line tell nothing',
           got['subject'], line)


def most():
    protocol()
    plans = cared(*[plan(f'c-{i}') for i in range(30)])
    done = message(plans, '2026-12-01T09:00')
    tap.ok(done.returncode == 3 and not new() and
           '30 of 30 clients' in done.stderr and not os.listdir('out/told'),
           'more than 20 percent: nothing is written, and it is said',
           done.stderr)
    done = message(plans, '2026-12-01T09:00', '--most', '100', '--dry-run')
    tap.ok(clean(done) and done.stdout.startswith('30 due') and not new(),
           '--dry-run counts', done.stdout)
    done = message(plans, '2026-12-01T09:00', '--begin')
    tap.ok(clean(done) and not new(), '--begin writes no message',
           done.stderr)
    done = message(plans, '2026-12-01T10:00')
    tap.ok(clean(done) and not new(), 'and nothing is due then', done.stderr)
    done = message(plans, '2026-12-08T10:00', '--most', '100')
    got = deliver()
    tap.ok(clean(done) and len(got) == 30 and
           'no longer want' in plain(got[0]),
           'what changes from then on is told, and how to stop')
    few = cared(*[plan(f'd-{i}') for i in range(20)])
    done = message(few, '2026-12-01T09:00', outbox='b')
    tap.ok(clean(done) and len(new('b')) == 20, 'twenty may always be written')
    done = message(few, '2026-12-01T09:00', '--most', '101')
    tap.ok(done.returncode == 2, '--most takes no more than 100')


def told():
    protocol()
    plans = cared(plan('../../etc', name='Jo Secret'))
    message(plans, '2026-12-01T09:00')
    deliver()
    message(plans, '2026-12-08T09:00')
    done = run('smp-message', '--told', '../../etc', '--on', '2026-12-07',
               '-z', 'Europe/Paris', 'out')
    tap.ok(clean(done) and 'day 2026-12-01\n' in done.stdout and
           'rule post 1 avoid rub ' in done.stdout,
           '--told shows what was told by a day', done.stdout, done.stderr)
    done = run('smp-message', '--told', 'nobody', 'out')
    tap.ok(done.returncode == 1 and not done.stdout, 'who was told nothing: 1')
    done = run('smp-message', '--told', '../../etc', '--on', '2026-11-01',
               'out')
    tap.ok(done.returncode == 1, 'nothing by that day: 1')
    done = run('smp-message', '--on', '2026-11-01', 'out')
    tap.ok(done.returncode == 2, '--on requires --told')
    done = run('smp-message', '--told', 'a', '--begin', 'out')
    tap.ok(done.returncode == 2, 'one job at a time')


def retention():
    protocol()
    plans = cared(plan('c-4711', consent=['sms', 'mail'],
                       email='jo.secret@example.org'))
    message(plans, '2026-12-01T09:00', '--as', 'json')
    deliver()
    message(plans, '2026-12-08T09:00')
    deliver()
    message(plans, '2027-02-28T09:00', '--as', 'json')
    deliver()
    kept = everything()
    done = message(plans, '2027-03-02T09:00', '--as', 'json')
    tap.ok(clean(done) and b'+4179555' in kept and
           len(os.listdir('out/sent')) == 3, 'ninety days keep the text')
    message(plans, '2027-03-10T09:00')
    text = everything()
    tap.ok(b'"day":"2026-12-01"' not in text and
           len(os.listdir('out/sent')) == 3 and not new(),
           'then text and address go, and nothing is due for it')
    done = run('smp-message', '--told', 'c-4711', '--on', '2026-12-01', 'out')
    tap.ok(clean(done) and 'rule post 1 avoid rub' in done.stdout,
           'what was told stays')
    message(plans, '2027-03-10T09:00', '--keep', '0')
    text = everything()
    tap.ok(b'c-4711' not in text and b'secret' not in text and
           b'4179' not in text, '--keep 0 keeps no text')
    done = run('smp-message', '--forget', 'c-4711', 'out')
    tap.ok(clean(done) and not any(os.listdir('out/' + place) for place in
                                   ('new', 'sent', 'told', 'dropped')),
           '--forget leaves nothing', done.stderr)
    done = run('smp-message', '--forget', 'c-4711', 'out')
    tap.ok(done.returncode == 1, 'who is not known: 1')


def damage():
    protocol()
    plans = cared(plan(), plan('d'))
    message(plans, '2026-12-01T09:00')
    deliver()
    name = sorted(os.listdir('out/told'))[0]
    with open('out/told/' + name, 'w', encoding='ascii') as file:
        file.write('smp-told 1\nrule')
    done = message(plans, '2026-12-08T09:00')
    tap.ok(done.returncode == 3 and 'out/told/' in done.stderr and
           len(new()) == 1, 'a damaged file holds up its client alone',
           done.stderr)
    os.mkdir('out/new/sub')
    for stray in ('a.eml', '0' * 32 + '-1-20261301.eml', '.x', 'A' * 40):
        with open('out/new/' + stray, 'w', encoding='ascii'):
            pass
    done = message(plans, '2026-12-08T10:00')
    tap.ok(done.returncode == 3 and len(new()) == 6,
           'files of others are left alone', done.stderr)
    os.symlink('/etc/passwd', 'link')
    os.mkdir('b')
    os.symlink('/tmp', 'b/new')
    done = message(plans, '2026-12-08T10:00', outbox='b')
    tap.ok(done.returncode == 4 and 'b/new' in done.stderr,
           'no link leads out of the outbox', done.stderr)
    done = run('smp-message', 'out', 'b', text='')
    tap.ok(done.returncode == 2, 'one OUTBOX')


def delivery():
    """examples/delivery/deliver-messages, with a gateway of our own."""
    script = os.path.join(TOP, 'examples', 'delivery', 'deliver-messages')
    protocol()
    plans = cared(plan('m'), plan('s', consent=['sms'], phone='+1 555 0100',
                                  name='$(touch evil)'))
    message(plans, '2026-12-01T09:00')
    message(plans, '2026-12-01T09:00', '--as', 'json')

    def go(**commands):
        return subprocess.run(['sh', script, 'out'], capture_output=True,
                              text=True, env={**os.environ, **commands})
    text_by = 'printf "%s|%s\\n" "$to" "$short" >> ../texts'
    done = go(MAIL_BY='false', TEXT_BY=text_by)
    tap.ok(done.returncode == 4 and 'is not delivered' in done.stderr and
           len(new()) == 1, 'what is not accepted stays', done.stderr)
    done = go(MAIL_BY='cat >> ../mails', TEXT_BY=text_by)
    tap.ok(clean(done) and not new() and len(os.listdir('out/sent')) == 2,
           'the next run delivers it', done.stderr)
    done = go(MAIL_BY='false', TEXT_BY='false')
    with open('texts', encoding='utf-8') as file:
        texts = file.read()
    with open('mails', encoding='utf-8') as file:
        sent = file.read()
    tap.ok(clean(done) and texts.startswith('+15550100|Session 1 today.') and
           texts.count('\n') == 1 and sent.count('Message-ID: ') == 1 and
           not os.path.exists('out/evil') and not os.path.exists('evil'),
           'each once, and nothing of it is run', texts)
    # smp-message overtakes what a deliverer has in hand
    message(cared(plan('m')), '2026-12-08T09:00')
    done = go(MAIL_BY=f'cat >/dev/null; mv "$PWD"/new/* "$PWD"/dropped/')
    tap.ok(clean(done) and not new(), 'what was overtaken meanwhile is no '
           'failure', done.stderr)


def forgotten():
    """The recipe of smp-care(7): nothing of one client is left."""
    protocol()
    client = plan('c-4711', name='Jo Secret', consent=['sms', 'mail'],
                  email='jo.secret@example.org', phone='+1 555 019 9999')
    with open('plans', 'w', encoding='utf-8') as file:
        file.write(json.dumps(client) + '\n' + json.dumps(plan('other')) + '\n')
    for key in ('key',):
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), 'w',
                  encoding='ascii') as file:
            file.write('0123456789abcdef0123456789abcdef\n')
    cares = cared(client, plan('other'))
    run('smp-publish', '--key', 'key', '-p', 'maple.json', '--pages',
        'https://maple.example/', 'feeds', text=cares)
    for form in ('mail', 'json'):
        message(cares, '2026-12-01T09:00', '--as', form)
        deliver()
        message(cares, '2026-12-08T09:00', '--as', form)
    before = everything('.')
    recipe = """sed '/"id": *"c-4711"/d' plans > plans.new && mv plans.new plans
        echo c-4711 > former &&
        smp-publish --key key --withdraw former feeds < /dev/null && rm former
        smp-message --forget c-4711 outbox"""

    def forget():
        return subprocess.run(
            ['sh', '-c', recipe.replace('outbox', 'out').replace(
                '--key key', '--key key --pages https://maple.example/')],
            capture_output=True, text=True,
            env={**os.environ, 'PATH': BIN + ':' + os.environ['PATH']})

    done = forget()
    left = everything('.')
    words = (b'c-4711', b'Secret', b'jo.secret', b'5550199999', b'019 9999')
    with open(os.path.join(TOP, 'man', 'smp-care.7'), encoding='utf-8') as file:
        manual = file.read()
    tap.ok(clean(done) and b'c-4711' in before and
           not any(word in left for word in words) and b'other' in left and
           len(os.listdir('feeds')) == 3, 'one client is forgotten',
           done.stderr, [word for word in words if word in left])
    with open('plans', 'w', encoding='utf-8') as file:
        file.write(json.dumps(client) + '\n')
    done = forget()
    tap.ok(done.returncode == 1 and b'c-4711' not in everything('.'),
           'so is the only client, of whom nothing was told', done)
    tap.ok(all(line.strip() in manual.replace('\\(aq', "'").replace(
        '\\-', '-') for line in recipe.split('\n')), 'as smp-care(7) says')


def event(mail):
    """The calendar of an invitation: its method, and the event's lines."""
    part = [p for p in mail.walk() if p.get_content_type() ==
            'text/calendar'][0]
    text = part.get_content().replace('\r\n ', '').split('\r\n')
    return part.get_param('method'), dict(
        line.split(':', 1) for line in text if ':' in line)


def invitations():
    protocol()
    both = ['2026-12-01T10:00', '2027-01-05T10:00']

    def go(sessions, now, *options, **members):
        text = json.dumps(plan(sessions=sessions, **members)) + '\n'
        done = message(text, now, '--invite', *options)
        return done, deliver()

    done, got = go(both, '2026-11-20T10:00', name='A\r\nBcc: x@y.z')
    methods = [event(m) for m in got]
    tap.ok(clean(done) and len(got) == 2 and
           all(method == 'REQUEST' and e['SEQUENCE'] == '0' and
               e['METHOD'] == 'REQUEST' for method, e in methods) and
           {m['subject'] for m in got} == {
               'Appointment: 1 December 2026, 10:00',
               'Appointment: 5 January 2027, 10:00'} and
           len({m['message-id'] for m in got}) == 2 and
           not any(m['bcc'] for m in got) and
           all('Maple' in plain(m) for m in got),
           'each session is invited to', done.stderr, methods)
    done, got = go(both, '2026-11-21T10:00', lang='fr', name='Jo')
    tap.ok(clean(done) and not got, 'and once, whatever the words',
           done.stderr, *got)
    moved = [both[0], '2027-01-07T11:00']
    done, got = go(moved, '2026-11-22T10:00')
    tap.ok(clean(done) and len(got) == 1 and event(got[0])[1]['SEQUENCE'] ==
           '1' and '20270107T100000Z' in event(got[0])[1]['DTSTART'],
           'a session that moved: SEQUENCE rises by one', done.stderr)
    done, got = go(moved, '2026-11-22T11:00', email='new@example.org')
    tap.ok(clean(done) and len(got) == 2 and
           all('new@example.org' in m['to'] for m in got) and
           sorted(event(m)[1]['SEQUENCE'] for m in got) == ['0', '1'],
           'another address is invited, with the same SEQUENCE')
    gone = [both[0], {'start': '2027-01-07T11:00', 'status': 'cancelled'}]
    done, got = go(gone, '2026-11-23T10:00', email='new@example.org')
    tap.ok(clean(done) and len(got) == 1 and event(got[0])[0] == 'CANCEL' and
           event(got[0])[1]['SEQUENCE'] == '2' and
           got[0]['subject'] == 'Cancelled: appointment of 7 January 2027, '
           '11:00', 'a cancelled session is withdrawn', done.stderr)
    done, got = go(gone, '2026-11-23T11:00', email='new@example.org')
    tap.ok(clean(done) and not got, 'once')
    done, got = go(moved, '2026-11-24T10:00', email='new@example.org')
    tap.ok(clean(done) and len(got) == 1 and
           event(got[0])[1]['SEQUENCE'] == '3', 'and booked again')
    done, got = go([{'start': '2026-12-09T10:00', 'status': 'cancelled'}],
                   '2026-11-24T10:00', id='u')
    tap.ok(clean(done) and not got, 'a session that nobody was invited to',
           done.stderr, *got)
    done = message(json.dumps(plan('q', sessions=both, consent=['sms'])) + '\n',
                   '2026-11-24T10:00', '--invite')
    tap.ok(clean(done) and not new(), 'no invitation without consent to mail')
    done = message(json.dumps(plan('r', sessions=both)) + '\n',
                   '2026-11-24T10:00', '--invite', '--discreet')
    first = deliver()
    tap.ok(len(first) == 2 and 'SMP' not in first[0]['subject'] and
           event(first[0])[1]['SUMMARY'] == 'Appointment',
           '--discreet: the entry tells nothing')
    own = {'start': both[0], 'status': 'booked', 'uid': 'own@booking.example'}
    for client in ('s', 't'):
        message(json.dumps(plan(client, sessions=[
            {**own, 'uid': client + own['uid']}])) + '\n',
                '2026-11-24T10:00', '--invite')
    deliver()
    kept = len(os.listdir('out/told'))
    done = run('smp-message', '--forget', 's', 'out')
    tap.ok(clean(done) and len(os.listdir('out/told')) == kept - 1,
           'even one whose session has a UID of its own', done.stderr)
    for client in ('c-17', 'r', 't'):
        done = run('smp-message', '--forget', client, 'out')
    tap.ok(clean(done) and not os.listdir('out/told') and
           not os.listdir('out/sent'), '--forget forgets invitations too',
           os.listdir('out/told'))


def adoption():
    old = os.path.join(TOP, 'tests', 'upgrade')
    with open(os.path.join(old, '0.1.0', 'plans.ndjson'),
              encoding='utf-8') as file:
        plans = [json.loads(line) for line in file]
    text = ''.join(json.dumps({**p, 'consent': ['mail']}) + '\n'
                   for p in plans)
    overlay = os.path.join(old, 'overlay.json')
    ledger = os.path.join(old, '0.1.0', 'sent')
    done = run('smp-message', '--adopt', ledger, 'out')
    count = len([n for n in os.listdir(ledger) if n.endswith('.sent')])
    tap.ok(clean(done) and len(os.listdir('out/sent')) == count and
           b'client.example' not in everything(),
           'a ledger of mail-sessions is taken over', done.stderr)
    done = message(text, '2026-11-21T10:00Z', '--invite', '--most', '100',
                   '-t', file=overlay)
    tap.ok(done.stdout.startswith('0 due') and
           '; 0 unchanged' not in done.stdout and not new(),
           'and nobody is invited again', done.stderr,
           *[dict(event(m)[1]) for m in mails()][:3])
    moved = text.replace('2026-12-01T10:00:00', '2026-12-01T11:00:00')
    done = message(moved, '2026-11-21T10:00Z', '--invite', file=overlay)
    got = deliver()
    tap.ok(len(got) >= 1 and
           all(event(m)[1]['SEQUENCE'] == '1' for m in got),
           'one that moves is, with a higher SEQUENCE', done.stderr, len(got))
    before = sorted(os.listdir('out/sent'))
    done = run('smp-message', '--adopt', ledger, 'out')
    tap.ok(clean(done) and sorted(os.listdir('out/sent')) == before and
           clean(run('smp-message', '--forget', 'c-1', 'out')),
           'a second time changes nothing')
    os.mkdir('bad')
    with open('bad/x.sent', 'w', encoding='ascii') as file:
        file.write('REQUEST\nmailto:a@b.c\nsoon\n')
    done = run('smp-message', '--adopt', 'bad', 'b')
    tap.ok(done.returncode == 4 and 'bad/x.sent: not a note' in done.stderr and
           not os.listdir('b/sent'), 'a note that is none is said',
           done.stderr)


def lock():
    import fcntl
    protocol()
    plans = cared(plan())
    message(plans, '2026-12-01T09:00')
    with open('out/.smp-message.lock', 'r+', encoding='ascii') as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        done = message(plans, '2026-12-01T09:00')
        tap.ok(done.returncode == 4 and 'another smp-message' in done.stderr,
               'one run at a time', done.stderr)


for test in (series, mail, times, overtaken, corrections, mended, sameness,
             consent, partial, incomplete, gateway, discreet, most, told, retention,
             damage, delivery, forgotten, invitations, adoption, lock):
    with own_directory():
        test()
sys.exit(tap.end())
