#!/bin/sh
# The rooms of lib/: who may include whom, and what none of them does; and that
# no files of a room, in lib/ or src/, use each other in a circle.
. "$(dirname -- "$0")/prelude.sh"
cd "$top" || exit 1

build=${SMP_BUILD:-build}

# Rooms of one number do not know each other.
cat >"$tmp/rooms" <<'END'
1 base
2 time
3 json
4 calendar
5 protocol
6 plan
7 care
7 series
8 studio
8 answer
8 import
9 ical
10 sheet
11 text
11 html
12 publish
12 message
END

# "FILE:LINE HEADER" of all includes under a directory, system ones too
includes()
{
	grep -rnE '^[[:space:]]*#[[:space:]]*include' "$@" |
		sed -n 's/^\([^:]*:[0-9]*\):[^"<]*["<]\([^">]*\)[">].*/\1 \2/p'
}

# lib/ without comments, strings and character constants: "FILE:LINE CODE"
code()
{
	find lib -name '*.[ch]' -exec awk '
	FNR == 1 { comment = 0 }
	{
		line = $0
		out = ""
		while (line != "") {
			if (comment) {
				i = index(line, "*/")
				if (!i) break
				line = substr(line, i + 2)
				comment = 0
			} else if (match(line, /^"([^"\\]|\\.)*"/) ||
			    match(line, /^\047([^\047\\]|\\.)*\047/)) {
				out = out " \"\" "
				line = substr(line, RLENGTH + 1)
			} else if (line ~ /^\/\*/) {
				comment = 1
				line = substr(line, 3)
			} else if (line ~ /^\/\//) {
				break
			} else {
				out = out substr(line, 1, 1)
				line = substr(line, 2)
			}
		}
		print FILENAME ":" FNR " " out
	}' {} +
}

# uses WORD|...: where the code has one of them as a word of its own
uses()
{
	grep -E " (.*[^A-Za-z0-9_.>])?($1)([^A-Za-z0-9_]|\$)" "$tmp/code"
}

# calls FUNCTION|...: where it calls one of them
calls()
{
	grep -E " (.*[^A-Za-z0-9_.>])?($1)[[:space:]]*\(" "$tmp/code"
}

includes lib src >"$tmp/includes"
code >"$tmp/code"

n=$((n + 1))
if [ -s "$tmp/includes" ] && [ -s "$tmp/code" ]; then
	echo "ok $n - there is something to look at"
else
	echo "not ok $n - there is something to look at"
fi

# rooms

