#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: kasan-vm.sh KERNEL DIRECTORY
#
# The command itself in a guest, with the libraries that it has here: `picket kasan` and `picket
# kernel reports` with the picket_kasan.ko of the directory and the example driver, built with
# checks. Output is TAP.
here=$(cd "$(dirname "$0")" && pwd)
vm=$here/../vm
. "$here/tap.sh"

kernel=$1
modules=$2

# Another one too, that another picket-cc might have made.
build() {
	cp -r "$here/../../example/kasan" driver &&
		"$vm/kbuild" "$kernel" driver PICKET_KASAN=inline PICKET_KASAN_RUNTIME="$modules" &&
		LC_ALL=C sed 's/\x61\x73\x61\x6b\x01/\x61\x73\x61\x6b\x02/g' driver/sensor.ko >other.ko
}

boot() {
	# shellcheck disable=SC2046 # words
	"$vm/run" "$kernel" $(packed) --file "$modules/picket_kasan.ko" --file driver/sensor.ko \
		--file other.ko --init "$here/kasan-guest" --timeout 300 --append quiet >log 2>&1 ||
		echo "# $(tail -n 1 log)"
}

# said PATTERN NAME - the guest said a line like this
said() {
	like "$(sed -n "s/^kasan: \(${1%% *} .*\)/\1/p" log)" "$1" "$2"
}

# records FILTER WANTED NAME - of all records
records() {
	is "$(grep '^{' log | jq -r "$1" | tr '\n' ' ')" "$2 " "$3"
}

if ! build >built 2>&1; then
	sed 's/^/# /' built
	echo "Bail out! the driver cannot be built"
	exit 1
fi
boot
said "status-before 0 kernel: * runtime: not loaded " "status, without the runtime"
said "unload-before 1 picket: kasan unload: 'sensor' is not loaded " "unload of what is not loaded"
said "plain 1 picket: kasan load: cannot load 'picket_kasan.ko': was built without checks; *" \
	"load of a module without checks"
said "other 1 picket: kasan load: the kernel refuses 'other.ko': the module sensor is refused: it \
was built by a picket-cc of another version " "load of a driver that cannot be run"
said "load 0 sensor is loaded, and checked " "load"
said "parameters 1 1024 N " "load: the runtime has the parameters"
said "change 1 picket: kasan load: --stacks can be set only when * it is loaded already " \
	"load: what cannot be changed"
said "again 1 picket: kasan load: the kernel refuses 'sensor.ko': it is loaded already " "load again"
said "stays 0 picket_kasan stays, for sensor " "unload of the runtime: the driver needs it"
said "records 0 5" "reports --json"
records '.memory_error.type' "OUT_OF_BOUNDS USE_AFTER_FREE OUT_OF_BOUNDS OUT_OF_BOUNDS OUT_OF_BOUNDS" \
	"reports: what they tell"
records '.memory_error.access_backtrace[0].function_name | sub("[.].*"; "")' \
	"sample_take use_freed sum calibrated history_add" "reports: where it was"
said "text 0 5 5" "reports as text"
is "$(sed -n 's/^kasan: json //p' log | jq -c '.loaded, .drivers, .reports')" 'true
[{"name":"sensor","mode":"inline"}]
5' "status --json"
said "status 0 *runtime: picket_kasan.ko drivers: sensor inline reports: 5 readers: none *" "status"
said "unload 0 sensor is unloaded picket_kasan is unloaded " "unload"
said "status-after 0 *runtime: not loaded " "status after that"
said "well 0" "the kernel is well"
[ "$tap_failures" -eq 0 ] || sed 's/^/# /' log
tap_done
