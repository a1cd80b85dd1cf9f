#!/bin/sh
# examples/csv2plans: what it reads, what it refuses, and how it says so.
. "$(dirname -- "$0")/prelude.sh"
needs "$py"
cd "$tmp" || exit 1

# is STATUS NAME: $status is that, and out is as want
is()
{
	[ "$status" = "$1" ] && diff want out >wrong
	ok $? "$2" wrong err
}

# says PATTERN NAME: standard error has it
says()
{
	grep -q -e "$1" err
	ok $? "$2" err
}

# quiet NAME: standard error is empty
quiet()
{
	none "$1" err
}

# convert OPTION...: in -> out, err, status
convert()
{
	status=0
	"$py" "$top/examples/csv2plans" "$@" in >out 2>err || status=$?
}

none() { : >want; }

# one client a, with session 1 at this start
one()
{
	printf '{"id":"a","sessions":[{"number":1,"start":"%s",' "$1"
	printf '"status":"booked"}]}\n'
} >want

# the example

cp "$top/examples/bookings.csv" in
cat >want <<'END'
{"id":"c-17","name":"Field, Jo","email":"jo.field@example.org","timeZone":"America/Toronto","sessions":[{"number":1,"start":"2026-12-01T10:00:00","duration":"PT3H","status":"done","healed":"2026-12-09"},{"number":2,"start":"2027-01-05T10:00:00","duration":"PT3H","status":"booked"}]}
{"id":"c-23","name":"Sam Berg","email":"sam.berg@example.org","timeZone":"America/Toronto","sessions":[{"number":1,"start":"2026-12-02T14:00:00","duration":"PT3H","status":"done","healed":false},{"number":2,"start":"2027-01-08T14:00:00","duration":"PT3H","status":"cancelled"},{"number":3,"start":"2027-01-13T14:00:00","duration":"PT3H","status":"booked"}]}
{"id":"c-31","name":"Ana \"Nita\" Reyes","email":"ana.reyes@example.org","timeZone":"America/Toronto","sessions":[{"number":1,"start":"2027-01-12T10:00:00","duration":"PT2H30M","status":"booked"}]}
END
convert --match micropigmentation --zone America/Toronto \
	--healed "$top/examples/healed.tsv"
is 0 "the example: quoted commas, a cancelled one, healed joined in"
quiet "the example: nothing to complain of"

# columns

cat >in <<'END'
Kunde;Beginn;Uhr;Ende;Stand
a;2026-12-01;10:00;13:00;storniert
END
cat >want <<'END'
{"id":"a","sessions":[{"number":1,"start":"2026-12-01T10:00:00","duration":"PT3H","status":"cancelled"}]}
END
convert --id kunde --start beginn --start uhr --end ende --status stand \
	--cancelled storniert
is 0 "semicolons, columns and words by option, in any case"

cat >in <<'END'
Customer ID,Start,Duration,Status
a,2026-12-01 10:00,180,no-show
a,2027-01-05 10:00,2:30,Canceled
a,2027-02-09T10:00,PT3H,completed
a,2027-03-16 10:00:00,1h 45 min,whatever
END
cat >want <<'END'
{"id":"a","sessions":[{"number":1,"start":"2026-12-01T10:00:00","duration":"PT3H","status":"cancelled"},{"number":2,"start":"2027-01-05T10:00:00","duration":"PT2H30M","status":"cancelled"},{"number":3,"start":"2027-02-09T10:00:00","duration":"PT3H","status":"done"},{"number":4,"start":"2027-03-16T10:00:00","duration":"PT1H45M","status":"booked"}]}
END
convert
is 0 "durations and status words"

says "^csv2plans: in:5: .* counts as booked: 'whatever'" \
	"a status that is not known: is said"

cat >in <<'END'
Client ID,Start,Status
a,2026-12-01,NO_SHOW
a,2026-12-02,Gebucht
a,2026-12-03,Gebucht
a,2026-12-04,Confirmed
a,2026-12-05,
END
cat >want <<'END'
{"id":"a","sessions":[{"number":1,"start":"2026-12-01","status":"cancelled"},{"number":2,"start":"2026-12-02","status":"booked"},{"number":3,"start":"2026-12-03","status":"booked"},{"number":4,"start":"2026-12-04","status":"booked"},{"number":5,"start":"2026-12-05","status":"booked"}]}
END
convert
is 0 "a status that is not known counts as booked"
mv err out
echo "csv2plans: in:3: a status that is not known counts as booked: 'Gebucht'" \
	>want
