# shellcheck shell=sh disable=SC2034 # the tests use what is set here
# What the shell tests begin with:
#
#	. "$(dirname -- "$0")/prelude.sh"
#
# It sets top (of the sources), bin (the programs to test), py (a Python) and
# tmp, a directory that is removed at the end. The programs come first in PATH
# and see the same locale and zone everywhere. A test ends with `finish`.
set -u
unset CDPATH SMP_PROTOCOL
top=$(cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
bin=$(cd -- "$top" && cd -- "${SMP_BIN:-bin}" && pwd) || exit 1
py=${PYTHON:-python3}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
PATH=$bin:$PATH LC_ALL=C.UTF-8 TZ=UTC
export PATH LC_ALL TZ
n=0

# ok STATUS NAME [FILE...]: the test failed unless STATUS is 0; then the files,
# or those that $evidence names, and $status, if set, say why.
ok()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return
	fi
	echo "not ok $n - $2"
	[ -z "${status-}" ] || echo "# status $status"
	shift 2
	# shellcheck disable=SC2086 # names of files
	[ $# -gt 0 ] || set -- ${evidence-}
	[ $# = 0 ] || cut -c 1-200 "$@" 2>&1 | sed 's/^/# /' | head -n 20
}

# none NAME FILE: the file lists what is wrong, and it is empty
none()
{
	[ -f "$2" ] && [ ! -s "$2" ]
	ok $? "$1" "$2"
}

# skip NAME WHY
skip()
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# needs COMMAND: without it there is nothing to test
needs()
{
	command -v "$1" >/dev/null || {
		echo "1..0 # SKIP no $1"
		exit 0
	}
}

finish()
{
	echo "1..$n"
}
