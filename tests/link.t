#!/bin/sh
# What the programs are linked with. If there is an archive of libical, no
# program loads ICU at its start, and a note in the program names what it loads
# later; with STATIC=no a program loads everything at its start. Then how make
# finds that out, and what it makes anew when.
. "$(dirname -- "$0")/prelude.sh"
cd "$top" || exit 1

case $(${CC:-cc} -print-file-name=libical.a) in
/*) wanted=${STATIC-yes} ;;
*) wanted= ;;
esac

programs=$(sed -n 's/.*"\(smp-[a-z]*\)".*/\1/p' src/tool/programs.c | sort -u)
for program in $programs; do
	if [ "$(head -c 2 "$bin/$program")" = '#!' ]; then
		skip "$program" "it runs under another"
		continue
	fi
	needed=$(readelf -d "$bin/$program" 2>/dev/null)
	if [ "$wanted" = yes ]; then
		echo "$needed" | grep -q 'NEEDED.*lib\(ical\|icu\|stdc++\)'
		[ $? = 1 ]
		ok $? "$program starts without ICU"
		imports=$(nm -D "$bin/$program" | grep -c ' U dlopen')
		noted=$(readelf -p .note.dlopen "$bin/$program" 2>/dev/null |
			grep -c '"soname":\["lib[a-z0-9]*\.so\.')
		[ "$imports" -le "$noted" ]
		ok $? "$program notes what it loads later"
	fi
	echo "$needed" | grep -q 'FLAGS_1.*PIE'
	ok $? "$program is position-independent"
done

plain=
if [ "$bin" = bin ] && [ "$wanted" = yes ] && [ -f build/config.mk ]; then
	plain=yes
fi

# A library that is there but cannot be loaded.
if [ "$plain" = yes ] && readelf -p .note.dlopen bin/smp-faq >"$tmp/note" \
	2>/dev/null && grep -q stemmer "$tmp/note"; then
	mkdir "$tmp/broken"
	echo broken >"$tmp/broken/$(sed -n \
		's/.*"\(libstemmer[^"]*\)".*/\1/p' "$tmp/note")"
	LD_LIBRARY_PATH=$tmp/broken bin/smp-faq xyzzy >"$tmp/out" 2>"$tmp/err"
	[ $? = 4 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" = 1 ] &&
		grep -q '^smp-faq: cannot use a library: .*libstemmer' "$tmp/err"
	ok $? 'a library that cannot be loaded ends the program' "$tmp/err"
fi

# As packagers link: the same objects, everything at the start.
shared()
{
	# shellcheck disable=SC2046,SC2086 # objects and libraries are words
	${CC:-cc} -pie -Wl,--as-needed -o "$tmp/shared/$1" "build/src/$1.o" \
		build/src/link/memory.o $2 build/tool.a build/smp.a \
		$(sed -n 's/^LINKED = //p' "$tmp/shared/config.mk") \
		>"$tmp/out" 2>"$tmp/err"
	ok $? "$1 can be linked with shared libraries" "$tmp/err"
	readelf -d "$tmp/shared/$1" | grep -q "NEEDED.*$3" &&
		! nm -D "$tmp/shared/$1" | grep -q ' U dlopen' &&
		! readelf -S "$tmp/shared/$1" | grep -q dlopen
	ok $? "it loads nothing later"
}

# same PROGRAM ARGUMENT... : the one of each kind says the same.
same()
{
	program=$1
	shift
	"bin/$program" "$@" >"$tmp/out" 2>&1
	echo $? >>"$tmp/out"
	"$tmp/shared/$program" "$@" >"$tmp/err" 2>&1
	echo $? >>"$tmp/err"
	[ "$(wc -l <"$tmp/out")" -gt 3 ] && cmp -s "$tmp/out" "$tmp/err"
	ok $? "and says the same" "$tmp/err"
}

if [ "$plain" = yes ]; then
	make BUILD="$tmp/shared" STATIC=no "$tmp/shared/config.mk" \
		>"$tmp/out" 2>"$tmp/err"
	ok $? 'make STATIC=no' "$tmp/err"
	shared smp-faq '' libstemmer
	same smp-faq 'is there hurting when I swimm'
	shared smp-schedule "$(printf 'build/%s ' src/schedule/*.c |
		sed 's/\.c /.o /g')" libical
	same smp-schedule -z America/Toronto --open 'Mo-Su 09:00-18:00' \
		--busy tests/calendars/rules.ics 2026-12-01T10:00
fi

# Builds by a compiler that compiles nothing: what configure asks goes to the
# real one, and what make asks into a list.

unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS LDLIBS LACKS
real=${CC:-cc}
real_config=${PKG_CONFIG:-pkg-config}
unset CC PKG_CONFIG
TMPDIR=$tmp
export TMPDIR
build=$tmp/build
made=$tmp/made

# By the name of cross its programs do not run here.
cat >"$tmp/cc" <<END
#!/bin/sh
for word; do
	[ "\${before-}" != -o ] || out=\$word
	before=\$word
done
case " \$* " in
*" \${LACKS:-,,} "*) exit 1 ;;
esac
case "\${0##*/},\${out-}" in
cross,*/main)
	echo >"\$out" ;;
