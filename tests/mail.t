#!/bin/sh
# What examples/delivery/mail-sessions sends, to whom, and what its texts tell.
. "$(dirname -- "$0")/prelude.sh"
cd "$top" || exit 1

SENDMAIL=$tmp/sendmail
export SENDMAIL

cat >"$tmp/maple.json" <<'END'
{"format": "smp-protocol/1", "id": "maple",
 "studio": {"name": "Maple", "email": "bookings@maple.example"}}
END
cat >"$tmp/plans" <<'END'
{"id":"c-1","name":"Jo","email":"jo@client.example","timeZone":"Europe/Paris","sessions":[{"start":"2026-10-20T10:00"},{"start":"2026-12-01T10:00"},{"start":"2027-01-12T10:00","status":"cancelled"}]}
END
cat >"$SENDMAIL" <<'END'
#!/bin/sh
# The texts of the mails, and the mails as they are.
cat >"$0.mail"
cat "$0.mail" >>"$0.mails"
sed -n '/^Content-Type: text\/plain/,/^--/p' "$0.mail" | sed '1,/^$/d; /^--/d' |
	base64 -d >>"$0.texts"
END
chmod +x "$SENDMAIL"

# result NAME: $tmp/sendmail.texts are as $tmp/wanted
result()
{
	diff "$tmp/wanted" "$SENDMAIL.texts" >"$tmp/wrong" 2>&1
	ok $? "$1" "$tmp/wrong"
}

mail()
{
	rm -f "$SENDMAIL.mails" "$SENDMAIL.texts"
	examples/delivery/mail-sessions "$@" -p "$tmp/maple.json" \
		--now 2026-11-21T10:00:00Z <"$tmp/plans" 2>"$tmp/errors"
	status=$?
}

# mailed STATUS COUNT NAME: so many mails went out
mailed()
{
	touch "$SENDMAIL.mails"
	count=$(grep -c '^From:' "$SENDMAIL.mails")
	[ "$status $count" = "$1 $2" ]
	ok $? "$3" "$tmp/errors"
}

# said NAME: standard error is as $tmp/wanted
said()
{
	cp "$tmp/errors" "$SENDMAIL.texts"
	result "$1"
}

mail request --discreet=full
printf 'Appointment\n2026-12-01 10:00 (Europe/Paris)\n' >"$tmp/wanted"
result "an invitation to what is to come, that tells nothing"

mail cancel --discreet=full
printf 'Appointment\n2027-01-12 10:00 (Europe/Paris)\nCANCELLED\n' \
	>"$tmp/wanted"
result "a cancellation that tells nothing"

mail cancel
cat >"$tmp/wanted" <<'END'
Cancelled: SMP session 3
2027-01-12 10:00 (Europe/Paris)

This session does not take place.
END
result "a cancellation names what is cancelled, and nothing else"

# many plans

client()
{
	printf '{"id":"c-%s"%s,"timeZone":"Europe/Paris","sessions":[%s]}\n' \
		"$1" "$2" "$3"
}
session='"2026-12-01T10:00"' to='"email":"jo@client.example"'
{
	client 1 ",$to" "$session"
	client 2 '' "$session"
	echo
	client 3 ',"email":"x"' "$session"
	echo '{"id":7}'
	client 4 '' "$session"
	client 5 ",$to" ''
	printf %s "$(client 6 ",$to" "$session")"
} >"$tmp/plans"
mail request
mailed 3 2 "plans that cannot be mailed keep nobody else waiting"
cat >"$tmp/wanted" <<'END'
smp-schedule: <stdin>:5: id: a string is wanted
smp-schedule: <stdin>:4: c-3: email: not a mail address that can be used
smp-schedule: c-5: no session for --method request
mail-sessions: 2 plans: email: missing: c-2, c-4
END
sort "$tmp/wanted" -o "$tmp/wanted" && sort "$tmp/errors" -o "$tmp/errors"
said "each client is named, by id and line, and each fault once"

for i in 1 2 3 4; do client "$i" '' "$session"; done >"$tmp/plans"
mail request
echo 'mail-sessions: all 4 plans: email: missing' >"$tmp/wanted"
said "what is so with all plans is said once"
mail request --open never
mailed 2 0 "an option that is wrong: nothing is sent"
grep -c never "$tmp/errors" >"$tmp/errors.n" && mv "$tmp/errors.n" "$tmp/errors"
echo 1 >"$tmp/wanted"
said "and that is said once"

