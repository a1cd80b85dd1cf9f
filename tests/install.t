#!/bin/sh
# make install puts everything where it belongs, what is there can be used,
# and make uninstall takes away that and nothing else.
. "$(dirname -- "$0")/prelude.sh"
cd "$top" || exit 1

# there MODE FILE: a file that is not empty, with these permissions
there()
{
	test -f "$root/$2" && test -s "$root/$2" &&
		test -z "$(find "$root/$2" ! -perm "$1")"
	ok $? "$2 is there, mode $1"
}

programs=$(sed -n 's/.*"\(smp-[a-z]*\)".*/\1/p' src/tool/programs.c | sort -u)
[ -n "$programs" ]
ok $? "there are programs to install"

umask 022
root=$tmp/root
make install DESTDIR="$root" PREFIX=/usr >"$tmp/log" 2>&1
ok $? "make install DESTDIR=... PREFIX=/usr" "$tmp/log"

# files

for program in $programs; do
	there 755 "usr/bin/$program"
	there 644 "usr/share/man/man1/$program.1"
	there 644 "usr/share/bash-completion/completions/$program"
	there 644 "usr/share/zsh/site-functions/_$program"
	there 644 "usr/share/fish/vendor_completions.d/$program.fish"
done
for page in man/*.[1-9]; do
	there 644 "usr/share/man/man${page##*.}/${page##*/}"
done
for file in examples/*.* examples/csv2plans examples/rehearse \
	examples/studio-day examples/*/*; do
	case $file in
	examples/packaging/*) continue ;;
	esac
	mode=644
	[ ! -x "$file" ] || mode=755
	there $mode "usr/share/doc/smp-care/$file"
done
there 644 usr/lib/libsmp.a
there 644 usr/lib/pkgconfig/smp.pc
there 644 usr/include/smp/smp.h

find "$root" -type d ! -perm 755 >"$tmp/wrong" 2>&1
[ -d "$root" ] && [ ! -s "$tmp/wrong" ]
ok $? "directories have mode 755" "$tmp/wrong"
find "$root" ! -type d ! -path "$root/usr/bin/*" \
	! -path "$root/usr/lib/*" ! -path "$root/usr/share/*" \
	! -path "$root/usr/include/smp/*" >"$tmp/wrong" 2>&1
[ -d "$root" ] && [ ! -s "$tmp/wrong" ]
ok $? "nothing is anywhere else" "$tmp/wrong"
grep -rlF -e "$tmp" "$root/usr/lib/pkgconfig" "$root/usr/share" \
	"$root/usr/include" >"$tmp/wrong" 2>/dev/null
[ -d "$root" ] && [ ! -s "$tmp/wrong" ]
ok $? "no file names DESTDIR" "$tmp/wrong"

# headers

# The headers, and what they declare, are what the library is: few, and each
# of them by name in smp.h.
include=$root/usr/include/smp
find "$include" -name '*.h' ! -path "$include/smp.h" |
	sed "s|^$include/||" | sort >"$tmp/headers"
sed -n 's/^#include "\(.*\)"$/\1/p' "$include/smp.h" | sort >"$tmp/named"
cmp "$tmp/headers" "$tmp/named" >"$tmp/wrong" 2>&1
ok $? "the headers that smp.h names are installed, and no other" "$tmp/wrong"
[ "$(wc -l <"$tmp/headers")" -le 14 ]
ok $? "they are 14 at most" "$tmp/headers"
sed 's/.*/"&"/' "$tmp/headers" >"$tmp/quoted"
(cd "$include" && grep -H '^#include "' -- */*.h) |
	grep -vF -f "$tmp/quoted" >"$tmp/wrong"
none "they include only each other" "$tmp/wrong"
while read -r name; do
	echo "#include \"$name\"" >"$tmp/$(echo "$name" | tr / -).c"
done <"$tmp/headers"
${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -D_POSIX_C_SOURCE=200809L \
	-I "$include" -fsyntax-only "$tmp"/*.h.c >"$tmp/log" 2>&1
ok $? "each compiles alone, without the headers of other libraries" "$tmp/log"

# Declarations of functions and variables, without bodies and types: the name is
# the word before the first parenthesis, or the last one before a bracket.
cpp=${CC:-cc}
$cpp -E -P -I "$include" "$include/smp.h" 2>"$tmp/log" | awk '
/^#/ { next }
{
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (c == "{")
			depth++
		else if (c == "}" && !--depth)
			text = text " {}"
		else if (!depth && c == ";") {
			if (text !~ /^ *(static|typedef|enum *[{]|struct [a-z_]* *([{][}]|$))/ &&
			    match(text, /smp_[a-z0-9_]* *([(\[]|$)/)) {
				name = substr(text, RSTART)
				sub(/[ (\[].*/, "", name)
				print name
			}
			text = ""
		} else if (!depth)
			text = text c
		if (c == "}" && !depth && text ~ /^ *static inline/)
			text = ""
	}
	text = text " "
}' | sort >"$tmp/declared"
nm -g --defined-only "$root/usr/lib/libsmp.a" | awk 'NF == 3 { print $3 }' |
	grep -v '^__\(asan\|odr\|gcov\|ubsan\)' | sort >"$tmp/exported"