*,$build/link/* | *,$tmp/tmp.* | *,)
	exec $real "\$@" ;;
*,*/tables | *,*/completion)
	printf '#!/bin/sh\necho "/* by %s */"; exit %s\n' "\${0##*/}" \
		"\${BROKEN:-0}" >"\$out"
	chmod +x "\$out"
	echo "\${0##*/} \$*" >>"$made" ;;
*)
	echo made >"\$out"
	echo "\${0##*/} \$*" >>"$made" ;;
esac
END
cat >"$tmp/ar" <<END
#!/bin/sh
case \$2 in
$build/link/*) exec ar "\$@" ;;
esac
echo made >"\$2"
echo "ar \$*" >>"$made"
END
# LACKS is a module that it does not know, or a library.
cat >"$tmp/pkg-config" <<END
#!/bin/sh
case "\$*," in
*"\${LACKS:-,,}"*) exit 1 ;;
*--libs*) printf '%s ' -L$tmp/lib ;;
esac
exec $real_config "\$@"
END
chmod +x "$tmp/cc" "$tmp/ar" "$tmp/pkg-config"
ln -s cc "$tmp/cross"
ln -s cc "$tmp/other"
mkdir "$tmp/lib" "$tmp/include" "$tmp/gnu"

# Of the sources a few, plainly; arguments may say otherwise.
make_few()
{
	: >"$made"
	make CC="$tmp/cc" AR="$tmp/ar" OBJCOPY=: PKG_CONFIG="$tmp/pkg-config" \
		BUILD="$build" BIN="$build/bin" LIBSMP="$build/libsmp.a" \
		LIB_SOURCES='lib/base/buf.c lib/base/err.c' \
		TOOL_SOURCES=src/tool/message.c SCHEDULE_SOURCES= \
		STATIC=no IF_KNOWN= "$@" >"$tmp/out" 2>"$tmp/err"
}

# build NAME ARGUMENT... passes if make does.
build()
{
	label=$1
	shift
	make_few "$@"
	ok $? "$label" "$tmp/err"
}

# How many objects the last build made, and the lines of those linked.
objects()
{
	grep -c -e ' -c ' "$made"
}
links()
{
	grep -e "-o $build/bin/" "$made"
}

# stops NAME LACKING ARGUMENT... : before it compiles, and says what it lacks.
stops()
{
	label=$1
	lacking=$2
	shift 2
	make_few "$@"
	[ $? = 2 ] && [ ! -s "$made" ] && grep -qF -e "$lacking" "$tmp/err" &&
		grep -q 'examples/install-deps' "$tmp/err"
	ok $? "$label" "$tmp/err"
}

stops 'make without pkg-config stops and says so' 'missing: nonesuch' \
	PKG_CONFIG=nonesuch
stops 'without any library' \
	'missing: libcjson libutf8proc libsodium libical libqrencode' \
	PKG_CONFIG=false
stops 'and that pkg-config fails' 'PKG_CONFIG (false) does not work here' \
	PKG_CONFIG=false
for module in libcjson libutf8proc libsodium libical libqrencode -lstemmer; do
	LACKS=$module
	export LACKS
	stops "without $module" "missing: $module"
done
unset LACKS
for header in qrencode.h xxhash.h libstemmer.h; do
	echo '#error' >"$tmp/include/$header"
	stops "without $header" "missing: $header" CPPFLAGS="-I$tmp/include"
	rm "$tmp/include/$header"
done
stops 'without a compiler' 'missing: nonesuch' CC=nonesuch
stops 'with a compiler that does not work' nosuchflag CFLAGS=-nosuchflag
for goal in clean lint uninstall; do
	make -n "$goal" PKG_CONFIG=false CC=false BUILD="$build" \
		>"$tmp/out" 2>"$tmp/err"
	ok $? "make $goal needs no library" "$tmp/err"
done

build 'after all that, make works' STATIC=yes
[ "$(objects)" -gt 10 ] && links | grep -q -e 'smp-may.*cjson.*sodium.*ical'
ok $? 'and links the libraries' "$made"
all=$(objects)
build 'make again' STATIC=yes
[ ! -s "$made" ]
ok $? 'makes nothing' "$made"

# anew NAME ARGUMENT... : all is compiled and linked again, and then rests.
anew()
{
	label=$1
	shift
	make_few "$@" && [ "$(objects)" = "$all" ] && [ "$(links | wc -l)" -gt 5 ]
	ok $? "$label: all is made anew" "$made"
}

anew STATIC=no STATIC=no
links | grep -q later.a
[ $? = 1 ]
ok $? 'no archive of a library is linked' "$made"
anew CFLAGS CFLAGS=-g1
grep -e ' -c ' "$made" | grep -v -q -e ' -O2 .*-g1'
[ $? = 1 ]
ok $? '-O2 is added' "$made"
# shellcheck disable=SC2089,SC2090 # the shell of make reads the quotes
{
	CFLAGS='-Og -DTWO="1 2"'
	export CFLAGS
}
anew 'CFLAGS of the environment'
[ "$(grep -c -e '-Og -DTWO=1 2' "$made")" -ge "$all" ]
ok $? 'they count' "$made"
grep -q -e -O2 "$made"
[ $? = 1 ]
ok $? 'and -O2 is not added' "$made"
unset CFLAGS
LDFLAGS=-Wl,-O1
export LDFLAGS
anew 'LDFLAGS of the environment'
[ "$(links | grep -c -e -Wl,-O1)" -gt 5 ]
ok $? 'they count' "$made"
unset LDFLAGS
CC=$tmp/other
export CC
anew CC CC="$tmp/other"
unset CC
PYTHON=of-the-environment make -n check 2>/dev/null | grep -q of-the-environ
ok $? 'PYTHON of the environment counts'
build 'make as at first'
echo '#include_next <xxhash.h>' >"$tmp/include/xxhash.h"
anew 'a header found elsewhere' CPPFLAGS="-I$tmp/include"
echo '/* newer */' >>"$tmp/include/xxhash.h"
anew 'a newer header' CPPFLAGS="-I$tmp/include"
build 'make as at first'
archive=$($real -print-file-name=libsodium.a)
case $archive in
/*)
	cp "$archive" "$tmp/lib"
	anew 'a library found elsewhere' STATIC=yes
	links | grep -q -e " [^ ]*$tmp/lib/libsodium.a"
	ok $? 'pkg-config says which archive is linked' "$made"
	echo newer >>"$tmp/lib/libsodium.a"
	build 'make as packagers do'
	echo newer >>"$tmp/lib/libsodium.a"
	anew 'a newer library'
	rm "$tmp/lib/libsodium.a" ;;
esac

build 'make without one source' LIB_SOURCES=lib/base/buf.c
grep -q "^ar .*/smp.a .*/buf.o" "$made" &&
	! grep -q "^ar .*/smp.a .*/err.o" "$made" &&
	[ "$(links | wc -l)" -gt 5 ]
