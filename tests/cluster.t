#!/bin/sh
# examples/cluster: plans on many hosts give the bytes of one machine, and a
# host that fails, or is not like the others, does no harm. Hosts are directories
# here; with SMP_HOSTS=sshd they are those of sshd_hosts.sh.
. "$(dirname -- "$0")/prelude.sh"
needs parallel
needs jq
needs flock
cluster=$top/examples/cluster/smp-cluster

# Hosts that are directories, reached by a command as ssh is: HOST COMMAND.
local_hosts()
{
	cat >"$tmp/reach" <<-'END'
	#!/bin/sh
	cd "${0%/*}/host" || exit 255
	case $1 in
	dead) exit 255 ;;
	half) case $2 in *--version*) ;; *) exec sh -c "$2" | head -c 3000 ;; esac ;;
	old) export TZ=Asia/Tokyo ;;
	esac
	mkdir -p "$1"
	cd "$1" && exec sh -c "$2"
	END
	chmod +x "$tmp/reach"
	SMP_SSH=$tmp/reach
	mkdir "$tmp/host"
}

if [ "${SMP_HOSTS-}" = sshd ]; then
	. "$top/tests/sshd_hosts.sh"
else
	local_hosts
fi
export SMP_SSH
cd "$tmp" || exit 1
mkdir studios
for studio in maple oak elm; do
	echo '{"studio": {"chairs": 1, "openingHours": "Mo-Fr 10:00-16:00"}}' \
		>studios/$studio.json
done
for i in $(seq 40); do
	case $((i % 4)) in
	0) studio=maple ;; 1) studio=oak ;; 2) studio=elm ;; 3) studio= ;;
	esac
	echo "{\"id\": \"c-$i\", \"timeZone\": \"UTC\", ${studio:+\"studio\":" \
		"\"$studio\", }\"sessions\": [\"2026-12-0$((i % 4 + 1))T10:00\"]}"
	[ "$i" != 7 ] || echo '{"id": "no", "sessions": ["2026-13-01"]}'
	[ "$i" != 20 ] || echo
	[ "$i" != 23 ] || echo 'no plan	at all'
done >plans
printf '%s' '{"id": "last", "sessions": ["2026-12-03T10:00"]}' >>plans
printf '%s\n' one two >hosts
now=--now=2026-11-20T10:00:00Z

# same NAME SAID HOSTS PROGRAM [OPTION...]: as one machine does it
same()
{
	name=$1 expected=$2 hosts=$3
	shift 3
	"$@" -j $now --rejects "$tmp/rejects.1" <plans >out.1 2>err.1
	first=$?
	"$cluster" -n 5 -r rejects.n "$hosts" shards "$@" $now <plans >out.n 2>err.n
	[ $? = $first ] && [ -s out.1 ] && cmp out.1 out.n >>err.n 2>&1
	ok $? "$name: output and status" err.n
	cmp rejects.1 rejects.n >>err.n 2>&1
	ok $? "$name: rejected plans" err.n
	grep -q "$expected" err.n
	ok $? "$name: diagnostics" err.n
}

one_of="^000[1-5] (\(one\|two\)): smp-"
same "smp-precare" "$one_of.*: no: sessions" hosts smp-precare -z UTC
[ "$(cat shards/000?/host | sort -u | wc -l)" = 2 ]
ok $? "both hosts worked"
same "smp-schedule, chairs of studios" "$one_of.*: no: sessions" hosts \
	smp-schedule -z UTC --studios "$tmp/studios"

printf '%s\n' one dead >with-dead
same "a host that is not there" "dead failed" with-dead smp-aftercare -z UTC
printf '%s\n' one old >with-old
"$cluster" with-old shards smp-precare <plans >out.n 2>err.n
[ $? = 4 ] && [ ! -s out.n ] && grep -q 'one and old differ' err.n
ok $? "a host with another time zone" err.n
printf '%s\n' half one >with-half
same "a host that dies in the middle" "000.: half failed" with-half \
	smp-precare -z UTC
echo half >half
"$cluster" half shards smp-precare -z UTC <plans >out.n 2>err.n
[ $? = 4 ] && grep -q '^smp-cluster:.* no \(result\|host\)' err.n
ok $? "no host left" err.n

# feeds

smp-precare -j -z UTC $now <plans 2>/dev/null | smp-aftercare -j >care 2>/dev/null
head -c 32 /dev/zero | od -A n -t x1 | tr -d ' \n' >key
chmod 600 key
mkdir one-machine
smp-publish -t $now --key key one-machine/feeds <care >out.1 2>/dev/null
publish()
{
	"$cluster" "$@" $now --key "$tmp/key" feeds <care >out.n 2>err.n
}
publish hosts shards smp-publish && sort out.1 >out.1s && sort out.n | cmp - out.1s >>err.n 2>&1
ok $? "smp-publish: the report" err.n
cp out.n first
publish hosts shards smp-publish &&
	[ "$(grep -c ^unchanged out.n)" = "$(grep -c ^new first)" ]
ok $? "smp-publish again: nothing changes" err.n
for feeds in host/one/feeds host/two/feeds; do
	(cd "$feeds" && cksum ./*.ics)
done | sort >all.n
(cd one-machine/feeds && cksum ./*.ics) | sort | cmp - all.n >>err.n 2>&1
ok $? "each feed is on one host" err.n
printf '%s\n' two one >turned
publish turned shards smp-publish
[ $? = 4 ] && [ ! -s out.n ] && grep -q "is shard 0001 of 2" err.n
ok $? "hosts in another order" err.n
echo one >fewer
publish fewer shards smp-publish
[ $? = 4 ] && grep -q "is shard 0001 of 2, not 0001 of 1" err.n
ok $? "fewer hosts" err.n

"$cluster" hosts shards smp-faq <plans >out.n 2>err.n
[ $? = 2 ] && grep -q 'smp-faq cannot be split' err.n
ok $? "a program that has no plans" err.n
"$cluster" hosts "$tmp/studios" smp-precare <plans >out.n 2>err.n
[ $? = 2 ] && [ -e studios/oak.json ]
ok $? "a directory of others" err.n

finish
