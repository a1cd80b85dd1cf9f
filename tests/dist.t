#!/bin/sh
# make dist: the sources and nothing that was built, the same bytes from another
# copy with other times and modes. make check-dist builds what is in it.
. "$(dirname -- "$0")/prelude.sh"
cd "$top" || exit 1

make dist BUILD="$tmp/one" >"$tmp/log" 2>&1
ok $? "make dist" "$tmp/log"
archive=$(echo "$tmp"/one/smp-care-*.tar.gz)
tar -tzf "$archive" | sed 's|^[^/]*/||' | sort >"$tmp/list"
grep -E '\.(o|a|d|pyc)$|^build/|^bin/smp|^\.git/' "$tmp/list" >"$tmp/wrong"
[ $? = 1 ]
ok $? "nothing that was built is in it" "$tmp/wrong"
if git -C "$top" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files | sort | comm -23 - "$tmp/list" >"$tmp/wrong"
	none "every file of the sources is" "$tmp/wrong"
else
	skip "every file of the sources is" "no git"
fi

mkdir "$tmp/copy"
(umask 077 && tar -xzmf "$archive" -C "$tmp/copy" --no-same-permissions &&
	cd "$tmp"/copy/* && make dist BUILD="$tmp/two") >"$tmp/log" 2>&1
cmp "$archive" "$tmp/two/${archive##*/}" >>"$tmp/log" 2>&1
ok $? "what is in it makes the same archive" "$tmp/log"

# what install-deps installs to build
awk '$1 == "build" && $4 ~ /^lib.*-dev$/ { print $4 }' examples/install-deps |
	grep -v '^libc6-dev$' >"$tmp/libraries"
control=examples/packaging/debian/control
while read -r library; do
	grep -q "^ *$library,\$" "$control" || echo "Build-Depends: $library"
	[ "$library" = libxxhash-dev ] || sed -n '/^Package: libsmp-dev/,/^$/p' \
		"$control" | grep -q " $library,\$" || echo "Depends: $library"
done <"$tmp/libraries" >"$tmp/wrong"
[ -s "$tmp/libraries" ] && [ ! -s "$tmp/wrong" ]
ok $? "Debian packages depend on all libraries" "$tmp/wrong"

finish
