#!/usr/bin/env python3
"""Every label that the C code asks for by name is in the built-in protocol."""

import glob
import json
import re

from results import Tap

labels = json.load(open('lib/protocol/default.json', encoding='utf-8'))['labels']
groups = sorted({key.split('.')[0] for key in labels if '.' in key})
literal = re.compile(r'"((?:[^"\\\n]|\\.)*)"')

# Which argument of a function is a label's key, and whether it is its whole.
functions = {'smp_label': (1, True), 'smp_label_of': (1, False),
             'smp_words': (2, True), 'smp_words_number': (2, True),
             'smp_words_date': (2, True)}

# Groups whose names come from a list in the code.
lists = {'clock.': 'smp_clock_names', 'status.': 'smp_status_names'}


def code(path):
    """The text without its comments."""
    text = open(path, encoding='utf-8').read()
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|//[^\n]*',
                  lambda m: m[0] if m[0][0] == '"' else ' ', text, flags=re.S)


def arguments(text, start):
    """The arguments of a call whose parenthesis opens just before start."""
    found, depth, quoted, begin, at = [], 0, False, start, start
    while at < len(text):
        c = text[at]
        if quoted:
            at += c == '\\'
            quoted = c != '"'
        elif c == '"':
            quoted = True
        elif c in '([{':
            depth += 1
        elif c in ')]}' and depth:
            depth -= 1
        elif c == ')' or (c == ',' and not depth):
            found.append(text[begin:at])
            begin = at + 1
            if c == ')':
                return found
        at += 1
    return found


def exists(key, whole):
    return key in labels if whole else any(k.startswith(key) for k in labels)


def calls(text):
    for call in re.finditer(r'\b(smp_\w+)\(', text):
        if call[1] in functions:
            index, whole = functions[call[1]]
            rest = arguments(text, call.end())
            for key in literal.findall(rest[index] if len(rest) > index else ''):
                yield key, whole


def lookalikes(text):
    """Literals that look like a key, such as those in tables of keys."""
    for key in literal.findall(text):
        if re.fullmatch(r'(%s)\.[a-z.?-]*' % '|'.join(groups), key):
            yield key, not key.endswith('.')


def names(all_code, array):
    body = re.search(r'\b%s\[[^]]*\]\s*=\s*\{([^}]*)\}' % array, all_code)
    return literal.findall(body[1]) if body else []


paths = sorted(glob.glob('lib/*/*.c') + glob.glob('src/*.c') +
               glob.glob('src/*/*.c'))
files = {path: code(path) for path in paths}
tap = Tap()


def check(name, problems, seen):
    tap.ok(seen and not problems, name, *sorted(set(problems)),
           *() if seen else ['nothing was looked at'])


for name, find in (('labels asked for are there', calls),
                   ('what looks like a label is one', lookalikes)):
    seen = [(path, key, whole) for path in paths
            for key, whole in find(files[path])]
    check(name, ['%s: %s' % (path, key) for path, key, whole in seen
                 if not exists(key, whole)], seen)

everything = '\n'.join(files.values())
seen = [(group, name) for group, array in lists.items()
        for name in names(everything, array)]
verbs = re.findall(r'ROW\(\w+, ("\w+"), SMP_\w+',
                   code('lib/protocol/protocol.h'))
seen += [(group, verb[1:-1]) for group in ('verb.', 'text.') for verb in verbs]
check('each name of a list has its label',
      [group + name for group, name in seen if group + name not in labels],
      len(verbs) > 5 and seen)

units = re.findall(r'\{"(\w+)", SMP_\w+, [^}]*\}', everything)
check('each unit has its label',
      ['unit.' + unit for unit in units if 'unit.' + unit not in labels],
      len(units) == 6)
forms = {key: form for key, form in labels.items() if isinstance(form, dict)}
check('each label of several forms has one for any number',
      [key for key, form in forms.items() if 'other' not in form], forms)
raise SystemExit(tap.end())