is 0 "a status that is not known: is said once"
convert --booked 'Gebucht|Confirmed'
quiet "a status that --booked knows"
none
for option in id name start zone match healed cancelled 'done' booked; do
	convert "--$option" ''
	is 2 "an empty --$option"
done

cat >in <<'END'
branch,client no,first,last,day,time
n,1,Jo,Field,2026-12-01,10:00
n,2,Al,,2026-12-02,10:00
END
convert --id branch --id 'client no' --start day
is 2 "two columns for one id"
for option in cancelled 'done' booked; do
	convert --id 'client no' --start day "--$option" x
	is 2 "--$option without a column of statuses"
done
cat >want <<'END'
{"id":"1","name":"Jo Field","sessions":[{"number":1,"start":"2026-12-01T10:00:00","status":"booked"}]}
{"id":"2","name":"Al","sessions":[{"number":1,"start":"2026-12-02T10:00:00","status":"booked"}]}
END
convert --id 'client no' --name first --name last --start day --start time
is 0 "a name in two columns"

cat >in <<'END'
client,start
b,2027-01-05 10:00
a,2026-12-02 10:00
b,2026-12-01 10:00
END
cat >want <<'END'
{"id":"b","sessions":[{"number":1,"start":"2026-12-01T10:00:00","status":"booked"},{"number":2,"start":"2027-01-05T10:00:00","status":"booked"}]}
{"id":"a","sessions":[{"number":1,"start":"2026-12-02T10:00:00","status":"booked"}]}
END
convert --name client
sed 's/"name":"[ab]",//' out >out2 && mv out2 out
is 0 "clients in order of appearance, their sessions in order of time"

none
convert --id 'Client no'
is 2 "a column that is not there"
says "looked for 'Client no'; there are 'client', 'start'\$" \
	"a column that is not there: says which are"
printf 'Kunde,start\na,2026-12-01\n' >in
convert
is 2 "no usual column"
says "for --id: looked for 'client id', .*'email' or 'client'; there are" \
	"no usual column: says in words what was looked for"

for column in start status; do
	printf 'client,start,status,%s\na,2026-12-01,x,x\n' $column >in
	convert
	is 2 "a column that is there twice: $column"
	says "two columns are called '$column'" \
		"a column that is there twice: $column: is said"
done

printf 'ID,Start\na,2026-12-01 10:00\n' >in
one 2026-12-01T10:00:00
convert
is 0 "a plain id"
none
printf 'ID,Client,Start\n1,x,2026-12-01\n2,x,2027-01-05\n' >in
convert
is 2 "a plain id that is the appointment's"
says "'ID' is another in each row, .*--id id" \
	"a plain id that is the appointment's: is said"
cat >want <<'END'
{"id":"1","name":"x","sessions":[{"number":1,"start":"2026-12-01","status":"booked"}]}
{"id":"2","name":"x","sessions":[{"number":1,"start":"2027-01-05","status":"booked"}]}
END
convert --id id
is 0 "a plain id that is the client's after all"
none

printf 'client,start\na,2026-12-01 10:00\n' >in
convert --match micro
is 2 "--match without a column of services"
printf 'client,start,service\na,2026-12-01 10:00,wash\n' >in
convert --match micro
is 1 "--match that matches nothing"
says 'match' "--match that matches nothing: is said"
convert --match '('
is 2 "--match that is no expression"
convert --dates maybe
is 2 "--dates that is none"

# dates

printf 'client id,start\na,12/13/2026 1:05 PM\n' >in
one 2026-12-13T13:05:00
convert --dates us
is 0 "us dates"
printf 'client id,start\na,12/01/2026 12:00am\n' >in
one 2026-12-01T00:00:00
convert --dates us
is 0 "us dates: midnight"

one 2026-12-01T10:00:00
for date in 01.12.2026 01/12/2026 1-12-2026; do
	printf 'client id,start\na,%s 10:00\n' "$date" >in
	convert --dates eu
	is 0 "eu dates: $date"
