#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# picket-cc with the compiler of this machine, in a directory with a space in its name.
. "$SOURCE/test/tool/tap.sh"

real=$(command -v "${PICKET_REAL_CC:-gcc-12}" || command -v gcc) || real=
case $real,$(uname -m) in
?*,x86_64) ;;
*)
	echo "1..0 # SKIP there is no gcc for x86_64"
	exit 0
	;;
esac
unset PICKET_KASAN PICKET_KASAN_RUNTIME KBUILD_EXTRA_SYMBOLS KERNELRELEASE XDG_CACHE_HOME objtree
export HOME="$PWD"
export PICKET_REAL_CC="$real" TMPDIR="$PWD/temporary"
mkdir temporary runtime 'the wrapper' 'the wrapper/include' 'a driver'
cp -r "$SOURCE/port/linux/kasan/picket-cc" "$SOURCE/port/linux/kasan/assembler" \
	"$SOURCE/port/linux/kasan/mark.h" "$SOURCE/port/linux/kasan/marker.h" 'the wrapper'
# What the runtime's header is to the kernel's headers does not matter here.
: >'the wrapper/include/picket_kasan.h'
cp "$SOURCE"/test/cc/shapes.* 'a driver'
first=picket_kasan_must_be_loaded_first
for symbol in __asan_shadow_memory_dynamic_address __asan_load8_noabort picket_kasan_kfree $first; do
	printf '0x12345678\t%s\t/x/picket_kasan\tEXPORT_SYMBOL_GPL\t\n' $symbol
done >runtime/Module.symvers
kernel_flags="-ffreestanding -fno-stack-protector -mcmodel=kernel -mno-red-zone -fno-pic -mno-sse"

wrapper() {
	"./the wrapper/picket-cc" "$@" >out 2>err
}

# compile FLAG... - as Kbuild does, of a C file of a module
compile() {
	PICKET_KASAN_RUNTIME=$PWD/runtime wrapper "$@" -DMODULE $kernel_flags
}

undefined() {
	nm -u "$1" | awk '{ print $2 }'
}

# wrong PATTERN WHAT - the last command failed with one line
wrong() {
	is "$? $(lines err)" "1 1" "$2: exits 1 with one line"
	like "$(cat err)" "picket-cc: $1" "$2: says what is wrong"
}

# --- what is not a module's C file goes to the compiler as it is
wrapper --version
is "$(cat out)" "$("$real" --version)" "--version is the compiler's"
is "$(echo LANGUAGE __VERSION__ | "./the wrapper/picket-cc" -E -P -x c -)" \
	"$(echo LANGUAGE __VERSION__ | "$real" -E -P -x c -)" "so is -E"
echo 'int plain(int *p) { return *p; }' >plain.c
echo 'nop' >plain.S
for case in '-DMODULE -Werror -c -x c /dev/null' '-c plain.c' '-DMODULE -c plain.S' \
	'-DMODULE -S plain.c' '-DMODULE -c -fno-sanitize=kernel-address plain.c'; do
	wrapper $case -o ours
	status=$?
	"$real" $case -o theirs
	is "$status $(cmp ours theirs 2>&1)" "$? " "$case is the compiler's"
done

# --- it cannot
PICKET_KASAN=fast compile -c plain.c -o ours
wrong "PICKET_KASAN='fast' must be inline or outline" "another mode"
wrapper -DMODULE -c plain.c -o ours
wrong "no picket_kasan.ko was built for this kernel; *PICKET_KASAN_RUNTIME=DIR names where" "no runtime"
mkdir -p cache/picket/6.1-made-up-picket_kasan-0
cp runtime/Module.symvers cache/picket/6.1-made-up-picket_kasan-0
(KERNELRELEASE=6.1-made-up XDG_CACHE_HOME=$PWD/cache wrapper -DMODULE -c plain.c -o ours)
is "$? $(cat err)" "0 " "the runtime that picket kasan build built is found"
PICKET_KASAN_RUNTIME=/nowhere wrapper -DMODULE -c plain.c -o ours
wrong "PICKET_KASAN_RUNTIME='/nowhere' must be *" "no runtime there"
mkdir older
grep -v $first runtime/Module.symvers >older/Module.symvers
PICKET_KASAN_RUNTIME=older wrapper -DMODULE -c plain.c -o ours
wrong "PICKET_KASAN_RUNTIME='older' must be *" "a runtime without the symbol that must be there"
PICKET_REAL_CC=clang-14 compile -c plain.c -o ours
wrong "'clang-14' cannot be used; *" "clang"
KBUILD_EXTRA_SYMBOLS="/nowhere $PWD/runtime/Module.symvers" wrapper -DMODULE -c plain.c -o ours
is "$? $(cat err)" "0 " "the runtime is found by KBUILD_EXTRA_SYMBOLS"
mkdir -p tree/include/config
echo "CONFIG_CC_VERSION_TEXT=\"$real (Made up 1) 1\"" >tree/include/config/auto.conf
(unset PICKET_REAL_CC && objtree=tree wrapper --version)
is "$(cat out)" "$("$real" --version)" "the compiler is the kernel's"
echo 'CONFIG_CC_VERSION_TEXT=made-up-gcc (Made up 1) 1' >tree/include/config/auto.conf
(unset PICKET_REAL_CC && objtree=tree wrapper --version)
is $? 127 "or none"

