# shellcheck shell=sh disable=SC2034,SC2154 # shared with tests/cluster.t
# Hosts for tests/cluster.t: an sshd each, in network namespaces on a bridge.
# Each command runs in a directory of its host. `dead` has no sshd, `half` loses
# its network in the middle of a result, and `old` has another time zone.
for needed in sshd ssh-keygen ip; do
	needs $needed
done
[ "$(id -u)" = 0 ] || {
	echo "1..0 # SKIP not root"
	exit 0
}

remove_hosts()
{
	for host in one two half old; do
		name=smp-$$-$host
		[ ! -e "/run/netns/$name" ] || {
			ip netns pids "$name" | xargs -r kill
			ip netns del "$name"
		}
	done
	ip link del "smp$$" 2>/dev/null
}

trap 'remove_hosts >/dev/null 2>&1; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# forced HOST: what sshd runs there in place of each command
forced()
{
	echo '#!/bin/sh'
	echo "cd '$tmp/host/$1' || exit"
	if [ "$1" = half ]; then
		cat <<-'END'
		case $SSH_ORIGINAL_COMMAND in
		*--version*) ;;
		*)
			sh -c "$SSH_ORIGINAL_COMMAND" | head -c 3000
			sleep 0.2
			ip link set eth0 down
			exec sleep 10 ;;
		esac
		END
	fi
	# shellcheck disable=SC2016 # sshd sets it
	echo 'exec sh -c "$SSH_ORIGINAL_COMMAND"'
}

# The network 10.213.0.0/24 is in namespaces alone, but for the bridge.
add_host()
{
	name=smp-$$-$1
	mkdir -p "$tmp/host/$1"
	forced "$1" >"$tmp/forced-$1"
	chmod +x "$tmp/forced-$1"
	cat >"$tmp/sshd-$1" <<-END
	HostKey $tmp/host-key
	PidFile none
	AuthorizedKeysFile $tmp/user-key.pub
	StrictModes no
	UsePAM no
	PermitRootLogin prohibit-password
	ForceCommand $tmp/forced-$1
	SetEnv PATH=$bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TZ=$3
	END
	ip netns add "$name" &&
		ip link add "h$$-$2" type veth peer name eth0 netns "$name" &&
		ip link set "h$$-$2" master "smp$$" up &&
		ip -n "$name" address add "10.213.0.$2/24" dev eth0 &&
		ip -n "$name" link set eth0 up &&
		ip netns exec "$name" "$(command -v sshd)" -f "$tmp/sshd-$1" \
			-E "$tmp/sshd.log"
}

mkdir -p /run/sshd
for key in host-key user-key; do
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/$key"
done
{
	n_host=1
	for host in one two half old dead; do
		n_host=$((n_host + 1))
		printf 'Host %s\n\tHostName 10.213.0.%s\n' $host $n_host
	done
	cat <<-END
	Host *
	User root
	IdentityFile $tmp/user-key
	IdentitiesOnly yes
	BatchMode yes
	ConnectTimeout 3
	ServerAliveInterval 1
	ServerAliveCountMax 2
	StrictHostKeyChecking no
	UserKnownHostsFile /dev/null
	LogLevel ERROR
	END
} >"$tmp/ssh_config"
if ! {
	ip link add "smp$$" type bridge &&
		ip address add 10.213.0.1/24 dev "smp$$" &&
		ip link set "smp$$" up &&
		add_host one 2 UTC && add_host two 3 UTC &&
		add_host half 4 UTC && add_host old 5 Asia/Tokyo
}; then
	echo "Bail out! no hosts"
	exit 1
fi
SMP_SSH="ssh -F $tmp/ssh_config"