done
printf 'client id,start\na,2026-12-01\n' >in
one 2026-12-01
convert --dates eu
is 0 "an ISO date is one everywhere, and may stand alone"

none
printf 'client id,start\na,03/04/2026 10:00\n' >in
convert
is 3 "03/04 is not guessed at"
says '^csv2plans: in:2: .*--dates' "03/04 is not guessed at: names the option"
printf 'client id,start\na,03/04/2026 10:00\nb,13/04/2026 10:00\n' >in
convert --dates us
is 2 "one date of the other style: none is written"
says 'in:3: .*--dates eu' "one date of the other style: says where"
for date in 2026-02-30 2026-12-01T25:00 2026-12-01T10:00Z 1026-12-01 soon; do
	printf 'client id,start\na,%s\n' "$date" >in
	convert
	is 3 "not a date: $date"
done

# bad rows cost their client

one 2026-12-01T10:00:00
while IFS='|' read -r row what; do
	cat >in <<-END
	client id,client,start,end,duration
	b,,2026-12-02 10:00,,
	a,,2026-12-01 10:00,,
	$row
	END
	convert
	is 3 "$what"
	says "^csv2plans: in:4: .*client 'b' is left out" "$what: is said"
done <<'END'
b,,,,|no start
b,,2027-01-05 10:00,09:00,|an end before the start
b,,2027-01-05 10:00,,3|a length of three what
b,,2027-01-05 10:00,,long|a length that is none
b,,2026-12-02 10:00,,|two at the same time
b,2027-01-05 10:00|too few cells
b,,2027-01-05, 10:00,,|too many cells
END
printf 'client id,start\n,2026-12-02\na,2026-12-01 10:00\n' >in
convert
is 3 "no client"
says '^csv2plans: in:2: no client id' "no client: is said"

# names and addresses

cat >in <<'END'
client id,client,e-mail,start
a,Jo Hill,jo@hill.example,2027-01-05 10:00
a,Jo Field,,2026-12-01 10:00
a,Jo Field,jo@field.example,2026-12-02 10:00
END
cat >want <<'END'
{"id":"a","name":"Jo Hill","email":"jo@hill.example","sessions":[{"number":1,"start":"2026-12-01T10:00:00","status":"booked"},{"number":2,"start":"2026-12-02T10:00:00","status":"booked"},{"number":3,"start":"2027-01-05T10:00:00","status":"booked"}]}
END
convert
is 0 "two names and addresses: those of the latest appointment"
says "^csv2plans: in:3: another name than before; of client 'a'" \
	"two names: is said"
says "^csv2plans: in:4: another email than before" "two addresses: is said"
[ "$(wc -l <err)" -eq 2 ]
status=$?
: >want; : >out
is 0 "two names: is said once"

cat >in <<'END'
Email,Client,Start
jo@x.example,Jo Field,2026-12-01
jo@x.example,"FIELD, Jo",2027-01-05
al@x.example,Al,2026-12-01
al@x.example,Kim,2026-12-02
END
cat >want <<'END'
{"id":"jo@x.example","name":"FIELD, Jo","email":"jo@x.example","sessions":[{"number":1,"start":"2026-12-01","status":"booked"},{"number":2,"start":"2027-01-05","status":"booked"}]}
END
convert
is 3 "an address as the id: another spelling of a name"
says "in:5: another name than before: two clients?; client 'al@x" \
	"an address as the id: another name: is left out"
printf 'Who,Post,Start\nAl,a@x,2026-12-01\nAl,b@x,2026-12-02\n' >in
none
convert --id who --name who --email post
is 3 "a name as the id: another address: is left out"
printf 'Post,Who,Start\nmail@x,Al,2026-12-01\n' >in
cat >want <<'END'
{"id":"Al","email":"mail@x","sessions":[{"number":1,"start":"2026-12-01","status":"booked"}]}
END
convert --id who --email post
is 0 "a column of addresses by option"

# the file

one 2026-12-01T10:00:00
printf '\357\273\277client id,start\na,2026-12-01 10:00\n' >in
convert
is 0 "a byte order mark"
printf 'client id,start\r\n\r\na,2026-12-01 10:00\r\n,\r\n' >in
convert
is 0 "CRLF, blank rows"
status=0
"$py" "$top/examples/csv2plans" <in >out 2>err || status=$?
is 0 "standard input"