[ -s "$tmp/declared" ] && diff "$tmp/declared" "$tmp/exported" >"$tmp/wrong"
ok $? "libsmp.a exports what smp.h declares, and nothing else" "$tmp/wrong"
[ "$(wc -l <"$tmp/exported")" -le 200 ]
ok $? "these are 200 symbols at most" "$tmp/exported"
sed -n 's/^\.\(Fn\|Va\) \(smp_[a-z_]*\).*/\2/p' man/smp.3 | sort -u |
	grep -vxF -f "$tmp/exported" >"$tmp/wrong"
none "smp(3) speaks of functions that there are" "$tmp/wrong"
grep '^\.It Pa [a-z]*/[a-z]*\.h' man/smp.3 | sed 's/^\.It Pa \([^ ]*\).*/\1/' |
	sort | diff - "$tmp/headers" >"$tmp/wrong"
ok $? "and of each header" "$tmp/wrong"

cat >"$tmp/use.cpp" <<'END'
#include <algorithm>
#include <smp.h>
#include <vector>

int
main()
{
    std::vector<int32_t> days(1, smp_day_of(2026, 12, 1));

    return std::max(days[0], 0) ? 0 : 1;
}
END
for cxx in "${CXX:-c++}" clang++; do
	if ! command -v "${cxx%% *}" >/dev/null; then
		skip "smp.h in C++, by $cxx" "no $cxx"
		continue
	fi
	$cxx -std=c++11 -Wall -Wextra -Wpedantic -Werror -I "$include" \
		-fsyntax-only "$tmp/use.cpp" >"$tmp/log" 2>&1
	ok $? "smp.h in C++, by $cxx" "$tmp/log"
done

# completions

for shell in bash zsh fish; do
	if ! command -v "$shell" >/dev/null; then
		skip "completions for $shell" "no $shell"
		continue
	fi
	for program in $programs; do
		case $shell in
		bash) file=bash-completion/completions/$program ;;
		zsh) file=zsh/site-functions/_$program ;;
		fish) file=fish/vendor_completions.d/$program.fish ;;
		esac
		"$shell" -n "$root/usr/share/$file" 2>&1 || echo "$file: no"
	done >"$tmp/wrong"
	[ ! -s "$tmp/wrong" ]
	ok $? "completions for $shell are read" "$tmp/wrong"
done
for program in $programs; do
	"$root/usr/bin/$program" --help 2>/dev/null |
		sed -n 's/^ .* --\([a-z-]*\).*/\1/p' | sort -u >"$tmp/options"
	[ -s "$tmp/options" ] || echo "$program: no options"
	while read -r option; do
		for file in "bash-completion/completions/$program" \
			"zsh/site-functions/_$program" \
			"fish/vendor_completions.d/$program.fish"; do
			grep -qw -e "$option" "$root/usr/share/$file" ||
				echo "$file: --$option"
		done
	done <"$tmp/options"
done >"$tmp/wrong" 2>&1
[ ! -s "$tmp/wrong" ]
ok $? "completions know all options" "$tmp/wrong"

