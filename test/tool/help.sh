#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Help, man pages and doc/options.md come from the table of options, and are current.
. "$(dirname "$0")/tap.sh"

"$PICKET" help run >help
names=$(sed -n 's/^\(NUMBER\|CHOICE\|SWITCH\|STRING\)(\([a-z_]*\),.*/\2/p' \
	"$SOURCE/port/process/options.def")
is "$(echo "$names" | grep -c rate)" 1 "options.def has names"
for name in $names; do
	flag="--$(echo "$name" | tr _ -)"
	is "$(grep -c "^  $flag\(=\| \|\$\)" help)" 1 "help names $flag"
	is "$(grep -c "^| \`$flag\` | \`$name\` |" "$SOURCE/doc/options.md")" 1 "options.md has $name"
done
is "$(awk 'length > 80' help)" "" "help fits 80 columns"

"$PICKET" help --markdown >options.md
is "$(diff "$SOURCE/doc/options.md" options.md)" "" \
	"doc/options.md is what \`picket help --markdown\` prints"

if ! command -v mandoc >/dev/null; then
	skip "man pages are clean" "mandoc is not installed"
	tap_done
fi
for page in picket picket-ctl picket-kasan picket-kernel picket-run picket-show; do
	is "$(mandoc -T lint -W warning "$MAN/$page.1" 2>/dev/null)" "" "$page.1 is clean"
	mandoc -T ascii -O width=78 "$MAN/$page.1" >/dev/null
	is $? 0 "$page.1 renders"
done
is "$(mandoc "$MAN/picket-run.1" | col -b | grep -c -e '^ *--exit-code=N')" 1 \
	"picket-run.1 has the options"

tap_done
