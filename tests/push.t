#!/bin/sh
# What examples/delivery/caldav-push does if the feed, the server or the state
# is not as it should be.
. "$(dirname -- "$0")/prelude.sh"
cd "$top" || exit 1

# A server: what it has is in a directory; $tmp/answer is what it says instead.
mkdir "$tmp/bin" "$tmp/server"
cat >"$tmp/bin/curl" <<END
#!/bin/sh
unset etag
condition=
while [ \$# -gt 1 ]; do
	case \$1 in
	-D) head=\$2; shift ;;
	-o) body=\$2; shift ;;
	-X) method=\$2; shift ;;
	-H) case \$2 in If-*) condition=\$2 ;; esac; shift ;;
	--data-binary) data=\${2#@}; shift ;;
	esac
	shift
done
name=$tmp/server/\${1##*/}
echo "\$method \${1##*/} \$condition" >>$tmp/log
[ ! -e $tmp/answer ] || { cat $tmp/answer; exit; }
[ ! -e $tmp/down ] || { echo 'curl: (7)' >&2; printf 000; exit 7; }
old=\$(cksum <"\$name" 2>/dev/null)
case \$condition in
'If-None-Match: *') [ ! -e "\$name" ] || { printf 412; exit; } ;;
'If-Match: '*) [ "\$condition" = "If-Match: \"\$old\"" ] ||
	{ printf 412; exit; } ;;
esac
case \$method in
PUT) cp "\$data" "\$name"; printf 'ETag: "%s"\r\n' "\$(cksum <"\$name")" >"\$head"
	[ ! -e $tmp/untagged ] || : >"\$head"
	printf 201 ;;
DELETE) rm "\$name"; printf 204 ;;
GET) [ -e "\$name" ] || { printf 404; exit; }
	cp "\$name" "\$body"
	[ -e $tmp/untagged ] || printf 'ETag: "%s"\r\n' "\$old" >"\$head"
	printf 200 ;;
esac
END
chmod +x "$tmp/bin/curl"
PATH=$tmp/bin:$PATH

# did WANTED NAME: the status before it is 0, and that of caldav-push WANTED
did()
{
	[ "$? $status" = "0 $1" ]
	ok $? "$2" "$tmp/said" "$tmp/log"
}

push()
{
	rm -f "$tmp/log"
	examples/delivery/caldav-push "${1:-$tmp/feeds/c.ics}" "${2:-http://x/c}" \
		"$tmp/state" >"$tmp/said" 2>&1
	status=$?
	touch "$tmp/log"
}

# has: the server has the events of the feed
has()
{
	[ "$(find "$tmp/server" -name '*.ics' | wc -l)" -eq \
		"$(grep -c ^BEGIN:VEVENT "$tmp/feeds/c.ics")" ]
}

unchanged()
{
	[ ! -s "$tmp/log" ]
}

echo '{"id":"c","timeZone":"UTC","sessions":[{"start":"2026-12-01T10:00","uid":"s-1"},{"start":"2027-01-12T10:00","uid":".s-2"}]}' |
	smp-precare -j | smp-aftercare -j >"$tmp/plans"
smp-publish --now 2026-11-21T10:00Z "$tmp/feeds" <"$tmp/plans"
push
grep -q '\.s-2: not uploaded' "$tmp/said"
did 1 "a UID that is no name for a file: said"
sed 's/"\.s-2"/"s-2"/' "$tmp/plans" >"$tmp/plans.2"
mv "$tmp/plans.2" "$tmp/plans"
smp-publish --now 2026-11-21T11:00Z "$tmp/feeds" <"$tmp/plans"
push
has
did 0 "all is uploaded"
push
unchanged
did 0 "again: nothing"
push "$tmp/feeds/c.ics" http://x/c/
unchanged
did 0 "a slash after the URL: nothing"
for feed in "$tmp/feeds/c.ics" /dev/null; do
	push "$feed" http://x/d
	unchanged && grep -q 'of another URL' "$tmp/said" && has
	did 2 "the state of another URL: nothing is done with ${feed##*/}, and that is said"
done
rm "$tmp/state/.url"
push
unchanged && [ -s "$tmp/state/.url" ]
did 0 "a state without a URL, as of 0.1.0, takes that of the run"
[ -z "$(find "$tmp/state" -type f -perm /077)" ]
did 0 "what was uploaded is nobody else's to read"

cp "$tmp/feeds/c.ics" "$tmp/whole"
size=$(wc -c <"$tmp/whole")
lines=$(wc -l <"$tmp/whole")
for part in "head -c 0" "head -c $((size / 2))" "head -c $((size - 10))" \
	"head -n $((lines / 2))" "head -n $((lines - 1))" "tail -n +2"; do
	$part "$tmp/whole" >"$tmp/feeds/c.ics"
	push
	unchanged && grep -q 'not a whole calendar' "$tmp/said"
	did 4 "$part of a feed: nothing is deleted, and that is said"