ok $? 'the library is made anew, and what is linked with it' "$made"

# Programs that run during the build.

build 'make for another machine' CC="$tmp/cross" CC_FOR_BUILD="$tmp/cc"
grep -q "^cc .*-o $build/native/tables" "$made" && grep -q by.cc \
	"$build/protocols.c" && [ "$(grep -c '^cross.* -c ' "$made")" -gt 10 ]
ok $? 'CC_FOR_BUILD makes what runs here, CC all else' "$made"
grep -q '^cross.* -o [^ ]*/tables ' "$made"
[ $? = 1 ]
ok $? 'and CC nothing that runs here' "$made"
rm -rf "$build"
BROKEN=1 make_few "$build/protocols.c"
[ $? = 2 ] && [ ! -e "$build/protocols.c" ]
ok $? 'a generator that fails leaves nothing half made' "$tmp/err"
rm -rf "$build"

# The generated sources are the same for machines of another size.
here=build/protocols.c
echo >"$tmp/gnu/stubs-32.h"
size_on()
{
	$real "$1" -I"$tmp" -Ilib -idirafter \
		"/usr/include/$($real -print-multiarch)" -w -c \
		-o "$tmp/$1.o" "$here" 2>/dev/null &&
		readelf -sW "$tmp/$1.o" | awk '/ numbers_default$/ { print $3 }'
}
size64=$(size_on -m64) && size32=$(size_on -m32)
if [ -n "${size64-}" ] && [ -n "${size32-}" ]; then
	[ "$size32" -gt 0 ] && [ "$size32" = "$size64" ]
	ok $? 'a protocol is as large on 32 bits'