# --- what comes out
for mode in outline inline; do
	for level in 0 1 2 3 s; do
		what="$mode -O$level"
		PICKET_KASAN=$mode compile -O$level -c 'a driver/shapes.c' -o 'a driver/shapes.o'
		is "$? $(cat err)" "0 " "$what"
		undefined 'a driver/shapes.o' >symbols
		is "$(grep -c -x -e picket_kasan_kfree -e kfree symbols) \
$(grep -c -x picket_kasan_kfree symbols)" "1 1" "$what: what the runtime wraps is called by its name"
		is "$(grep -c '^__asan_load\|^__asan_store' symbols | sed 's/[1-9].*/some/') \
$(grep -c '^__asan_report' symbols | sed 's/[1-9].*/some/')" \
			"$([ $mode = inline ] && echo 0 some || echo some 0)" "$what: checks are $mode"
		is "$(objdump -d 'a driver/shapes.o' | grep -ci 'movabs.*0x[ef0-9]*ffeda5a17')" 0 \
			"$what: the shadow is at no fixed place"
		is "$(objdump -r 'a driver/shapes.o' | grep -c 'PC32 *__asan_shadow_memory_dynamic' |
			sed 's/[1-9].*/some/')" some "$what: it is asked for"
		is "$(objdump -s -j .picket_kasan 'a driver/shapes.o' | tail -n 1 | cut -d ' ' -f 3-5)" \
			"6173616b 01000000 0$([ $mode = inline ] && echo 1 || echo 0)000000" "$what: it has the mark"
	done
done
compile --inline -O2 -c plain.c -o one
PICKET_KASAN=inline compile -O2 -c plain.c -o two
PICKET_KASAN=inline compile --outline -O2 -c plain.c -o three
is "$(cmp one two) $(undefined three | grep -c report)" " 0" "--inline and --outline come first"
compile --inline -O2 -pipe -g -gdwarf-5 -c plain.c -o piped
is "$? $(readelf -S piped | grep -c ' .debug_info ')" "0 1" "-pipe and -g are honoured"
compile -O2 -c plain.c
is "$? $(undefined plain.o | grep -c asan)" "0 1" "without -o the object has its usual name"

# --- a module is linked against the runtime, of which modpost need not know
nm 'a driver/shapes.o' | awk 'NF == 2 { print $1, $2 }' | grep -e asan_shadow -e asan_load8 -e kfree >symbols
is "$(cut -d ' ' -f 1 symbols | sort -u)" w "references to the runtime are weak"
printf '"%s"\n' __asan_load8_noabort module_layout >driver.mod.c
sed 's/.*/static const char *name = &;/;s/name/name0/;2s/name0/name1/' driver.mod.c >made
mv made driver.mod.c
PICKET_KASAN=outline compile -O2 -c 'a driver/shapes.c' -o driver.o
compile -c driver.mod.c -o driver.mod.o
is "$? $(cat err)" "0 " "what modpost wrote is compiled"
is "$(undefined driver.mod.o)" $first "it refers to the runtime"
echo 'SECTIONS { /DISCARD/ : { *(.discard.*) } }' >module.lds
ld -r -T module.lds driver.o driver.mod.o -o driver.ko
is "$(nm driver.ko | sed -n 's/^ *U \(__asan_shadow\|__asan_load8\|picket\)/\1/p')" $first \
	"so that the module cannot be loaded without, for one symbol"
objcopy -O binary --only-section=__versions driver.mod.o versions
is "$(wc -c <versions) $(strings -n 8 versions | tr '\n' ' ')" \
	"192 __asan_shadow_memory_dynamic_address picket_kasan_kfree $first " \
	"versions are added that it lacks"
is "$(od -A n -t x4 -N 4 versions | tr -d ' ')" 12345678 "as the runtime has them"
compile -c plain.c -o driver.o -fno-sanitize=kernel-address
compile -c driver.mod.c -o driver.mod.o
is "$(undefined driver.mod.o)" "" "a module without checks does not"
echo 'static int kfree_count; int kfree(int *p) { return *p + kfree_count; }' >own.c
compile -O2 -c own.c -o own.o
is "$(nm own.o | grep -c ' T .*kfree')" 1 "a function of its own stays as strong as it was"

