#!/bin/sh
# Protocols after the pages of real studios: tests/studios has sixteen that
# start from nothing, examples/protocols some of them laid over the built-in
# one. All are without fault or remark, render whole, and can be read again;
# the examples answer as the studios do.
. "$(dirname -- "$0")/prelude.sh"
needs "$py"
cd "$top" || exit 1

# run COMMAND...: what it writes goes to $tmp/out; it must succeed in silence
run()
{
	if ! "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || [ -s "$tmp/err" ]; then
		echo "$*: failed"
		cat "$tmp/err"
	fi
}

# whole: what was written is something, and nothing in it waits to be filled in
whole()
{
	[ -s "$tmp/out" ] || echo "nothing written"
	grep '[{}]' "$tmp/out"
}

# plans FILE: a whole series of a client, as plans
plans()
{
	smp-schedule -j -p "$1" --id c-1 -z America/Toronto 2026-12-01T10:00 |
		smp-precare -j -p "$1"
}

# renders FILE ARG...: the plans with aftercare, as ARG says
renders()
{
	file=$1
	shift
	if ! plans "$file" 2>"$tmp/err" | smp-aftercare -p "$file" \
		--now 2026-11-20T09:00:00Z "$@" >"$tmp/out" 2>>"$tmp/err" ||
		[ -s "$tmp/err" ]; then
		echo "$*: failed"
		cat "$tmp/err"
	fi
}

