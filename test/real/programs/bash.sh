# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: bash
declare -A table; list=()
for ((i = 0; i < 400; i++)); do
	table[key$i]=$((i * i))
	list+=("item $i")
done
echo ${#table[@]} ${table[key17]} "${list[@]: -3}"
fib() { (($1 < 2)) && echo $1 || echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); }
fib 5
text=$(printf 'line %d\n' {1..300})
echo "${text//line/row}" | md5sum
echo ${#text} ${text^^:0:9}
while read -r word number; do
	[[ $word$number =~ ^line([0-9]+)$ ]] && sum=$((sum + BASH_REMATCH[1]))
done <<< "$text"
echo $sum
mapfile -t lines <<< "$text"
echo "${lines[42]}"
printf '%q ' "a b" $'c\nd'; echo
trap 'echo trapped' USR1; kill -USR1 $$
exec 3> file; echo to three >&3; exec 3>&-; cat file
for f in {a..c}{1..3}; do : > $f; done
echo *[13]; (exit 3); echo $?; local x
case $text in line*) echo matches ;; esac
coproc cat
echo hello >&${COPROC[1]}
read -r -u ${COPROC[0]} answer; echo $answer
eval 'echo $((16#ff))'; printf -v made '%05d' 42; echo $made
type -t fib; declare -f fib | head -3; echo "$(< file)"
shopt -s extglob
echo !(a*|file)
