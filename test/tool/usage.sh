#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Bad input: each gets one line that names it and says what is allowed, and the right exit status.
. "$(dirname "$0")/tap.sh"

# wrong STATUS PATTERN ARGUMENT... - the one line is "picket: PATTERN"
wrong() {
	status=$1 pattern=$2
	shift 2
	"$PICKET" "$@" >out 2>err
	is "$? $(lines err) $(lines out)" "$status 1 0" "picket $*: exits $status with one line"
	like "$(cat err)" "picket: $pattern" "picket $*: says what is wrong"
}

wrong 2 "a command is needed: run, show,*"
wrong 2 "unknown command 'walk'; there are run, show,*" walk
wrong 2 "*unknown command*" --walk
wrong 2 "run: a program to run is needed*" run
wrong 2 "run: a program to run is needed*" run --rate=1
wrong 2 "run: a program to run is needed*" run --
wrong 2 "run: unknown option '--rat'; there are --interval, --rate,*" run --rat=1 true
wrong 2 "run: unknown option '-r'; *" run -r true
long=$(head -c 5000 /dev/zero | tr '\0' x)
wrong 2 "run: unknown option '--xxx*x'; there are --interval, *" run "--$long" true
wrong 2 "unknown command 'xxx*x'; there are run, show,*" "$long"
wrong 2 "run: unknown option '--socket'; *" run --socket=x true
wrong 2 "run: unknown option '--on_report'; *" run --on_report=abort true
wrong 2 "run: --rate needs a value: --rate=N" run --rate
wrong 2 "run: --rate='': must be a number from 0 to *" run --rate= true
wrong 2 "run: --rate='-1': must be a number from 0 to *" run --rate=-1 true
wrong 2 "run: --rate='1x': must be a number from 0 to *" run --rate=1x true
wrong 2 "run: --rate='true': must be a number*" run --rate true
wrong 2 "run: --rate='99999999999999999999': must be a number*" run --rate=99999999999999999999 true
wrong 2 "run: --slots='7': must be a number from 8 to 16384" run --slots=7 true
wrong 2 "run: --exit-code='256': must be a number from 0 to 255" run --exit-code=256 true
wrong 2 "run: --skip-covered='101': must be a number from 0 to 100" run --skip-covered=101 true
wrong 2 "run: --on-report='stop': must be continue or abort" run --on-report=stop true
wrong 2 "run: --side='up': must be auto, left or right" run --side=up true
wrong 2 "run: --align='3': must be 0, 1, 2, 4, 8 or 16" run --align=3 true
wrong 2 "run: --stats='2': must be 0 or 1" run --stats=2 true
wrong 2 "run: --rate='?[[]2J': must be *" run "--rate=$(printf '\033[2J')" true
wrong 1 "run: cannot append to '/nonexistent/log': No such file*" run --log=/nonexistent/log true
wrong 1 "run: cannot append to '/': Is a directory" run --json=/ true
wrong 127 "run: 'no-such-program': not found" run no-such-program
wrong 127 "run: './no-such-program': not found" run ./no-such-program
wrong 127 "run: '': not found" run ""
wrong 126 "run: '/etc/passwd': is no executable file" run /etc/passwd
wrong 126 "run: '/': is no executable file" run /
wrong 2 "show: a file of records is needed*" show
wrong 2 "show: a file of records is needed*" show --json
wrong 2 "show: unknown option '--jsn'; there are --log, --json, --debuginfo-path, --help" show --jsn x
wrong 2 "show: --json='maybe': must be 0 or 1" show --json=maybe x
wrong 1 "show: cannot read 'nowhere': No such file or directory" show nowhere
wrong 1 "show: cannot read '/': Is a directory" show /
wrong 2 "help: unknown command 'walk'; *" help walk
wrong 2 "help: 'show' is one argument too many*" help run show

export PICKET_OPTIONS=rate=many
wrong 2 "run: PICKET_OPTIONS in the environment: rate='many': must be *" run true
export PICKET_OPTIONS=speed=1
wrong 2 "run: PICKET_OPTIONS in the environment: unknown option 'speed'; there are *" run true
export PICKET_OPTIONS=rate
wrong 2 "run: PICKET_OPTIONS in the environment: 'rate' is not of the form name=value" run true
unset PICKET_OPTIONS

for arguments in "--help" "run --help" "show --help" "run --rate=1 --help" "help" "help run" \
	"help show" "help help" "--version"; do
	# shellcheck disable=SC2086 # words
	"$PICKET" $arguments >out 2>err
	is "$? $(lines err)" "0 0" "picket $arguments: exits 0"
done
"$PICKET" --help >/dev/full 2>err
is "$? $(cat err)" "1 picket: cannot write to standard output" "a full disk is a failure"

tap_done
