#!/bin/sh
# The entries of examples/delivery/crontab, with an export of which not all can
# be read: what is published then, and what stays.
. "$(dirname -- "$0")/prelude.sh"
cd "$tmp" || exit 1
evidence=said

# The example, for this place.
sed "s|/srv/studio|$tmp|g" "$top/examples/delivery/crontab" >"$tmp/crontab"
echo '{"format": "smp-protocol/1", "id": "maple"}' >maple.json
echo 0123456789abcdef >key && chmod 600 key

# at HOUR: what cron does then
at()
{
	status=0
	sh -c "PATH='$bin:$(sed -n 's/^PATH=//p' crontab):$PATH'
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

# morning IDS: the message at seven is about these clients
morning()
{
	at '0 7'
	[ "$(grep -x . told | sort | xargs)" = "$1" ]
}

same()
{
	cat plans feeds/*.ics | cmp -s - before
}

today=$(date +%Y-%m-%d)
rows "a,$today,smp" "b,$today,smp" "c,$today,smp" "d,$today,wash" >export.csv
at 5
[ "$status" -eq 0 ] && feeds 3 && [ ! -s said ] && [ ! -s told ]
ok $? "all is read: all is published, and nothing is said"
[ "$(stat -c %a plans)" = 600 ]
ok $? "plans are nobody else's to read"
morning 'a b c'
ok $? "at seven: all clients of the day"
cat plans feeds/*.ics >before
at 5
[ "$status" -eq 0 ] && same && [ ! -s said ]
ok $? "once more: nothing changes"

rows "a,2027-03-02,smp" "b,soon,smp" "c,$today,smp" >export.csv
at 5
grep -q '^smp-import: export.csv:3: column "date": ' said && feeds 3 &&
	grep -q 20270302 feeds/*.ics
ok $? "a row that broke today: is said, the others are published"
morning 'b c'
ok $? "at seven: its client is not missed"
rows "a,2027-03-02,smp" "c,$today,smp" >export.csv
at 5
grep -q 'b: session 1 is no longer in the export: kept' said && feeds 3
ok $? "a row that is gone: its appointment is kept, and that is said"
at 5
[ ! -s said ]
ok $? "... once"

while IFS='|' read -r content what; do
	cat plans feeds/*.ics >before
	printf '%b' "$content" >export.csv
	at 5
	same && [ -s said ]
	ok $? "$what: nothing changes, and that is said"
done <<'END'
client id,date,service\n|no rows
client id,date,service\na,2027-03-01,wash\n|nothing matches
client id,date,service\na,soon,smp\nc,soon,smp\n|no row can be read
<html>\n|a web page
who,when\na,2027-03-01\n|other columns
END
rm export.csv
at 5
same && [ -s said ]
ok $? "no export: nothing changes"
rows "a,2027-03-02,smp" "c,$today,smp" >export.csv
printf nothing >maple.json
at 5
[ "$status" -eq 2 ] && same
ok $? "a protocol that is none: nothing changes"

unit=$top/examples/delivery/studio-feeds.service
sed -n "s/^ExecStart=-*\/bin\/sh -c '\(.*\)'/\1/p" "$unit" | paste -s -d ';' - |
	sed 's/;/; /' >commands
sed -n 's/^5 .*studio && //p' "$top/examples/delivery/crontab" | cmp -s - commands
ok $? "systemd runs what cron does"
finish
