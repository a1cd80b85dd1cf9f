#!/bin/sh
# What examples/delivery/mail-sessions sends, to whom, and what its texts tell.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
bin=$(CDPATH='' cd -- "${SMP_BIN:-bin}" && pwd) || exit 1
n=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

PATH=$bin:$PATH LC_ALL=C.UTF-8 TZ=UTC SENDMAIL="$tmp/sendmail"
export PATH LC_ALL TZ SENDMAIL
unset SMP_PROTOCOL

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
	n=$((n + 1))
	if diff "$tmp/wanted" "$SENDMAIL.texts" >"$tmp/wrong" 2>&1; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' "$tmp/wrong"
	fi
}

mail()
{
	rm -f "$SENDMAIL.mails" "$SENDMAIL.texts"
	examples/delivery/mail-sessions "$@" -p "$tmp/maple.json" \
		--now 2026-11-21T10:00:00Z <"$tmp/plans" 2>/dev/null
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
echo "1..$n"
