# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What stock programs are made to do: shell scripts whose output is the same in every run.

Each runs in an empty directory; $SOURCE is this tree, $HERE the directory of this file. A program
that is not installed skips its scripts.
"""

COREUTILS = r"""
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
numfmt --to=iec 123456789; tsort <<< 'a b b c c d'; nl numbers | tail -2; csplit -s numbers 100 200
dd if=numbers bs=100 count=3 status=none | b2sum; truncate -s 5000 numbers; sum numbers
cat missing; ls missing; cp missing other; rmdir tree; test -e missing; echo $?
"""

BASH = r"""
declare -A table; list=()
for ((i = 0; i < 400; i++)); do table[key$i]=$((i * i)); list+=("item $i"); done
echo ${#table[@]} ${table[key17]} "${list[@]: -3}"
fib() { (($1 < 2)) && echo $1 || echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); }
fib 5
text=$(printf 'line %d\n' {1..300}); echo "${text//line/row}" | md5sum; echo ${#text} ${text^^:0:9}
while read -r word number; do [[ $word$number =~ ^line([0-9]+)$ ]] && sum=$((sum + BASH_REMATCH[1]))
done <<< "$text"; echo $sum
mapfile -t lines <<< "$text"; echo "${lines[42]}"; printf '%q ' "a b" $'c\nd'; echo
trap 'echo trapped' USR1; kill -USR1 $$; exec 3> file; echo to three >&3; exec 3>&-; cat file
for f in {a..c}{1..3}; do : > $f; done; echo *[13]; (exit 3); echo $?; unset table; local x
case $text in line*) echo matches;; esac; coproc cat; echo hello >&${COPROC[1]}
read -r -u ${COPROC[0]} answer; echo $answer; eval 'echo $((16#ff))'; printf -v made '%05d' 42; echo $made
type -t fib; declare -f fib | head -3; echo "$(< file)"
shopt -s extglob
echo !(a*|file)
"""

GIT = r"""
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME=$PWD
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git init -q -b main work && cd work
for i in 1 2 3 4 5 6; do seq 1 $((i * 50)) > file$((i % 3)); git add . && git commit -q -m "change $i"
done
git log --stat --oneline; git branch side HEAD~2; git checkout -q side; echo side > other; git add other
git commit -q -m side; git merge -q --no-edit main; git log --graph --format='%h %s'
git diff HEAD~1 | md5sum; git blame file1 | tail -2; git show --stat HEAD~2; git grep -c 42
git stash list; git rev-list --objects --all | wc -l; git tag -a v1 -m one; git describe
git gc -q; git fsck --strict; git count-objects -v | grep -v size; git archive HEAD | sha256sum
git clone -q . ../clone; git -C ../clone log --oneline | tail -1; git rebase -q main; git status -s
git cat-file -p HEAD; git checkout missing; git merge missing
"""

SQLITE = r"""
sed s/@ROWS@/$ROWS/ "$SOURCE/bench/inputs/statements.sql" > script
sqlite3 :memory: < script; sqlite3 file.db < script | md5sum
sqlite3 file.db "PRAGMA integrity_check; VACUUM; SELECT count(*) FROM t; SELECT * FROM missing;"
sqlite3 file.db .dump | md5sum
sqlite3 -csv :memory: "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('a b c'),('b d');
SELECT * FROM f WHERE f MATCH 'b AND d'; SELECT highlight(f, 0, '<', '>') FROM f('a');"
"""

PERL = r"""
perl -e '
use strict; use warnings; use Data::Dumper; $Data::Dumper::Sortkeys = 1;
my (%count, @list);
for my $i (1 .. 6000) { my $w = "w" . ($i * 7919 % 601); $count{$w}++; push @list, [$i, $w x 3]; }
my @top = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
print join(",", @top[0 .. 9]), "\n"; print Dumper([@list[0 .. 2]]);
my $text = join " ", map { $_->[1] } @list; my $n = () = $text =~ /w(\d)\1/g; print "$n\n";
$text =~ s/(\d+)/<$1>/g; print length($text), "\n"; print sprintf("%08.3f|%-6s|%x", 3.14159, "ab", 255), "\n";
eval { die { code => 7 } }; print $@->{code}, "\n"; local $_ = "a:b:c"; print join("|", split /:/), "\n";
print scalar(reverse "abc"), ucfirst("word"), "\n"; print pack("N", 1) eq "\0\0\0\1" ? "packed\n" : "no\n";
printf "%s\n", join ",", map { $_ ** 2 } grep { $_ % 2 } 1 .. 9; warn "a warning\n"; exit 3'
"""

PYTHON = r"""
/usr/bin/python3 "$SOURCE/bench/inputs/script.py" 1
/usr/bin/python3 -c '
import asyncio, csv, decimal, io, re, sqlite3, subprocess, threading, zlib, xml.etree.ElementTree as tree
import concurrent.futures, pickle, struct, tempfile, ctypes
print(zlib.crc32(zlib.compress(bytes(range(256)) * 100)), decimal.Decimal(2).sqrt())
root = tree.fromstring("<a>" + "".join(f"<b n=\"{i}\">t{i}</b>" for i in range(500)) + "</a>")
print(sum(int(b.get("n")) for b in root), len(tree.tostring(root)))
with concurrent.futures.ThreadPoolExecutor(4) as pool: print(sum(pool.map(lambda i: i * i, range(500))))
print(pickle.loads(pickle.dumps({"a": [1, 2, (3, "x")]})), struct.pack(">Id", 7, 0.5))
base = sqlite3.connect(":memory:"); base.execute("create table t(x)")
base.executemany("insert into t values(?)", [(i,) for i in range(500)])
print(base.execute("select sum(x) from t").fetchone(), re.sub(r"(\d)(\d)", r"\2\1", "12 34 56"))
async def double(x): await asyncio.sleep(0); return 2 * x
async def main(): return sum(await asyncio.gather(*(double(i) for i in range(100))))
print(asyncio.run(main()), subprocess.run(["echo", "child"], capture_output=True, text=True).stdout)
buffer = io.StringIO(); csv.writer(buffer).writerows([[1, "a,b"], [2, "c"]]); print(buffer.getvalue())
print(ctypes.CDLL(None).abs(-5)); 1 / 0'
"""

COMPILER = r"""
for file in alloc gate; do
	gcc -O2 -g -Wall -fPIC -c -I"$SOURCE/include" -I"$SOURCE/port/process" \
		"$SOURCE/core/guard/$file.c" -o $file.o && objdump -d $file.o | md5sum
