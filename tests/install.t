#!/bin/sh
# make install puts everything where it belongs, what is there can be used,
# and make uninstall takes away that and nothing else.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
n=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# ok STATUS NAME [FILE]: the file says why it is not
ok()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ -z "${3-}" ] || sed 's/^/# /' "$3" | head -n 20
	fi
}

skip()
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

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
for file in examples/*.* examples/csv2plans examples/*/*; do
	mode=644
	[ ! -x "$file" ] || mode=755
	there $mode "usr/share/doc/smp-care/$file"
done
there 644 usr/lib/libsmp.a
there 644 usr/lib/pkgconfig/smp.pc
for header in base/buf base/err base/mem time/civil time/hours time/window \
	protocol/protocol plan/plan plan/stream care/care \
	series/series studio/studio \
	answer/answer write/write; do
	there 644 "usr/include/smp/$header.h"
done

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

# A public header gets along with the headers installed beside it.
for file in "$root"/usr/include/smp/*/*.h; do
	sed -n 's/^#include "\(.*\)"$/\1/p' "$file" | while read -r header; do
		[ -f "$root/usr/include/smp/$header" ] ||
			echo "${file#"$root"/}: $header"
	done
done >"$tmp/wrong"
[ ! -s "$tmp/wrong" ]
ok $? "all that the headers include is installed" "$tmp/wrong"
for file in "$root"/usr/include/smp/*/*.h; do
	name=${file#"$root"/usr/include/smp/}
	echo "#include \"$name\"" >"$tmp/$(echo "$name" | tr / -).c"
done
${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -D_POSIX_C_SOURCE=200809L \
	-I "$root/usr/include/smp" -fsyntax-only "$tmp"/*.h.c >"$tmp/log" 2>&1
ok $? "each compiles alone, without the headers of other libraries" "$tmp/log"

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

PATH=$prefix/bin:$PATH "$prefix/share/doc/smp-care/examples/csv2plans" \
	"$prefix/share/doc/smp-care/examples/bookings.csv" >"$tmp/log" 2>&1
ok $? "an installed example runs" "$tmp/log"

PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
pkg=${PKG_CONFIG:-pkg-config}
"$pkg" --exists --print-errors smp >"$tmp/log" 2>&1
ok $? "pkg-config knows smp" "$tmp/log"
[ "$("$pkg" --modversion smp 2>&1)" = "$(sed -n 's/^VERSION = //p' Makefile)" ]
ok $? "pkg-config knows its version"

cat >"$tmp/use.c" <<'END'
#include <stdio.h>

#include "protocol/protocol.h"

int
main(void)
{
    struct smp_err err = {0};
    struct smp_protocol *protocol = smp_protocol_load(NULL, NULL, 0, NULL, &err);

    printf("%s\n", protocol ? protocol->id : smp_buf_text(&err.text));
    smp_protocol_free(protocol);
    return 0;
}
END
sanitize=
if grep -q __asan_init "$prefix/lib/libsmp.a" 2>/dev/null; then
	sanitize=-fsanitize=address,undefined
fi
# shellcheck disable=SC2046,SC2086
${CC:-cc} -std=c11 -Wall -Werror $sanitize -o "$tmp/use" "$tmp/use.c" \
	$("$pkg" --cflags --libs --static smp) >"$tmp/log" 2>&1
ok $? "a program is built with what pkg-config says" "$tmp/log"
got=$("$tmp/use" 2>&1)
[ "$got" = smp ]
ok $? "and runs"

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

echo "1..$n"
