-- SPDX-License-Identifier: GPL-2.0-only OR MIT
-- @ROWS@ is replaced by the number of rows.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INTEGER, s TEXT, r REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @ROWS@)
INSERT INTO t SELECT i, i * 7919 % 1009, printf('text %d %x', i, i * 2654435761), i / 7.0 FROM n;
CREATE INDEX t_k ON t(k);
CREATE INDEX t_s ON t(s);
SELECT k % 10 AS d, count(*), sum(r), min(s), max(s), group_concat(k) IS NULL
FROM t GROUP BY d ORDER BY d;
SELECT count(*) FROM t a JOIN t b ON a.k = b.k WHERE a.id < 200 AND b.id % 3 = 0;
CREATE TABLE j(doc TEXT);
INSERT INTO j SELECT json_object('id', id, 's', s, 'l', json_array(k, r, s)) FROM t
WHERE id % 5 = 0;
SELECT sum(json_extract(doc, '$.l[0]')), count(DISTINCT json_extract(doc, '$.s')) FROM j;
UPDATE t SET s = s || '+' || k WHERE k % 4 = 0;
DELETE FROM t WHERE k % 9 = 0;
SELECT count(*), sum(length(s)) FROM t;
SELECT id, s FROM t ORDER BY s DESC LIMIT 20;
SELECT upper(s), replace(s, 'text', 'word') FROM t ORDER BY r * k % 97, id LIMIT 500;
