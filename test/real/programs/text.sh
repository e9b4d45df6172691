# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: awk
seq 1 20000 | sed 's/.*/row & of &/' > rows
sort -k4,4nr rows | head -3; sort -u -t' ' -k2,2.1 rows; sort --parallel=2 -S 1M rows | md5sum
awk '{ n[$2 % 7] += $4; if (NR < 3000) s = s substr($0, 1, 1) }
END { for (i = 0; i < 7; i++) print i, n[i]; print length(s) }' rows
grep -c '7.*7' rows; grep -E '^row ([0-9])\1{3} ' rows; grep -P '(\d)(\d)\2\1 of' rows | wc -l
sed -n '/9999/p; $!N; $s/row/last/p' rows
diff <(head -500 rows) <(sed 's/ 42 / 43 /' rows | head -500)
find "$SOURCE/core" -name '*.h' | sort | xargs wc -l
file rows "$HERE"; bc <<< '2^200' 2>&1
