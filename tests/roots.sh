# shellcheck shell=sh disable=SC2034 # shared with those that include this
# Empty Debian roots, for tests/everywhere and tests/packages. It requires root,
# and works in the top directory of the sources.
#
# Packages come from the mirror of this machine, with its proxies and keys. The
# bare roots are kept for 30 days in $SMP_ROOTS or /var/tmp/smp-care-roots.
roots=${SMP_ROOTS:-/var/tmp/smp-care-roots}
mkdir -p "$roots"
work=$(mktemp -d "$roots/work.XXXXXX")
running=
trap 'rm -rf --one-file-system "$work"' EXIT
trap '[ -z "$running" ] || kill -s KILL "$running"; exit 1' HUP INT TERM

commit=$(git -c safe.directory="$PWD" rev-parse --short HEAD)

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources \
	/etc/apt/sources.list.d/*.list 2>/dev/null |
	grep -v '^ *#' | grep -oE -m 1 '[a-z]+:[^ ]*/debian/?( |$)' || true)
mirror=${mirror:-http://deb.debian.org/debian}

# architecture SUITE
architecture()
{
	case $1 in
	*-i386) echo i386 ;;
	*) echo amd64 ;;
	esac
}

# make_bare SUITE: the tar archive of a root with nothing but sudo
make_bare()
{
	bare=$roots/$1.tar
	[ -z "$(find "$bare" -mtime -30 2>/dev/null)" ] || return 0
	command -v debootstrap >/dev/null || {
		apt-get -qq update
		apt-get -qq -y install debootstrap
	}
	rm -rf --one-file-system "$work/bare"
	debootstrap --arch="$(architecture "$1")" --variant=minbase \
		--include=ca-certificates,sudo "${1%-i386}" "$work/bare" \
		"${mirror% }" &&
		tar -C "$work/bare" -cf "$work/bare.tar" . &&
		mv "$work/bare.tar" "$bare"
}

# unpack SUITE: $work/root, with this machine's way to packages, a user and a
# checkout of the user's
unpack()
{
	root=$work/root
	rm -rf --one-file-system "$root"
	mkdir "$root"
	tar -C "$root" -xf "$roots/$1.tar"
	echo "deb $mirror ${1%-i386} main" >"$root/etc/apt/sources.list"
	{
		apt-config dump | grep '^Acquire::' |
			grep -v -e '::IndexTargets' -e '""' || true
		# sudo does not pass these on
		for protocol in http https; do
			proxy=$(env | sed -n "s/^${protocol}_proxy=//p")
			[ -z "$proxy" ] ||
				echo "Acquire::$protocol::Proxy \"$proxy\";"
		done
	} >"$root/etc/apt/apt.conf.d/99machine"
	cp -r /usr/share/keyrings "$root/usr/share/"
	cp -L /etc/resolv.conf "$root/etc/" 2>/dev/null || true
	echo "127.0.0.1 localhost $(uname -n)" >"$root/etc/hosts"
	chroot "$root" useradd -m -s /bin/sh new
	echo 'new ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/new"
	mkdir "$root/home/new/smp-care"
	git -c safe.directory="$PWD" archive "$commit" |
		tar -x -C "$root/home/new/smp-care" &&
		chroot "$root" chown -R "$2:" /home/new/smp-care
}

# run_in SUITE USER COMMAND: in namespaces of its own, so that no mount and no
# process outlives it, however it ends
run_in()
{
	case $2 in
	root) home=/root ;;
	*) home=/home/$2 ;;
	esac
	# shellcheck disable=SC2016 # the inner shell has the arguments
	setarch "$(architecture "$1" | sed s/amd64/x86_64/)" \
	unshare --mount --pid --fork --kill-child sh -eu -c '
		mount --rbind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		cd "$1"
		exec chroot --userspec="$2" "$1" env -i HOME="$3" LANG=C.UTF-8 \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			sh -c "cd /home/new/smp-care && $4"
	' sh "$work/root" "$2" "$home" "$3" &
	running=$!
	wait "$running"
}