for file in lib/* lib/*/*; do
	[ "$file" != lib/smp.h ] || continue
	room=${file#lib/}
	room=${room%%/*}
	if ! grep -q " $room\$" "$tmp/rooms" || [ ! -d "lib/$room" ]; then
		echo "$file"
	fi
done >"$tmp/wrong"
none "every file of lib is in a known room" "$tmp/wrong"

awk '
FNR == NR { rank[$2] = $1; next }
$1 ~ /^lib\/.*\// && split($2, to, "/") == 2 && to[1] in rank {
	split($1, from, "/")
	if (to[1] != from[2] && rank[to[1]] >= rank[from[2]])
		print
}' "$tmp/rooms" "$tmp/includes" >"$tmp/wrong"
none "a room includes only itself and the rooms above it" "$tmp/wrong"

awk '$1 ~ /^lib\// && $2 ~ /^(tool|src|install|lib)\/|\.\.|\.c$/' \
	"$tmp/includes" >"$tmp/wrong"
none "no room includes the programs, a path upwards or a .c file" "$tmp/wrong"

# By the symbols of the objects: "FILE FILE" where the first uses the second.
for file in lib/*/*.c src/*/*.c; do
	case $file in src/link/*) continue ;; esac # each is a library of its own
	echo "$build/${file%.c}.o"
done | xargs nm -gA >"$tmp/symbols" 2>"$tmp/wrong"
ok $? "all is built" "$tmp/wrong"
awk '
{ sub(/:[^:]*$/, "", $1) }
$(NF - 1) ~ /^[A-TV-Zv]$/ { defined[$NF] = $1 }
$(NF - 1) == "U" { user[NR] = $1; used[NR] = $NF }
END {
	for (i in user)
		if (used[i] in defined)
			print user[i], defined[used[i]]
}' "$tmp/symbols" | sort -u >"$tmp/uses"
for room in lib/* src/*/; do
	room=${room%/}
	awk -v room="$build/$room/" '
	index($1, room) == 1 && index($2, room) == 1' "$tmp/uses" |
		tsort >/dev/null
done 2>"$tmp/wrong"
[ "$(wc -l <"$tmp/uses")" -gt 100 ]
ok $? "files use each other"
none "no files of a room use each other in a circle" "$tmp/wrong"

# libraries

awk '$2 ~ /(^|\/)cJSON(_Utils)?\.h$/ && $1 !~ /^(lib\/json\/json\.h|src\/link\/cjson\.c):/' \
	"$tmp/includes" >"$tmp/wrong"
none "cJSON.h is included by lib/json/json.h and src/link alone" "$tmp/wrong"

awk '$2 == "json/json.h" &&
    $1 !~ /^lib\/(json|protocol|plan|import|text|ical|publish|message)\/[^\/]*\.c:/ &&
    $1 !~ /^lib\/json\/[^\/]*\.h:/' "$tmp/includes" >"$tmp/wrong"
none "json.h is included by .c files of the rooms that read or write JSON" "$tmp/wrong"

calls 'cJSON_CreateObject|cJSON_CreateArray|cJSON_Parse[A-Za-z]*|cJSON_InitHooks' |
	grep -v '^lib/json/' >"$tmp/wrong"
none "lib/json alone makes objects, so that cJSON's memory is ours before" "$tmp/wrong"

awk '$2 ~ /^json\// && $1 ~ /\.h:/ && $1 !~ /^lib\/json\//' \
	"$tmp/includes" >"$tmp/wrong"
none "no header of another room includes one of lib/json" "$tmp/wrong"

awk '$2 ~ /(^|\/)(ical|icalss|icalvcal)\.h$|^libical\// &&
    $1 !~ /^(lib\/(calendar|ical|plan)|src\/link)\//' "$tmp/includes" >"$tmp/wrong"
none "libical is included in lib/calendar, lib/ical, lib/plan and src/link alone" "$tmp/wrong"

awk '$1 ~ /^lib\/calendar\// && $2 ~ /^[a-z]+\/[a-z_]+\.h$/ &&
    $2 !~ /^(calendar|base|time|libical|sys)\//' "$tmp/includes" >"$tmp/wrong"
none "lib/calendar knows lib/base and lib/time alone" "$tmp/wrong"

awk '
$2 ~ /^libical\// && $1 ~ /\.h:/ {
	file = $1
	sub(/^lib\//, "", file)
	sub(/:.*/, "", file)
	has[file]
}
{ where[NR] = $1; what[NR] = $2 }
END {
	for (i = 1; i <= NR; i++) {
		room = what[i]
		sub(/\/.*/, "", room)
		if (what[i] in has && index(where[i], "lib/" room "/") != 1)
			print where[i], what[i]
	}
}' "$tmp/includes" >"$tmp/wrong"
none "a header with libical in it stays in its room" "$tmp/wrong"

# the world outside

{
	uses 'stdout|stderr|stdin'
	calls 'v?printf|puts|putchar|perror|psignal|errx?|warnx?|syslog'
} >"$tmp/wrong"
none "no room prints" "$tmp/wrong"

calls 'exit|_Exit|abort|quick_exit|atexit|longjmp|raise|kill' >"$tmp/wrong"
none "no room ends the program" "$tmp/wrong"

calls '_exit|write|pwrite|writev' | grep -Ev '^lib/base/(mem|file)\.c:' \
	>"$tmp/wrong"
none "only lib/base/mem.c and file.c write, and end it without memory" "$tmp/wrong"

{
	calls 'time|clock|clock_gettime|gettimeofday|ftime|timespec_get'
	calls 'localtime|localtime_r|mktime|tzset|ctime|strftime'
} >"$tmp/wrong"
none "no room asks the clock" "$tmp/wrong"

calls 'getenv|secure_getenv|setenv|putenv|setlocale|newlocale|uselocale' \
	>"$tmp/wrong"
none "no room asks the environment or the locale" "$tmp/wrong"

{
	uses 'environ|FILE'
	calls 'fopen|fdopen|freopen|popen|system|tmpfile|fork|execv?p?e?'
} >"$tmp/wrong"
none "no room uses stdio files or other programs" "$tmp/wrong"

finish
