#!/bin/sh
# The entries of examples/delivery/crontab, with an export of which not all can
# be read: what is published then, and what stays.
. "$(dirname -- "$0")/prelude.sh"
needs "$py"
cd "$tmp" || exit 1
evidence=said

mkdir bin

# The example, for this place.
sed "s|/srv/studio|$tmp|g" "$top/examples/delivery/crontab" >"$tmp/crontab"
echo '{"format": "smp-protocol/1", "id": "maple"}' >maple.json
echo 0123456789abcdef >key && chmod 600 key
cat >bin/make-plans <<END
#!/bin/sh
exec "$py" "$top/examples/csv2plans" --zone Europe/Paris --match smp export.csv
END
chmod +x bin/make-plans

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
rows "a,$today,smp" "b,$today,smp" "c,$today,smp" >export.csv
at 5
[ "$status" -eq 0 ] && feeds 3 && [ ! -s said ] && [ ! -s told ]
ok $? "all is read: all is published, and nothing is said"
at '0 7'
[ "$status" -eq 0 ] && [ -s told ] && [ ! -s said ]
ok $? "in the morning: what the day brings"

printf '#!/bin/sh\nprintf "%%s\\\\n" a b c d\n' >bin/make-ids
chmod +x bin/make-ids
rows "a,2027-03-01,smp" 'b,soon,smp' "d,$today,smp" >export.csv
at 5
[ "$status" -eq 3 ] && feeds 4 &&
	grep -q 20270301 feeds/*.ics
ok $? "a row that cannot be read: the others are published, none is withdrawn"
grep -q "^csv2plans: export.csv:3: .*'b' is left out" said &&
	grep -q 'no feed is withdrawn' said
ok $? "a row that cannot be read: is said"
[ "$(grep -c 2027-03-01 plans) $(grep -c "$today" plans)" = '1 3' ]
ok $? "a row that cannot be read: who has no plan keeps the last one"
morning 'b c d'
ok $? "a row that cannot be read: and is in the morning's message"
printf '#!/bin/sh\necho a; echo d\n' >bin/make-ids
at 5
[ "$status" -eq 3 ] && feeds 4
ok $? "a row that cannot be read: not even who is in no list is withdrawn"

cat plans feeds/*.ics >before
while IFS='|' read -r wanted content what; do
	printf '%b' "$content" >export.csv
	at 5
	[ "$status" -eq "$wanted" ] && same && [ -s said ]
	ok $? "$what: nothing changes, and that is said"
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
ok $? "no export: nothing changes"

rows "a,2027-03-02,smp" "d,$today,smp" >export.csv
printf '#!/bin/sh\necho a; exit 1\n' >bin/make-ids
at 5
[ "$status" -eq 3 ] && feeds 4 && grep -q 20270302 feeds/*.ics
ok $? "a list of ids that is not whole: all is published, none is withdrawn"
printf '#!/bin/sh\necho a; echo d\n' >bin/make-ids
at 5
[ "$status" -eq 0 ] && feeds 2
ok $? "all is read, and the list is whole: who is not in it is withdrawn"
printf nothing >maple.json
cat plans feeds/*.ics >before
at 5
[ "$status" -eq 2 ] && same
ok $? "a protocol that is none: nothing changes"

# who else may read it, and runs that are killed

mode()
{
	[ "$(stat -c %a "$2")" = "$1" ]
}

echo '{"format": "smp-protocol/1", "id": "maple"}' >maple.json
rm -r feeds plans bin/make-ids
echo '{"id":"a","timeZone":"UTC","sessions":["2027-01-01"]}' >plans
chmod 644 plans
mkdir .publish-plans.4711
plan()
{
	printf '{"id":"%s","timeZone":"UTC","sessions":["%s"]}\n' "$1" "$2"
}
printf '#!/bin/sh\ncat now\n' >bin/make-plans
{
	plan a "$today"
	plan b "$today"
	plan c "$today"
} >now
at 5
[ "$status" -eq 0 ] && mode 600 plans && cmp -s now plans &&
	[ -z "$(find feeds -name '*.ics' ! -perm 644)" ]
ok $? "plans are nobody else's to read, feeds are served"
[ ! -e .publish-plans.4711 ]
ok $? "what a run of before that was killed has left is removed"

cp now good
head -n 1 good >now
at 5
[ "$status" -eq 0 ] && morning 'a b c' && feeds 3
ok $? "a list cut at the end of a line: plans and feeds of others stay"
printf '#!/bin/sh\nprintf "%%s\\n" a b c\n' >bin/make-ids
chmod +x bin/make-ids
at 5
[ "$status" -eq 3 ] && grep -q 'b, c: missing' said && morning 'a b c'
ok $? "a list cut at the end of a line: is said if there is a list of ids"
printf %s "$(head -n 2 good)" >now
at 5
[ "$status" -eq 3 ] && grep -q 'newline' said && morning 'a b c'
ok $? "a list cut before the end of a line: is said"
while IFS='|' read -r line what; do
	{
		plan a "$today"
		printf '%s\n' "$line"
		plan c 2027-05-05
	} >now
	cp good plans
	at 5
	[ "$status" -eq 3 ] && grep -q b said && morning 'a b' && feeds 3 &&
		grep -q 20270505 feeds/*.ics
	ok $? "$what: the client's last good plan stays"
done <<'END'
{"id":"b","timeZone":"Nowhere","sessions":["2027-02-02"]}|a plan that is none
{"id":"b","timeZone":"UTC","sessions":["2027-02-02"],"items":7}|items that are none
{"id":"b","timeZone":"UTC","sessions":[{"start":"2027-02-02","uid":"x"},{"start":"2027-03-02","uid":"x"}]}|a plan that cannot be published
END
{
	plan a "$today"
	plan b "$today"
	plan a 2027-05-05
	plan c "$today"
} >now
at 5
[ "$status" -eq 3 ] && morning 'a b c' && [ "$(wc -l <plans)" -eq 3 ]
ok $? "two plans of one client: the one that is published stays"
cp good now
printf '#!/bin/sh\necho a; echo b\n' >bin/make-ids
head -n 2 good >now
at 5
[ "$status" -eq 0 ] && cmp -s now plans
ok $? "who is no client: the plan goes with the feed"
rm bin/make-ids

plan a 2027-05-06 >now
cat plans feeds/*.ics >before
for option in --dry-run --help -V; do
	PATH=$bin:$top/examples/delivery:$tmp/bin:$PATH \
		publish-plans "$option" >told 2>said
	status=$?
	[ "$status" -eq 0 ] && [ -s told ] && same
	ok $? "$option: plans and feeds stay"
done
PATH=$bin:$top/examples/delivery:$tmp/bin:$PATH publish-plans --rejects bad \
	>told 2>said
status=$?
[ "$status" -eq 2 ] && [ -s said ] && same && [ ! -e bad ]
ok $? "--rejects, by which plans that are rejected are known: cannot be used"

# started: make-plans has written what it has
started()
{
	tries=0
	until [ -s .publish-plans.tmp/new ] || [ "$tries" -eq 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
}

# Two runs, of which the first takes longer, and one that is killed.
cat >bin/make-plans <<'END'
#!/bin/sh
cat now
[ ! -e slow ] || while [ ! -e go ]; do sleep 0.1; done
END
plan a 2027-06-01 >now
touch slow
at 5 &
first=$!
started
mode 700 .publish-plans.tmp && mode 600 .publish-plans.tmp/new
ok $? "what a run works with is nobody else's to read"
rm slow
plan a 2027-06-02 >now
at 5 &
sleep 0.3
touch go
wait "$first" && wait $!
grep -q 2027-06-02 plans && grep -q 20270602 feeds/*.ics
ok $? "two runs at once: the newer plan wins"
rm go
touch slow
sh -c "exec 8>&-; PATH=$bin:$top/examples/delivery:$tmp/bin:$PATH
	exec publish-plans" >/dev/null 2>&1 &
started
kill -9 $!
wait $! 2>/dev/null
rm slow
touch go
[ -e .publish-plans.tmp ]
ok $? "a run is killed"
at 5
[ "$status" -eq 0 ]
ok $? "the next one works"
printf '#!/bin/sh\nhead -n 1; kill -9 $$\n' >bin/smp-precare
chmod +x bin/smp-precare
cp good plans
PATH=$tmp/bin:$PATH
status=0
sh -c "PATH=$tmp/bin:$bin:$PATH
	$(sed -n "s/^0 7 \(\* \)*  *//p" crontab)" >told 2>said
grep -q 'some may be missing' said
ok $? "in the morning: the first program of the pipeline fails: is said"
rm bin/smp-precare
find . -name '.publish-plans*' | grep . >said && status=left
[ ! -s said ]
ok $? "nothing is left behind"
finish