{
	client 1 ",$to" "$session"
	client 1 ",$to" '"2026-12-02T10:00"'
	client 2 ",$to" '{"start":"2026-12-03","uid":"s-1"}'
	client 3 ",$to" '"2026-12-04T10:00",{"start":"2027-01-05","uid":"s-1"}'
	client 4 ",$to" '{"start":"2026-12-06","status":"cancelled"}'
	client 4 ",$to" '"2026-12-07T10:00"'
} >"$tmp/plans"
mail request
mailed 3 2 "a second plan of a client or a session is not mailed"
cat >"$tmp/wanted" <<END
mail-sessions: <stdin>:2: an earlier plan has the same id, or the uid of a session: not mailed
mail-sessions: <stdin>:4: an earlier plan has the same id, or the uid of a session: not mailed
mail-sessions: <stdin>:6: an earlier plan has the same id, or the uid of a session: not mailed
smp-schedule: c-4: no session for --method request
END
said "and that is said"

# again

SENT=$tmp/sent
export SENT
client 1 ",$to" "$session,\"2027-01-12T10:00\"" >"$tmp/plans"
mail request
mailed 0 2 "what is sent is noted"
mail request
mailed 0 0 "and is not sent again"
sed -i.old 's/2027-01-12/2027-01-13/' "$tmp/plans"
mail request
mailed 0 1 "a session that has moved is mailed, and no other"
printf 'SMP session 2\n2027-01-13 10:00 (Europe/Paris)\n' >"$tmp/wanted"
sed -n 1,2p "$SENDMAIL.texts" >"$tmp/first" && mv "$tmp/first" "$SENDMAIL.texts"
result "and it is that one"
mv "$tmp/plans.old" "$tmp/plans"
mail request
mailed 0 1 "one that has moved back is mailed, too"
client 1 ",$to" "$session,{\"start\":\"2027-01-12T10:00\",
	\"status\":\"cancelled\"}" | tr -d '\n\t' >"$tmp/plans"
mail cancel
mailed 0 1 "a session that is cancelled is withdrawn"
mail cancel
mailed 0 0 "once"
sed -i.old 's/jo@/al@/' "$tmp/plans"
mail request
mailed 0 1 "another address"
mv "$SENDMAIL" "$SENDMAIL.good"
printf '#!/bin/sh\nexit 75\n' >"$SENDMAIL" && chmod +x "$SENDMAIL"
sed -i.old 's/al@/kim@/' "$tmp/plans"
mail request
mailed 75 0 "what could not be mailed"
cat >"$tmp/wanted" <<'END'
mail-sessions: <stdin>:1: the session on 2026-12-01 is not mailed: status 75
mail-sessions: status 75: not all is mailed
END
said "is named"
mv "$SENDMAIL.good" "$SENDMAIL"
mail request
mailed 0 1 "is mailed by the next run"

# a place

cp "$tmp/maple.json" "$tmp/without"
find "$SENT" -name '*.sent' -exec sed -i '/^LOCATION:/d' {} +
sed -i 's/"name": "Maple"/&, "address": "1 Oak St; Toronto"/' "$tmp/maple.json"
mail request
mailed 0 0 "a place that no mail has named is no reason to mail"
sed -i 's/1 Oak St/2 Elm St/' "$tmp/maple.json"
mail request
mailed 0 1 "but another place than before is"
printf 'SMP session 1\n2026-12-01 10:00 (Europe/Paris)\n%s\n' \
	'Maple, 2 Elm St; Toronto' >"$tmp/wanted"
sed -n 1,3p "$SENDMAIL.texts" >"$tmp/first" && mv "$tmp/first" "$SENDMAIL.texts"
result "and the mail says where"
mail request --discreet=full
mailed 0 0 "nor is one that is named no more"
mail request
mailed 0 0 "the note keeps it"
rm -r "$SENT"
mail request --discreet=full
sed -n '/^Content-Type: text\/calendar/,/^--/p' "$SENDMAIL.mail" |
	sed '1,/^$/d; /^--/d' | base64 -d >"$tmp/invitation"
grep -q '^BEGIN:VEVENT' "$tmp/invitation" &&
	! grep -q 'LOCATION\|Elm' "$tmp/invitation" "$SENDMAIL.texts"
ok $? "--discreet=full names no place" "$tmp/invitation"
mv "$tmp/without" "$tmp/maple.json"

# what a plan has besides, and what goes wrong

unset SENT
# hour WANTED NAME: the text of the mail has this hour
hour()
{
	echo "$1" >"$tmp/wanted"
	sed -n 2p "$SENDMAIL.texts" >"$tmp/line" && mv "$tmp/line" "$SENDMAIL.texts"
	result "$2"
}

plain='"id":"c-1","email":"jo@x.org","timeZone":"Europe/Paris"'
while IFS='|' read -r plan what; do
	echo "{$plan}" >"$tmp/plans"
	mail request
	hour '2026-12-01 10:00 (Europe/Paris)' "$what"
