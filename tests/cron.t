#!/bin/sh
# The entries of examples/delivery/crontab, with an export of which not all can
# be read: what is published then, and what stays.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
bin=$(CDPATH='' cd -- "$top" && cd -- "${SMP_BIN:-bin}" && pwd) || exit 1
py=${PYTHON:-python3}
n=0

command -v "$py" >/dev/null || { echo "1..0 # SKIP no $py"; exit 0; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
mkdir bin

# The example, for this place.
sed "s|/srv/studio|$tmp|g" "$top/examples/delivery/crontab" >"$tmp/crontab"
export LC_ALL=C.UTF-8 TZ=UTC
echo '{"format": "smp-protocol/1", "id": "maple"}' >maple.json
echo 0123456789abcdef >key
cat >bin/make-plans <<END
#!/bin/sh
exec "$py" "$top/examples/csv2plans" --zone Europe/Paris --match smp export.csv
END
chmod +x bin/make-plans

# ok NAME: the status before it is 0
ok()
{
	set -- $? "$1"
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		echo "# status $status"
		sed 's/^/# /' said
	fi
}

# at HOUR: what cron does then
at()
{
	status=0
	sh -c "PATH='$bin:$(sed -n 's/^PATH=//p' crontab):$top/examples/delivery:$PATH'
		SMP_PROTOCOL='$(sed -n 's/^SMP_PROTOCOL=//p' crontab)'
		export PATH SMP_PROTOCOL
		$(sed -n "s/^$1 \(\* \)*  *//p" crontab)" >told 2>said || status=$?
}

rows()
{
	echo 'client id,date,service'
	printf '%s\n' "$@"
}

# feeds COUNT: so many have entries
feeds()
{
	[ "$(grep -l BEGIN:VEVENT feeds/*.ics | wc -l)" -eq "$1" ]
}

same()
{
	cat plans feeds/*.ics | cmp -s - before
}

today=$(date +%Y-%m-%d)
rows "a,$today,smp" "b,$today,smp" "c,$today,smp" >export.csv
at 5
[ "$status" -eq 0 ] && feeds 3 && [ ! -s said ] && [ ! -s told ]
ok "all is read: all is published, and nothing is said"
at '0 7'
[ "$status" -eq 0 ] && [ -s told ] && [ ! -s said ]
ok "in the morning: what the day brings"

printf '#!/bin/sh\nprintf "%%s\\\\n" a b c d\n' >bin/make-ids
chmod +x bin/make-ids
rows "a,2027-03-01,smp" 'b,soon,smp' "d,$today,smp" >export.csv
at 5
[ "$status" -eq 3 ] && feeds 4 &&
	grep -q 20270301 feeds/*.ics && [ "$(wc -l <plans)" -eq 2 ]
ok "a row that cannot be read: the others are published, none is withdrawn"
grep -q "^csv2plans: export.csv:3: .*'b' is left out" said &&
	grep -q 'no feed is withdrawn' said
ok "a row that cannot be read: is said"
printf '#!/bin/sh\necho a; echo d\n' >bin/make-ids
at 5
[ "$status" -eq 3 ] && feeds 4
ok "a row that cannot be read: not even who is in no list is withdrawn"

cat plans feeds/*.ics >before
while IFS='|' read -r wanted content what; do
	printf '%b' "$content" >export.csv
	at 5
	[ "$status" -eq "$wanted" ] && same && [ -s said ]
	ok "$what: nothing changes, and that is said"
done <<'END'
1|client id,date,service\n|no rows
1|client id,date,service\na,2027-03-01,wash\n|nothing matches
3|client id,date,service\na,soon,smp\n|no row can be read
4|<html>\n|a web page
2|who,when\na,2027-03-01\n|other columns
END
rm export.csv
at 5
[ "$status" -eq 4 ] && same
ok "no export: nothing changes"

rows "a,2027-03-02,smp" "d,$today,smp" >export.csv
printf '#!/bin/sh\necho a; exit 1\n' >bin/make-ids
at 5
[ "$status" -eq 3 ] && feeds 4 && grep -q 20270302 feeds/*.ics
ok "a list of ids that is not whole: all is published, none is withdrawn"
printf '#!/bin/sh\necho a; echo d\n' >bin/make-ids
at 5
[ "$status" -eq 0 ] && feeds 2
ok "all is read, and the list is whole: who is not in it is withdrawn"
printf nothing >maple.json
cat plans feeds/*.ics >before
at 5
[ "$status" -eq 2 ] && same
ok "a protocol that is none: nothing changes"
find . -name '.publish-plans*' | grep . >said && status=left
[ ! -s said ]
ok "nothing is left behind"
echo "1..$n"