done
mv "$tmp/feeds/c.ics" "$tmp/cut"
push
unchanged && grep -q 'cannot read' "$tmp/said"
did 2 "no feed: nothing is deleted, and that is said"
cp "$tmp/whole" "$tmp/feeds/c.ics"

sed 's/T10:00"/T11:00"/; s/T10:00:00"/T11:00:00"/' "$tmp/plans" |
	smp-precare -j | smp-aftercare -j |
	smp-publish --now 2026-11-21T12:00Z "$tmp/feeds"
touch "$tmp/down"
push
grep -q 's-1: not uploaded: no answer' "$tmp/said"
did 1 "no server: said"
rm "$tmp/down"
for code in 401 403 404 500 507 301; do
	printf %s "$code" >"$tmp/answer"
	push
	grep -q "s-1: not uploaded: the server says $code" "$tmp/said"
	did 1 "$code: said"
done
rm "$tmp/answer"
cp "$tmp/state/s-1.etag" "$tmp/etag"
: >"$tmp/state/s-1.etag"
push
grep -q 's-1: .*not known' "$tmp/said" && ! grep -q 's-1.ics $' "$tmp/log"
did 1 "an ETag that was lost: nothing is overwritten, and that is said"
cp "$tmp/etag" "$tmp/state/s-1.etag"
mkdir "$tmp/state/s-1.new"
push
grep -q 's-1: .*could not be noted' "$tmp/said"
did 1 "a state that cannot be written: said"
rmdir "$tmp/state/s-1.new"
cksum <"$tmp/server/s-1.ics" | sed 's/.*/"&"/' >"$tmp/state/s-1.etag"
push
has
did 0 "the next run does the rest"

touch "$tmp/untagged"
rm "$tmp/server/s-1.ics" "$tmp/state/s-1".*
push
grep -q 's-1: .*no ETag' "$tmp/said" && [ ! -e "$tmp/state/s-1.etag" ]
did 1 "a server without ETags: said"
rm "$tmp/untagged" "$tmp/server/s-1.ics"
push
has
did 0 "and with them"

# moved TIME: the feed with the sessions at another time of day
moved()
{
	sed "s/T10:00\"/T$1\"/; s/T10:00:00\"/T$1:00\"/" "$tmp/plans" |
		smp-precare -j | smp-aftercare -j |
		smp-publish --now "2026-11-21T$1Z" "$tmp/feeds"
}

{
	echo BEGIN:VCALENDAR
	grep '^VERSION' "$tmp/server/s-1.ics"
	echo PRODID:server
	grep -v -e '^BEGIN:VCAL' -e '^VERSION' -e '^PRODID' "$tmp/server/s-1.ics"
} | tr -d '\r' >"$tmp/sorted"
mv "$tmp/sorted" "$tmp/server/s-1.ics"
moved 13:00
push
has && grep -q 20261201T130000Z "$tmp/server/s-1.ics"
did 0 "the server writes what it has anew, with another ETag: goes on"
cp "$tmp/state/s-1.ics" "$tmp/s-1.ics"
cp "$tmp/state/s-1.etag" "$tmp/etag"
moved 14:00
push
cp "$tmp/s-1.ics" "$tmp/etag" "$tmp/state"
mv "$tmp/state/etag" "$tmp/state/s-1.etag"
push
grep -q 20261201T140000Z "$tmp/state/s-1.ics"
did 0 "what was uploaded and not noted: is noted"
sed 's/^SUMMARY.*/SUMMARY:mine/' "$tmp/server/s-1.ics" >"$tmp/mine"
mv "$tmp/mine" "$tmp/server/s-1.ics"
moved 15:00
push
grep -q 's-1: changed on the server' "$tmp/said" &&
	grep -q '^SUMMARY:mine' "$tmp/server/s-1.ics"
did 1 "what somebody changed on the server: is left, and that is said"
cp "$tmp/state/s-1.ics" "$tmp/server/s-1.ics"
push
has
did 0 "... until it is as it was"

echo c-2 >"$tmp/clients"
sed 's/"id":"c"/"id":"c-2"/' "$tmp/plans" |
	smp-publish --prune --clients "$tmp/clients" "$tmp/feeds"
[ "$(grep -c VEVENT "$tmp/feeds/c.ics")" -eq 0 ]
push
has
did 0 "a feed that was withdrawn: all is deleted"
cp "$tmp/whole" "$tmp/feeds/c.ics"
push
has
did 0 "it is back"
push /dev/null
[ -z "$(find "$tmp/server" -name '*.ics')" ]
did 0 "/dev/null: all is deleted"
push
has
did 0 "it is back again"
rm "$tmp/state/.url"
push
[ ! -s "$tmp/log" ] && grep -qx http://x/c "$tmp/state/.url"
did 0 "a state without an address gets one"
finish
