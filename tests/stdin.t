#!/bin/sh
# A program with operands, or asked for what has no dates, leaves standard
# input alone: a loop over a list comes to every line of it.
. "$(dirname -- "$0")/prelude.sh"
cd "$tmp" || exit 1

cat >days <<'END'
2026-12-01T10:00
2026-12-02
2027-01-05T14:30
2027-02-09T10:00
END
cat >questions <<'END'
does it hurt
how many sessions will it take
is it permanent
faq.colour
END
printf '%s\n' 1 2 3 4 >numbers

# same NAME: what the loop wrote is what the lines give one by one
same()
{
	[ -s want ] && diff want out >wrong && [ ! -s err ]
	ok $? "$1" wrong err
}

# loop LIST COMMAND...: runs the command with each line as its last operand,
# from the list as from nowhere
loop()
{
	list=$1
	shift
	: >want
	while IFS= read -r line <&3; do
		"$@" "$line" </dev/null >>want
	done 3<"$list"
	while IFS= read -r line; do
		"$@" "$line"
	done <"$list" >out 2>err
}

# each LIST COMMAND...: the loop, under its own name
each()
{
	loop "$@"
	shift
	same "while read: $* LINE"
}

# alone LIST COMMAND...: the same, where the line is no operand
alone()
{
	list=$1
	shift
	: >want
	while IFS= read -r _ <&3; do
		"$@" </dev/null >>want
	done 3<"$list"
	while IFS= read -r _; do
		"$@"
	done <"$list" >out 2>err
	same "while read: $*"
}

now=2026-11-20T09:00:00Z
for program in smp-schedule smp-precare smp-aftercare; do
	for form in -t -j -i; do
		each days "$program" "$form" --now "$now" -z America/Toronto
	done
done
for program in smp-precare smp-aftercare; do
	each days "$program" --on 2026-12-01 --now "$now"
	alone numbers "$program" --sheet
done
each questions smp-faq
each questions smp-faq -j -n 1
alone numbers smp-faq
alone numbers smp-protocol
alone numbers smp-protocol show -j
for program in "$bin"/smp-*; do
	alone numbers "${program##*/}" --help
	alone numbers "${program##*/}" --version
done
if [ -x "$bin/smp-may" ]; then
	each numbers smp-may --now "$now" swim 2026-12-01 --session
	each numbers smp-may --healed no swim --day
	each numbers smp-may razor --hours
	# the status is that of the answer
	each days smp-may -j --on 2026-12-05 swimming
fi

finish
