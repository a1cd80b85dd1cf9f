#!/bin/sh
# What the programs are linked with: where there is an archive of libical, none
# of them pays for ICU at its start, and all can be loaded anywhere.
set -u
bin=${SMP_BIN:-bin}
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
n=0

# ok STATUS NAME
ok()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

case $(${CC:-cc} -print-file-name=libical.a) in
/*) wanted=${STATIC-yes} ;;
*) wanted= ;;
esac

programs=$(sed -n 's/.*"\(smp-[a-z]*\)".*/\1/p' src/tool/programs.c | sort -u)
for program in $programs; do
	if [ "$(head -c 2 "$bin/$program")" = '#!' ]; then
		n=$((n + 1))
		echo "ok $n - $program # SKIP it runs under another"
		continue
	fi
	needed=$(readelf -d "$bin/$program" 2>/dev/null)
	if [ "$wanted" = yes ]; then
		echo "$needed" | grep -q 'NEEDED.*lib\(ical\|icu\|stdc++\)'
		[ $? = 1 ]
		ok $? "$program starts without ICU"
	fi
	echo "$needed" | grep -q 'FLAGS_1.*PIE'
	ok $? "$program is position-independent"
done

echo "1..$n"