none
printf 'client id,start\n' >in
convert
is 1 "a header alone"
says 'no rows but the header' "a header alone: is said"
: >in
convert
is 4 "an empty file"
printf '<!DOCTYPE html>\n' >in
convert
is 4 "a web page"
printf 'client id,start\na,2026-12-01\nb\374,2026-12-01\n' >in
convert
is 4 "Latin-1"
says '^csv2plans: in:3: not UTF-8' "Latin-1: says where"
printf 'client id,start\na,2026-12-01\nb,"2026-12-01\n' >in
convert
is 4 "a quote that does not end"
says '^csv2plans: in:3: ' "a quote that does not end: says where"
rm in
convert
is 4 "no such file"

# healed

printf 'client id,start,status\n' >in
printf 'a,2026-12-01 10:00,\nb,2026-12-02 10:00,\n' >>in
printf 'b,2027-01-06 10:00,cancelled\n' >>in
printf '# remark\r\na\t1\tno\r\n\r\na\t1\t2026-12-09\tseen\r\n' >healed
cat >want <<'END'
{"id":"a","sessions":[{"number":1,"start":"2026-12-01T10:00:00","status":"booked","healed":"2026-12-09"}]}
{"id":"b","sessions":[{"number":1,"start":"2026-12-02T10:00:00","status":"booked"},{"number":2,"start":"2027-01-06T10:00:00","status":"cancelled"}]}
END
convert --healed healed
is 0 "healed: the later line counts"
printf 'a\t2026-12-01\t2026-12-09\n' >healed
convert --healed healed
is 0 "healed: a session by its date"

cp want one
printf 'b\t1\tno\n' >healed.b
sed '2s/"booked"/&,"healed":false/' one >want
convert --healed healed --healed healed.b
is 0 "healed: two files"
none
status=0
"$py" "$top/examples/csv2plans" --healed - <in >out 2>err || status=$?
is 2 "healed: standard input is the rows"
mv one want

printf 'a\t1\t2026-12-09\nz\t1\tno\n' >healed
convert --healed healed
is 0 "healed: an unknown client"
says "^csv2plans: healed:2: .*'z'" "healed: an unknown client: is said"

cat >want <<'END'
{"id":"a","sessions":[{"number":1,"start":"2026-12-01T10:00:00","status":"booked","healed":"2026-12-09"}]}
END
while IFS='|' read -r line what; do
	printf 'a\t1\t2026-12-09\n%b\n' "$line" >healed
	convert --healed healed
	is 3 "healed: $what"
	says "^csv2plans: healed:2: .*'b' is left out" "healed: $what: is said"
done <<'END'
b\t1\t2026-12-01|before the session
b\t1\t12/09/2026|not an ISO date
b\t1|no date
b\t2\t2027-01-15|a cancelled session
b\t3\t2027-01-15|no such session
b\t2027-01-06\t2027-01-15|a cancelled session, by its date
END
none
convert --healed nowhere
is 4 "healed: no such file"

# output

if [ -c /dev/full ]; then
	for option in --dates=iso --help; do
		status=0
		"$py" "$top/examples/csv2plans" $option in >/dev/full 2>err ||
			status=$?
		: >out
		is 4 "a full disk, $option"
	done
fi
printf 'client id,start\na,2026-12-01 10:00\nb,soon\n' >in
one 2026-12-01T10:00:00
status=0
"$py" "$top/examples/csv2plans" in >out 2>&- || status=$?
is 3 "no standard error: no message among the plans"
if [ -c /dev/full ]; then
	status=0
	"$py" "$top/examples/csv2plans" in >out 2>/dev/full || status=$?
	is 3 "a message that cannot be written"
fi
{
	echo client id,start,duration
	echo a,2026-12-01 10:00,
	printf 'b,2026-12-02,%05000d\n' 9
} >in
convert
is 3 "a duration of 5,000 digits"
i=0
{
	echo client id,start
	while [ $((i += 1)) -le 3000 ]; do echo "c$i,2026-12-01"; done
} >in
{ "$py" "$top/examples/csv2plans" in 2>err; } | head -n 1 >/dev/null
quiet "a closed pipe"

finish