done
cat > error.c <<< 'int main(void) { return missing + 1; }'; gcc -c error.c
"""

CXX = r"""
cat > words.cpp <<'END'
#include <map>
#include <string>
int main() { std::map<std::string, int> m; for (int i = 0; i < 99; i++) m[std::to_string(i % 9)]++; return m.size(); }
END
g++ -O1 -g words.cpp -o words && ./words; echo $?; objdump -d words | md5sum
env LD_PRELOAD= g++ -O1 -std=c++17 "$HERE/containers.cpp" -o containers -pthread && ./containers
"""

LUA = r"""
lua5.4 -e '
local t = {} for i = 1, 20000 do t[i] = { key = "k" .. i % 97, value = i * 31 % 1009 } end
table.sort(t, function(a, b) return a.value < b.value or a.value == b.value and a.key < b.key end)
print(t[1].key, t[#t].value, collectgarbage("count") > 0)
local s = {} for w in ("a b c d e"):rep(500, " "):gmatch("%a") do s[w] = (s[w] or 0) + 1 end print(s.a, s.e)
print(pcall(error, { code = 1 }), string.format("%q %5.2f", "x\ny", 2.5), select("#", table.unpack({ 1, 2, 3 })))
local c = coroutine.wrap(function() for i = 1, 500 do coroutine.yield(i) end end) local n = 0
for i = 1, 500 do n = n + c() end print(n) setmetatable({}, { __gc = function() print("gc") end }) collectgarbage()'
"""

JQ = r"""
seq 1 1500 | jq -c '{id: ., name: "n\(. % 13)", list: [., . * 2]}' > lines
jq -s 'group_by(.name) | map({name: .[0].name, sum: (map(.list[1]) | add)}) | sort_by(.sum)' lines
jq -r 'select(.id % 500 == 0) | [.id, .name] | @csv' lines; echo '{' | jq .; jq -n '[limit(5; repeat(1))]'
jq -n '"text" | test("e.t"), ascii_upcase, @base64, (. / "e")'; jq -n 'error("x")'
"""

ARCHIVE = r"""
mkdir files; for i in $(seq 1 30); do seq $i $((i * 90)) > files/$i; done
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf all.tar files; sha256sum all.tar
for tool in gzip\ -n bzip2 'xz -3 -T1' 'zstd -q'; do
	command -v ${tool%% *} > /dev/null || continue
	$tool -c < all.tar > packed; sha256sum < packed; ${tool%% *} -dc < packed | cmp - all.tar; done
tar xf all.tar -C "$(mkdir out; echo out)"; diff -r files out/files; tar tvf missing.tar
"""

TEXT = r"""
seq 1 20000 | sed 's/.*/row & of &/' > rows; sort -k4,4nr rows | head -3; sort -u -t' ' -k2,2.1 rows
LC_ALL=C sort --parallel=2 -S 1M rows | md5sum
awk '{ n[$2 % 7] += $4; if (NR < 3000) s = s substr($0, 1, 1) } END { for (i = 0; i < 7; i++) print i, n[i]; print length(s) }' rows
grep -c '7.*7' rows; grep -E '^row ([0-9])\1{3} ' rows; grep -P '(\d)(\d)\2\1 of' rows | wc -l
sed -n '/9999/p; $!N; $s/row/last/p' rows; diff <(head -500 rows) <(sed 's/ 42 / 43 /' rows | head -500)
find "$SOURCE/core" -name '*.h' | sort | xargs wc -l | tail -1 | tr -d 0-9; file rows "$HERE"; bc <<< '2^200' 2>&1
"""

OPENSSL = r"""
seq 1 20000 > plain; openssl dgst -sha256 plain; openssl dgst -sha3-512 plain
openssl enc -aes-256-cbc -K $(printf '%064d' 7) -iv $(printf '%032d' 9) -in plain -out secret && md5sum secret
openssl enc -d -aes-256-cbc -K $(printf '%064d' 7) -iv $(printf '%032d' 9) -in secret | cmp - plain
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key 2> /dev/null; openssl pkey -in key -pubout -out public
openssl req -new -x509 -key key -subj /CN=name -days 9 -out certificate && openssl x509 -in certificate -noout -subject
openssl dgst -sha256 -sign key -out signed plain && openssl dgst -sha256 -verify public -signature signed plain
openssl prime 1000003; openssl asn1parse -in public | wc -l; openssl x509 -in missing 2>&1 | wc -l
"""

# Name, programs that it needs, script. What stands first is short enough for every test run.
SHORT = [
    ("coreutils", ["sort"], COREUTILS, {}),
    ("bash", ["bash"], BASH, {}),
    ("git", ["git"], GIT, {}),
    ("sqlite3", ["sqlite3"], SQLITE, {"ROWS": "2000"}),
    ("perl", ["perl"], PERL, {}),
    ("python3", ["/usr/bin/python3"], PYTHON, {}),
    ("python3 with malloc", ["/usr/bin/python3"], PYTHON, {"PYTHONMALLOC": "malloc"}),
    ("gcc", ["gcc", "objdump"], COMPILER, {}),
    ("g++ and what it makes", ["g++"], CXX, {}),
    ("lua", ["lua5.4"], LUA, {}),
    ("jq", ["jq"], JQ, {}),
    ("tar and packers", ["tar", "xz"], ARCHIVE, {}),
    ("text tools", ["awk"], TEXT, {}),
    ("openssl", ["openssl"], OPENSSL, {}),
]
LONG = [
    ("sqlite3, many rows", ["sqlite3"], SQLITE, {"ROWS": "60000"}),
    ("python3, larger", ["/usr/bin/python3"], r"""
for scale in 5 9; do /usr/bin/python3 "$SOURCE/bench/inputs/script.py" $scale; done""",
     {"PYTHONMALLOC": "malloc"}),
    ("g++, all of the standard library", ["g++"], r"""
echo '#include <bits/stdc++.h>
int main() { std::regex r("a+b"); return std::regex_match("aab", r) ? 0 : 1; }' > all.cpp
g++ -O2 -std=c++17 all.cpp -o all && ./all; echo $?; objdump -d all | md5sum""", {}),
]