# completes EXPECTED WORD...: what bash offers for the last word
completes()
{
	expected=$1
	shift
	# shellcheck disable=SC2016 # for bash
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		"_$1"; echo "${COMPREPLY[*]}"' bash \
		"$root/usr/share/bash-completion/completions/$1" "$@" \
		>"$tmp/wrong" 2>&1
	[ "$(cat "$tmp/wrong")" = "$expected" ]
	ok $? "completion of $*" "$tmp/wrong"
}

if command -v bash >/dev/null; then
	completes Europe/Paris smp-precare -z Europe/Par
	completes fr smp-precare --lang f
	completes jacuzzi smp-may jacu
	completes faq.pain smp-faq faq.pa
	completes check smp-protocol che
fi

# use

prefix=$tmp/prefix
make install PREFIX="$prefix" >"$tmp/log" 2>&1
ok $? "make install PREFIX=..." "$tmp/log"
for program in $programs; do
	"$prefix/bin/$program" --version 2>&1 |
		grep -q "^$program .*[0-9]" || echo "$program"
done >"$tmp/wrong"
[ ! -s "$tmp/wrong" ]
ok $? "installed programs run" "$tmp/wrong"

"$prefix/bin/smp-import" "$prefix/share/doc/smp-care/examples/bookings.csv" \
	>"$tmp/log" 2>&1
ok $? "an installed example runs" "$tmp/log"

PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
pkg=${PKG_CONFIG:-pkg-config}
"$pkg" --exists --print-errors smp >"$tmp/log" 2>&1
ok $? "pkg-config knows smp" "$tmp/log"
[ "$("$pkg" --modversion smp 2>&1)" = "$(sed -n 's/^VERSION = //p' Makefile)" ]
ok $? "pkg-config knows its version"

sanitize=
if grep -q __asan_init "$prefix/lib/libsmp.a" 2>/dev/null; then
	sanitize=-fsanitize=address,undefined
fi
# shellcheck disable=SC2046,SC2086
${CC:-cc} -std=c11 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L $sanitize \
	-o "$tmp/library" "$prefix/share/doc/smp-care/examples/library.c" \
	$("$pkg" --cflags --libs --static smp) >"$tmp/log" 2>&1
ok $? "the example is built with what pkg-config says" "$tmp/log"
{
	echo '{"id": "jo", "timeZone": "UTC", "sessions": ["2026-12-01T10:00"]}'
	echo '{"id": 1}'
} | "$tmp/library" 2026-12-05 swimming >"$tmp/log" 2>&1
[ $? = 3 ] && grep -q '^jo: Day 4 after session 1: ' "$tmp/log" &&
	grep -qx '  swim: no' "$tmp/log" &&
	grep -qx '  next: 2027-01-05T10:00:00' "$tmp/log" &&
	grep -q '^library: line 2: id: ' "$tmp/log"
ok $? "it reads plans, and tells care, verdict and next session" "$tmp/log"
"$tmp/library" 2026-12-05 nonesuch >"$tmp/log" 2>&1 </dev/null
[ $? = 2 ] && grep -qx 'library: no such activity: nonesuch' "$tmp/log"
ok $? "and says what it does not know" "$tmp/log"
echo '{"id": "jo", "timeZone": "UTC", "sessions": ["2026-12-01"]}' |
	"$tmp/library" 2026-12-05 swim >/dev/full 2>"$tmp/log"
[ $? = 4 ]
ok $? "and that its output was not written" "$tmp/log"

# any directory, any umask

# modes NAME: nothing in the root has others than 755 and 644
modes()
{
	find "$root" -type d ! -perm 755 -o -type f ! -perm 755 ! -perm 644 \
		>"$tmp/wrong" 2>&1
	[ -f "$root$prefix/bin/smp-may" ] && [ ! -s "$tmp/wrong" ]
	ok $? "$1" "$tmp/wrong"
}

