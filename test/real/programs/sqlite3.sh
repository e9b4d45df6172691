# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: sqlite3
sed s/@ROWS@/${ROWS:-2000}/ "$SOURCE/bench/inputs/statements.sql" > script
sqlite3 :memory: < script; sqlite3 file.db < script | md5sum
sqlite3 file.db "PRAGMA integrity_check; VACUUM; SELECT count(*) FROM t; SELECT * FROM missing;"
sqlite3 file.db .dump | md5sum
sqlite3 -csv :memory: "
CREATE VIRTUAL TABLE f USING fts5(x);
INSERT INTO f VALUES('a b c'), ('b d');
SELECT * FROM f WHERE f MATCH 'b AND d';
SELECT highlight(f, 0, '<', '>') FROM f('a');"