else
	skip "a protocol on 32 bits" "$real compiles only for this size"
fi

# The real compiler, with what distributions say of _FORTIFY_SOURCE.

# quiet NAME ARGUMENT... : no warning.
quiet()
{
	label=$1
	shift
	make BUILD="$build" STATIC=no "$build/lib/base/buf.o" "$@" \
		>"$tmp/out" 2>"$tmp/err" && [ ! -s "$tmp/err" ]
	ok $? "$label: no warning" "$tmp/err"
}

quiet 'as it comes'
grep -q -e '-D_FORTIFY_SOURCE=[23]' "$tmp/out" &&
	grep -q -e '-fstack-clash-protection' "$tmp/out"
ok $? 'and hardened' "$tmp/out"
quiet 'a compiler that has it already' CC="$real -D_FORTIFY_SOURCE=2"
quiet 'dpkg-buildflags' CPPFLAGS='-Wdate-time -D_FORTIFY_SOURCE=2' \
	CFLAGS='-O2 -fstack-protector-strong' LDFLAGS=-Wl,-z,relro
grep -q -e '-U_FORTIFY_SOURCE' -e '_FORTIFY_SOURCE=3' "$tmp/out"
[ $? = 1 ] && grep -q -e '-fstack-clash-protection' "$tmp/out"
ok $? 'which have the last word, and the rest is there' "$tmp/out"
quiet 'rpm' CFLAGS='-O2 -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=3'
quiet 'no optimization' CFLAGS='-O0'
quiet 'link-time optimization' CFLAGS='-O2 -flto'
rm -rf "$build"

# What a newcomer sees while that goes on.

mkdir "$tmp/path" "$tmp/away"
cat >"$tmp/path/make" <<'END'
#!/bin/sh
for i in 0 1 2 3 4 5; do
	printf 'cc -c -o %s.o\n' 0 1 2 3 4 5 6 7 8 9
done
exit 2
END
cat >"$tmp/path/apt-get" <<'END'
#!/bin/sh
for i in 0 1 2; do
	printf 'Unpacking package-%s (1.0) ...\n' 0 1 2 3 4 5 6 7 8 9
done
exit 100
END
printf '#!/bin/sh\nexec "$@"\n' >"$tmp/path/sudo"
printf '#!/bin/sh\nexit 1\n' >"$tmp/path/pkg-config"
chmod +x "$tmp/path"/*
(cd "$tmp/away" && PATH=$tmp/path:$PATH "$top/examples/install-deps") \
	>"$tmp/out" 2>"$tmp/err"
status=$?
if grep -q "packages are not known" "$tmp/err"; then
	skip install-deps "it knows no packages here"
else
	[ $status = 1 ] && grep -q 'installing: .*libical' "$tmp/err" &&
		grep -q 'apt-get update' "$tmp/err" &&
		grep -q '20 packages' "$tmp/err" && [ ! -s "$tmp/out" ]
	ok $? "install-deps says what it does, and that it failed" "$tmp/err"
fi
rm "$tmp/path/pkg-config"
(cd "$tmp/away" && PATH=$tmp/path:$PATH "$top/examples/quickstart" \
	--no-install) >"$tmp/out" 2>"$tmp/err"
status=$?
[ $status != 0 ] && grep -q '50 of some [0-9]* files' "$tmp/err" &&
	[ ! -s "$tmp/out" ]
ok $? "quickstart says how far make is, and ends where make fails" "$tmp/err"

finish