for file in tests/studios/*.json examples/protocols/*.json; do
	smp-protocol check "$file" >"$tmp/wrong" 2>&1 ||
		echo "status $?" >>"$tmp/wrong"
	none "$file: neither fault nor remark" "$tmp/wrong"

	{
		run smp-protocol show -j -p "$file"
		cp "$tmp/out" "$tmp/first.json"
		run smp-protocol show -p "$file"
		cp "$tmp/out" "$tmp/first"
		run smp-protocol show -j -p "$tmp/first.json"
		cmp "$tmp/first.json" "$tmp/out"
		run smp-protocol show -p "$tmp/first.json"
		cmp "$tmp/first" "$tmp/out"
	} >"$tmp/wrong" 2>&1
	none "$file: shown as JSON and read again, it is the same" "$tmp/wrong"

	{
		run smp-precare -p "$file" --sheet
		whole
		run smp-aftercare -p "$file" --sheet
		whole
		renders "$file"
		whole
		for day in 2026-11-30 2026-12-01 2026-12-08; do
			renders "$file" --on "$day" # perhaps with nothing to say
			grep '[{}]' "$tmp/out"
		done
		renders "$file" -i
		whole
		renders "$file" -i --by rule --timed
		whole
	} >"$tmp/wrong"
	none "$file: sheets, messages and calendars are whole" "$tmp/wrong"
done

if ! command -v "$py" >/dev/null; then
	echo "ok $((n + 1)) - the examples answer as the studios # SKIP no $py"
	echo "1..$((n + 1))"
	exit 0
fi

# The rest is told as NAME, TAB and what is wrong, or nothing.
"$py" - >"$tmp/told" <<'END'
import glob, json, os, re, subprocess, sys

sys.dont_write_bytecode = True
sys.path.insert(0, 'tests')
import verdicts

# What a studio's page calls otherwise than the built-in protocol, and where
# the built-in protocol has its say: then the answers differ, and should.
CALLED = {'exercise': 'gym', 'shave.razor': 'razor', 'sunscreen': 'sunblock',
          'swim.pool': 'swim', 'prescribed-meds': 'medicine',
          'bring-minors': 'children'}
OTHERWISE = {
    'raven-trinity': {
        ('exercise.heavy', 5): 'it is just exercise there',
        ('exercise.heavy', 7): 'it is just exercise there',
        ('pick', 3): 'healing takes its usual time there',
        ('sunscreen', 60): 'the sun is an occasion there, no condition'},
    'jackson': {('swim', 20): 'that is the pool there'},
    'acreative': {
        ('hairpiece', -3): 'the rule is for all there',
        ('sun', 1): 'aftercare is that of the built-in protocol there'},
}

# Words that the examples move from one activity to another.
WORDS = [
    ('jackson', ['--day=6', '--next', '14', 'Picking scabs'], 'pick', 'no'),
    ('jackson', ['--day=6', '--next', '14', 'clippers'], 'trim', 'yes'),
    ('jackson', ['--day=20', 'lake'], 'swim.lake', 'unknown'),
    ('jackson', ['--day=20', 'sunbed'], 'tanbed', 'no'),
    ('raven-trinity', ['--day=5', 'running'], 'exercise.cardio', 'no'),
    ('raven-trinity', ['--day=2', 'the gym'], 'gym', 'no'),
    ('raven-trinity', ['--day=5', 'electric shaver'], 'shave.foil', 'yes'),
    ('raven-trinity', ['--day=2', 'hot tub'], 'jacuzzi', 'no'),
    ('pigment2scalp', ['--day=7', 'razor blade'], 'razor', 'no'),
    ('pigment2scalp', ['--day=2', 'clippers'], 'trim', 'no'),
    ('acreative', ['--day=3', 'exfoliating'], 'exfoliate', 'no'),
    ('acreative', ['--day=-3', 'sunbathing'], 'suntan', 'no'),
]

# A day after the second session: what the first one had come to permit.
SECOND = {
    'raven-trinity': (['--on', '2026-12-09'], ['2026-12-08T10:00'],
                      ['shower', 'rinsing', 'soap', 'shampoo', 'the gym',
                       'light exercise']),
    'jackson': (['--on', '2027-01-06'], ['2027-01-05T10:00'],
                ['shaving', 'clippers', 'rinsing', 'shampoo']),
    'pigment2scalp': (['--on', '2027-01-06'], ['2027-01-05T10:00'],
                      ['electric shaver', 'clippers', 'moisturiser']),
}

NAMES = sorted(os.path.basename(path)[:-5]
               for path in glob.glob('examples/protocols/*.json'))


def path_of(name):
    return f'examples/protocols/{name}.json'


def tell(name, problems):
    print('\n'.join([f'{name}\t'] + [f'{name}\t{p}' for p in problems]))


def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def probe_problems(name):
    cases = [c for c in verdicts.read(verdicts.PROBES) if c['protocol'] == name]
    excused, used = OTHERWISE.get(name, {}), set()
    for case in cases:
        asked = {**case, 'activity': CALLED.get(case['activity'],
                                                case['activity'])}
        answer = verdicts.ask(asked, path_of(name))
        if verdicts.is_right(asked, answer):
            continue
        key = (case['activity'], case.get('day'))
        if key in excused and not (case['expect'] == 'no' and
                                   answer[0] in verdicts.PERMITS):
            used.add(key)
        else:
            yield verdicts.shown(asked, answer)
    yield from (f'{key}: no longer otherwise' for key in set(excused) - used)
    if not cases:
        yield 'no probes'


def may(name, args):
    done = subprocess.run(
        [os.path.join(verdicts.BIN, 'smp-may'), '-j', '-p', path_of(name),
         *args], env=verdicts.ENVIRONMENT, stdin=subprocess.DEVNULL,
        capture_output=True, check=False)
    return json.loads(done.stdout or '{}')


def word_problems():
    for name, args, activity, verdict in WORDS:
        got = may(name, args)
        if (got.get('activity'), got.get('verdict')) != (activity, verdict):
            yield f'{name}: {args}: {got}'


def second_session_problems():
    for name, (when, second, words) in SECOND.items():
        for word in words:
            got = may(name, [*when, word, '2026-12-01T10:00', *second])
            if got.get('verdict') != 'no':
                yield f'{name}: {word}: {got}'


def text_problems(name):
    """What a finished example owes its readers."""
    own = load(path_of(name))
    rules = {key: rule for key, rule in own['rules'].items() if rule}
    builtin = load('lib/protocol/default.json')
    if 'https://' not in own.get('note', ''):
        yield 'no source is named'
    for key, rule in rules.items():
        merged = {**builtin['rules'].get(key, {}), **rule}
        for member in ('title', 'text'):
            if not merged.get(member):
                yield f'{key}: no {member}'
        lead = builtin['labels'].get('lead.' + merged['verb'])
        if lead and merged['verb'] != 'do' and \
                not merged['text'].startswith(lead):
            yield f'{key}: does not begin with "{lead}"'
        if re.search(r'\d', re.sub(r'SPF \d+', '', merged.get('text', ''))):
            yield f'{key}: a number in the text'
    yield from (f'{key}: label changed' for key in own.get('labels', {})
                if key in builtin['labels'])
    yield from (f'{key}: removes what is not there'
                for key, rule in own['rules'].items()
                if not rule and key not in builtin['rules'])


def used_by(protocols):
    """All constructs in use, as words."""
    found = set()
    for p in protocols:
        plan = p.get('plan') or {}
        found.update('gap.' + k for g in plan.get('gaps', ()) for k in g)
        found.update('gap.from.' + g['from'] for g in plan.get('gaps', ())
                     if 'from' in g)
        found.update('plan.' + k for k in plan)
        found.update('plan.sessions.' + k for k in plan.get('sessions', {}))
        if '..' in plan.get('length', ''):
            found.add('plan.length.range')
        found.update(['milestone.' + ('healed' if m == 'healed' else 'own')
                      for m in p.get('milestones', {})])
        for rule in (p.get('rules') or {}).values():
            if rule:
                found.update(used_by_rule(rule))
    return found


def used_by_rule(rule):
    yield from ('verb.' + rule['verb'],) if 'verb' in rule else ()
    yield from (k for k in ('if', 'unless', 'limit', 'how', 'except', 'why')
                if rule.get(k))
    yield from (f'{k}.{rule[k]}' for k in ('scope', 'then') if k in rule)
    every = rule.get('every')
    if every:
        yield 'every.' + (
            'clocks' if every[0] == '@' else
            'occasion' if every.startswith('on:') else
            'as-needed' if every == 'as-needed' else
            'per-day' if re.fullmatch(r'\d+/d', every) else
            'per-day.range' if re.fullmatch(r'\d+\.\.\d+/d', every) else
            'per-week' if every.endswith('/w') else
            'interval.range' if re.fullmatch(r'\d+\.\.\d+[a-z]+', every) else
            'interval' if re.fullmatch(r'\d+[a-z]+', every) else 'words')
    if 'verb' in rule and 'during' not in rule:
        yield 'window.default'
    if 'during' not in rule:
        return
    for side, point in zip(('start', 'end'), rule['during'].split('/')):
        anchor = re.match('[a-z_]*', point)[0]
        yield 'anchor.' + (anchor if anchor in ('', 'first', 'last', 'next',
                                                'healed') else 'own')
        if anchor not in ('', 'first', 'last', 'next') and point != anchor:
            yield 'anchor.milestone.offset'
        yield f'{side}.open' if not point else f'{side}.0' \
            if point == '0' else f'{side}.point'
        if '..' in point:
            yield f'{side}.range' + ('.before' if '-' in point else '')
        if '@' in point:
            yield 'clock.' + re.sub(r'\d\d:\d\d', 'exact',
                                    point.split('@')[1])
        yield from ('unit.' + u for u in
                    re.findall(r'\d(min|mo|[hdwy])', point))


EXAMPLES = set('''
verb.avoid verb.wait verb.do verb.may verb.expect verb.alert
then.stop then.contact then.postpone then.require
if unless limit except how why scope.first scope.repeat scope.last
every.per-day every.per-day.range every.per-week every.interval.range
every.clocks every.occasion every.as-needed every.words
anchor. anchor.first anchor.last anchor.next anchor.own milestone.own
start.0 start.range end.0 end.open end.range window.default
unit.h unit.d unit.w unit.mo unit.y clock.exact clock.morning clock.night
gap.min gap.max gap.prefer gap.if gap.hold_if gap.from.first
plan.extra plan.length.range plan.sessions.min plan.maintenance
'''.split())
STUDIOS = set('''
every.interval start.range.before anchor.healed anchor.milestone.offset
milestone.healed unit.min clock.bed
'''.split())

tell('the examples: words of activities lead where they should',
     word_problems())
tell('the examples: after the second session the first one permits nothing',
     second_session_problems())
for name in NAMES:
    tell(f'{name}: the example answers as the studio', probe_problems(name))
    tell(f'{name}: texts, sources and labels', text_problems(name))
examples = used_by(load(path_of(name)) for name in NAMES)
tell('the examples use what a protocol can say',
     sorted(EXAMPLES - examples))
tell('with the studios, all of it', sorted((EXAMPLES | STUDIOS) - examples -
     used_by(load(path) for path in glob.glob('tests/studios/*.json'))))
print('end\t')
END
cut -f 1 "$tmp/told" | uniq >"$tmp/names"
grep -qx end "$tmp/names" || echo "the answers came to their end" >>"$tmp/names"
while IFS= read -r name; do
	[ "$name" != end ] || continue
	awk -F '\t' -v name="$name" '$1 == name && $2 != "" { print $2 }
		$1 == name { seen = 1 }
		END { if (!seen) print "no" }' "$tmp/told" >"$tmp/wrong"
	none "$name" "$tmp/wrong"
done <"$tmp/names"
finish
