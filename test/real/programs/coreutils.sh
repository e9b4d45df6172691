# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: sort shuf
seq 1 3000 | shuf --random-source=<(yes) > numbers
sort -n numbers | md5sum
sort -R --random-source=<(yes) numbers | head -3
paste -d, numbers <(tac numbers) | cut -d, -f2 | uniq | wc
comm -12 <(sort numbers) <(sort numbers | sed 'n;d') | wc -l
join <(sort numbers) <(sort numbers) | sha256sum
tr 0-9 a-j < numbers | fold -w 7 | head -5
od -A x -t x1z numbers | tail -3
split -n 3 numbers part. && cat part.* | cmp - numbers && ls part.*
mkdir -p tree/{a,b}/{1,2,3} && cp -r numbers tree/a/1 && cp -r tree copy && diff -r tree copy
find copy -type f | sort | xargs cksum
ls -R copy; stat -c '%n %s %A' numbers; du --apparent-size -b numbers
date -u -d @0; printf '%s %d %x %5.2f\n' text 10 255 3.14159; factor 1234567 600851475143
expr 6 \* 7; basename /a/b.c .c; dirname /a/b.c; realpath --relative-to=copy tree
base64 numbers | tail -2; base64 numbers | base64 -d | cmp - numbers
numfmt --to=iec 123456789; tsort <<< 'a b b c c d'; nl numbers | tail -2
csplit -s numbers 100 200; sum numbers
dd if=numbers bs=100 count=3 status=none | b2sum; truncate -s 5000 numbers; sum numbers
cat missing; ls missing; cp missing other; rmdir tree; test -e missing; echo $?
