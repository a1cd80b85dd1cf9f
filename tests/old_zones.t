#!/bin/sh
# Old names of time zones, such as US/Eastern, where the zone data has files for
# today's names alone and states the old ones as links: at every door where a
# name comes in.
. "$(dirname -- "$0")/prelude.sh"
cd "$tmp" || exit 1
evidence="out err"

system=${TZDIR:-/usr/share/zoneinfo}
TZDIR=$tmp/zones
export TZDIR
mkdir -p zones/America zones/Asia zones/Etc
for zone in America/New_York Asia/Kolkata Etc/UTC UTC; do
	cp -L "$system/$zone" "zones/$zone" || exit 1
done
cat >zones/tzdata.zi <<'END'
# version 2026f
L America/New_York US/Eastern
L Asia/Kolkata Asia/Calcutta
L ../secret Out
END
cp zones/UTC secret

# gives PATTERN COMMAND...: nothing is said, and the pattern is in the output
gives()
{
	pattern=$1
	shift
	"$@" >out 2>err && [ ! -s err ] && grep -q -e "$pattern" out
}

day=2026-12-01T10:00
plan='{"id":"c-1","timeZone":"US/Eastern","sessions":["2026-12-01T10:00"]}'

echo "$plan" | gives '"timeZone":"US/Eastern"' smp-precare -j
ok $? "a plan keeps the name"
echo "$plan" | gives '^DTSTART:20261201T150000Z' smp-precare -i
ok $? "and has its hours"
grep '^UID' out >old
echo "$plan" | sed 's|US/Eastern|America/New_York|' | smp-precare -i |
	grep '^UID' | cmp -s - old
ok $? "and the identities that it would have under the other name"
echo "$plan" | gives '^TZID:US/Eastern' smp-precare -i --local
ok $? "local times in a calendar have its name"
grep -q '^DTSTART;TZID=US/Eastern:20261201T100000' out &&
	grep -q '^TZOFFSETTO:-0500' out
ok $? "and what it means"

gives '^DTSTART:20261201T150000Z' smp-precare -i -z US/Eastern $day
ok $? "-z"
TZ=US/Eastern gives '^DTSTART:20261201T150000Z' smp-precare -i $day
ok $? "TZ"
TZ=:US/Eastern gives '^DTSTART:20261201T150000Z' smp-precare -i $day
ok $? "TZ with a colon"
TZ=:$tmp/zones/US/Eastern gives '^DTSTART:20261201T150000Z' \
	smp-precare -i $day
ok $? "TZ as a path in TZDIR"
TZ=/usr/share/zoneinfo/posix/Asia/Calcutta gives \
	'^DTSTART:20261201T043000Z' smp-precare -i $day
ok $? "TZ as a path in the usual directory"

mkdir studios
cat >studios/maple.json <<'END'
{"format": "smp-protocol/1", "id": "maple", "studio":
  {"timeZone": "Asia/Calcutta", "openingHours": "Tu-Sa 10:00-18:00"}}
END
gives '^DTSTART:20261201T043000Z' \
	smp-precare -i -p studios/maple.json $day
ok $? "a protocol's studio"
smp-protocol check -p studios/maple.json >out 2>err
! grep -i zone out err >/dev/null
ok $? "and its check"
sed 's/Calcutta/Kabul/' studios/maple.json >other.json
smp-protocol check -p other.json >out 2>err
grep -q 'unknown time zone: "Asia/Kabul"' out
ok $? "which looks in TZDIR too"
echo '{"id":"c-1","studio":"maple","sessions":["2026-12-01T10:00"]}' |
	gives '^DTSTART:20261201T043000Z' smp-precare -i --studios studios
ok $? "a plan's studio"

# calendar ZONE: one event, in that zone
calendar()
{
	printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:test BEGIN:VEVENT \
		UID:e-1 DTSTAMP:20260101T000000Z "SUMMARY:SMP: Jo" \
		"DTSTART;TZID=$1:20261201T100000" \
		"DTEND;TZID=$1:20261201T130000" END:VEVENT END:VCALENDAR
}

# plans: from the events of a calendar
plans()
{
	smp-import --match SMP --client 'SMP: (.*)' --now 2026-11-01T00:00:00Z
}

for zone in US/Eastern '/example.org/US/Eastern' \
	'Eastern Standard Time=America/New_York' 'Asia/Calcutta' \
	'India Standard Time=Asia/Kolkata'; do
	name=${zone#*=} name=${name#/*org/}
	calendar "${zone%=*}" | gives "\"timeZone\":\"$name\"" plans &&
		grep -q '"start":"2026-12-01T10:00:00"' out
	ok $? "an event in ${zone%=*}"
done
calendar Asia/Calcutta |
	sed 's/;TZID=[^:]*//; s/^VERSION/X-WR-TIMEZONE:Asia\/Calcutta\r\n&/' |
	gives '"timeZone":"Asia/Calcutta"' plans
ok $? "X-WR-TIMEZONE"
calendar Asia/Calcutta |
	sed 's/^BEGIN:VEVENT/BEGIN:VTIMEZONE\r\nTZID:Asia\/Calcutta\r\nEND:VTIMEZONE\r\n&/' |
	gives '"timeZone":"Asia/Calcutta"' plans
ok $? "a VTIMEZONE of that name"
calendar 'India Standard Time' | sed 's/20261201/20270105/' >busy.ics
gives '"start":"2027-01-05T07:30' smp-schedule -j -n 2 -z UTC \
	--open 'Mo-Su 04:00-12:00' --busy busy.ics 2026-12-01T04:30
ok $? "a busy calendar"

for name in Out ../secret Nowhere; do
	echo "$plan" | sed "s|US/Eastern|$name|" | smp-precare -j >out 2>err
	[ $? -eq 3 ] && [ ! -s out ] && grep -q 'unknown time zone' err
	ok $? "a plan in $name is rejected"
done
rm zones/tzdata.zi
echo "$plan" | smp-precare -j >out 2>err
[ $? -eq 3 ] && grep -q 'unknown time zone: "US/Eastern"' err
ok $? "and without links, one with an old name"
mkdir empty
TZDIR=$tmp/empty smp-precare -z America/New_York $day >out 2>err
[ $? -eq 2 ] && grep -q 'unknown time zone: "America/New_York"' err
ok $? "TZDIR has the only zones"
TZDIR='' gives '^DTSTART:20261201T150000Z' \
	smp-precare -i -z America/New_York $day
ok $? "an empty one counts as none"

finish
