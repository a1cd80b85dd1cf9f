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

finish