done <<END
$plain,"sessions":[$session],"branch":{"timeZone":"Asia/Tokyo"}|another timeZone after it, in a member of somebody else
"branch":{"timeZone":"Asia/Tokyo"},$plain,"sessions":[$session]|and before it
$plain,"sessions":[{"start":"2026-12-01T10:00","x":{"timeZone":"Asia/Tokyo"}}]|and in a session
$plain,"note":"\\"timeZone\\":\\"Asia/Tokyo\\"","sessions":[$session]|and in a text
$plain,"sessions":["2026-01-02T03:04","2026-12-01T10:00",{"start":"2027-02-03T04:05","status":"proposed"}]|the right one of several sessions
END
echo "{$plain,\"sessions\":[{\"start\":\"2026-12-05T11:00\",
	\"status\":\"cancelled\"},$session]}" | tr -d '\n\t' >"$tmp/plans"
mail cancel
hour '2026-12-05 11:00 (Europe/Paris)' "a cancelled one"

# A zone that date(1) does not know, but the program does.
mkdir -p "$tmp/zones/Old"
cp /usr/share/zoneinfo/Europe/Paris "$tmp/zones/Old/Paris"
client 1 ",$to" "$session" | sed s,Europe/,Old/, >"$tmp/plans"
TZDIR=$tmp/zones
export TZDIR
smp-schedule -j <"$tmp/plans" >/dev/null 2>&1 || unset TZDIR
if [ -n "${TZDIR:-}" ]; then
	cat >"$tmp/date" <<-END
		#!/bin/sh
		unset TZDIR
		exec $(command -v date) "\$@"
	END
	chmod +x "$tmp/date"
	PATH=$tmp:$PATH
	mail request
	hour '2026-12-01 10:00 (Old/Paris)' "a zone that date(1) does not know"
	rm "$tmp/date"
	unset TZDIR
fi

client 1 ",$to" "\"2026-01-01T10:00\",$session" >"$tmp/plans"
for option in --now=2026-11-21T10:00Z --now=2026-12-02 --no=2026-12-02; do
	rm -f "$SENDMAIL.mails"
	examples/delivery/mail-sessions request -p "$tmp/maple.json" "$option" \
		<"$tmp/plans" 2>"$tmp/errors"
	status=$?
	[ "$option" != --now=2026-11-21T10:00Z ]
	mailed 0 $? "the day of $option"
done

examples/delivery/mail-sessions request -p "$tmp/maple.json" <"$tmp" \
	2>"$tmp/errors"
status=$?
rm -f "$SENDMAIL.mails"
mailed 4 0 "plans that cannot be read"

printf '\n' >"$tmp/plans"
mail request
mailed 1 0 "no plan: nothing is sent"
grep -q 'the input was empty' "$tmp/errors" && : >"$tmp/errors"
: >"$tmp/wanted"
said "and that is said"

SENT=$tmp/sent-2
export SENT
client 1 ",$to" "$session" >"$tmp/plans"
mail request
mailed 0 1 "a first mail"
note=$(find "$SENT" -name '*.sent')
[ "$(find "$SENT" -perm /077 | wc -l)" -eq 0 ]
status=$?
rm -f "$SENDMAIL.mails"
mailed 0 0 "what is noted is nobody else's to read"
rm "$note" && mkdir "$note"
mail request
mailed 4 0 "a note that cannot be read: said, and not mailed again"
rmdir "$note"
mkdir "$note.new"
mail request
mailed 4 0 "a note that cannot be written: not mailed, rather than each time"
rmdir "$note.new"
mail request
mailed 0 1 "and mailed once it can"

# Two runs at once: the second waits, and has nothing to mail.
rm -rf "$SENT" "$SENDMAIL.mails"
mv "$SENDMAIL" "$SENDMAIL.good"
printf '#!/bin/sh\nsleep 1\nexec %s\n' "$SENDMAIL.good" >"$SENDMAIL"
chmod +x "$SENDMAIL"
for run in 1 2; do
	examples/delivery/mail-sessions request -p "$tmp/maple.json" \
		--now 2026-11-21 <"$tmp/plans" 2>"$tmp/errors.$run" &
done
wait
cp "$SENDMAIL.good.mails" "$SENDMAIL.mails"
status=0
mailed 0 1 "two runs at once mail once"
mv "$SENDMAIL.good" "$SENDMAIL"
unset SENT

# A calendar that is cut off is not mailed.
cat >"$tmp/smp-schedule" <<END
#!/bin/sh
case " \$* " in
*" -i "*) $bin/smp-schedule "\$@" | head -n 12; exit 4 ;;
esac
exec $bin/smp-schedule "\$@"
END
chmod +x "$tmp/smp-schedule"
PATH=$tmp:$PATH
mail request
mailed 4 0 "a calendar that is cut off: said, and not mailed"
rm "$tmp/smp-schedule"
finish