# --- constants
cat >fixed.c <<'END'
long fixed(void) { return *(volatile long *)0xffffffffff5fb008; }
int of_null(void) { return *(volatile char *)0x20; }
END
compile --inline -O2 -c fixed.c -o fixed.o
is "$? $(cat err)" "0 " "addresses of the kernel that are constants"
is "$(objdump -d fixed.o | grep -c 'movabs .*0x1fffffffffebf601,')" 1 "are relative to the shadow"
echo 'unsigned long constant(void) { return 0xfffeda5a17000000; }' >constant.c
compile --inline -O2 -c constant.c -o constant.o
wrong "what is '*movabsq*'? If the shadow of a fixed address, it cannot be moved; *" \
	"a constant that might be the shadow of something"
is "$(ls constant.o 2>&1 | grep -c 'No such')" 1 "leaves no object"
echo 'void own(void) { asm volatile("movabsq $0xdffeda5a17c3b5e8, %%rax" ::: "rax"); }' >own.c
compile --inline -O2 -c own.c -o own.o
wrong "'own.o' would have the shadow at a fixed place; *" "the offset in the code"
is "$(ls own.o 2>&1 | grep -c 'No such')" 1 "leaves no object"

# --- as ever
printf '#include "shapes.h"\n' >'a driver/a b.c'
cat 'a driver/shapes.c' >>'a driver/a b.c'
compile -O2 '-Wp,-MMD,a driver/.dep' -c 'a driver/a b.c' -o 'a driver/a b.o'
is "$?" 0 "paths with spaces"
"$real" -DMODULE -O2 '-Wp,-MMD,theirs' -c 'a driver/a b.c' -o theirs.o
is "$(tr -d '\\\n' <'a driver/.dep' | sed 's| *[^ ]*/the  *wrapper/[^ ]*||g' | tr -s ' ')" \
	"$(tr -d '\\\n' <theirs | tr -s ' ')" "the dependencies are the compiler's"
is "$(grep -c 'picket_kasan.h' 'a driver/.dep')" 1 "and the runtime's header"
echo 'int f(void) { int unused; return undeclared; }' >error.c
compile -Wall -c error.c -o error.o
status=$?
"$real" -Wall -DMODULE $kernel_flags -c error.c -o error.o 2>theirs
is "$status $(ls error.o 2>&1 | grep -c 'No such')" "$? 1" "an error has the compiler's exit status"
is "$(cat err)" "$(cat theirs)" "and is told as ever"
echo 'int f(void) { int unused; return 0; }' >warning.c
compile -Wall -c warning.c -o warning.o
is "$? $(grep -c Wunused err)" "0 1" "so is a warning"
compile -Wall -Werror -c warning.c -o warning.o
is "$? $(ls warning.o 2>&1 | grep -c '^warning')" "1 1" "unless it is an error"
echo 'void f(void) { asm("no such instruction"); }' >assembly.c
compile -c assembly.c -o assembly.o
is "$? $(grep -c 'no such instruction' err) $(ls assembly.o 2>&1 | grep -c 'No such')" "1 1 1" \
	"an instruction that is none fails"
compile -c /nowhere.c -o nowhere.o
is "$?" 1 "a file that is not there fails"

# --- several at a time
for number in 1 2 3 4 5 6 7 8; do
	PICKET_KASAN_RUNTIME=$PWD/runtime "./the wrapper/picket-cc" --inline -DMODULE $kernel_flags -O2 \
		-c 'a driver/shapes.c' -o "parallel$number.o" &
done
wait
compile --inline -O2 -c 'a driver/shapes.c' -o alone.o
same=0
for number in 1 2 3 4 5 6 7 8; do
	! cmp alone.o "parallel$number.o" || same=$((same + 1))
done
is $same 8 "compiling in parallel makes the same"
is "$(ls temporary)" "" "no temporary file is left"

# --- the code does what it did, and checks
"$real" -O2 -fno-pie -c "$SOURCE/test/cc/run.c" -o run.o
kernel_flags="-ffreestanding -fno-pic -mno-red-zone"
for mode in outline inline; do
	for level in 0 1 2 3 s; do
		compile --$mode -O$level -c 'a driver/shapes.c' -o shapes.o
		"$real" -no-pie run.o shapes.o -o run
		./run >out
		case $? in
		0) is "$(lines out) $(grep -c '^ok' out)" "25 24" "$mode -O$level runs right" ;;
		77) skip "$mode -O$level runs right" "this machine has no room for the shadow" ;;
		*) is "$(grep -v '^ok' out)" "" "$mode -O$level runs right" ;;
		esac
	done
done
tap_done