root="$tmp/a root's \"place\""
prefix='/opt/smp & care'
for mask in 077 000; do
	(umask $mask && make install DESTDIR="$root" PREFIX="$prefix") \
		>"$tmp/log" 2>&1
	ok $? "make install into directories with spaces, umask $mask" "$tmp/log"
	modes "modes with umask $mask are those without"
	find "$root" -type f ! -path "$root$prefix/*" >"$tmp/wrong"
	[ ! -s "$tmp/wrong" ]
	ok $? "nothing is anywhere else, umask $mask" "$tmp/wrong"
	if [ $mask = 077 ]; then
		(umask 077 && make uninstall DESTDIR="$root" PREFIX="$prefix") \
			>"$tmp/log" 2>&1
		find "$root" -type f >"$tmp/wrong"
		[ ! -s "$tmp/wrong" ]
		ok $? "make uninstall from directories with spaces" "$tmp/wrong"
		rm -rf "$root"
	fi
done
PKG_CONFIG_PATH=$root$prefix/lib/pkgconfig
"$pkg" --cflags smp >"$tmp/log" 2>&1
grep -qF -e '-I/opt/smp\ \&\ care/include/smp' "$tmp/log"
ok $? "pkg-config knows such a PREFIX" "$tmp/log"
chmod 700 "$root$prefix/lib"
chmod 600 "$root$prefix/share/man/man7/smp-care.7"
make install DESTDIR="$root" PREFIX="$prefix" >"$tmp/log" 2>&1
[ -n "$(find "$root$prefix/lib" -maxdepth 0 -perm 700)" ]
ok $? "a directory that is there keeps its mode"
[ -n "$(find "$root$prefix/share/man/man7/smp-care.7" -perm 644)" ]
ok $? "a file that is there gets the right one"

grep -rlF /usr/local "$root" >"$tmp/wrong" 2>&1
[ ! -s "$tmp/wrong" ]
ok $? "with another PREFIX nothing names /usr/local" "$tmp/wrong"
docs=$prefix/share/doc/smp-care/examples
grep -qF "$docs" "$root$prefix/share/man/man7/smp-care.7" &&
	grep -qF "$prefix/bin:" "$root$prefix/share/man/man7/smp-care.7" &&
	grep -qF "$prefix/bin:" "$root$docs/delivery/crontab" &&
	grep -qF "$docs/delivery" "$root$docs/delivery/crontab"
ok $? "manuals and examples name the directories of PREFIX"
make install DESTDIR="$tmp/usual" >"$tmp/log" 2>&1
for file in man/smp-care.7 examples/delivery/crontab; do
	case $file in
	man/*) there=share/man/man7/smp-care.7 ;;
	*) there=share/doc/smp-care/$file ;;
	esac
	cmp "$file" "$tmp/usual/usr/local/$there"
done >"$tmp/wrong" 2>&1
[ ! -s "$tmp/wrong" ]
ok $? "with the usual one they are as they were" "$tmp/wrong"

# What was built is installed, whatever the environment is then.
CFLAGS=-O1 LDFLAGS=-Wl,-O1 make -n install DESTDIR="$tmp/none" \
	>"$tmp/log" 2>&1
grep -e ' -c -o ' "$tmp/log" >"$tmp/wrong"
[ $? = 1 ] && grep -q umask "$tmp/log"
ok $? "make install compiles nothing that was built" "$tmp/wrong"

root=$tmp/root

# uninstall

echo other >"$root/usr/bin/other" && mkdir -p "$root/usr/share/man/man1" &&
	echo other >"$root/usr/share/man/man1/other.1"
make uninstall DESTDIR="$root" PREFIX=/usr >"$tmp/log" 2>&1
ok $? "make uninstall" "$tmp/log"
find "$root" ! -type d ! -name other ! -name other.1 >"$tmp/wrong" 2>&1
[ -d "$root" ] && [ ! -s "$tmp/wrong" ]
ok $? "make uninstall takes all away" "$tmp/wrong"
[ -f "$root/usr/bin/other" ] && [ -f "$root/usr/share/man/man1/other.1" ]
ok $? "make uninstall leaves what is others'"
[ ! -e "$root/usr/include/smp" ] && [ ! -e "$root/usr/share/doc/smp-care" ]
ok $? "make uninstall leaves no directory of its own"
make uninstall DESTDIR="$root" PREFIX=/usr >"$tmp/log" 2>&1
ok $? "make uninstall, where there is nothing" "$tmp/log"

finish
