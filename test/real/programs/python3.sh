# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: /usr/bin/python3
/usr/bin/python3 "$SOURCE/bench/inputs/script.py" ${SCALE:-1}
/usr/bin/python3 -c '
import asyncio, concurrent.futures, csv, ctypes, decimal, io, pickle, re, sqlite3, struct, subprocess
import xml.etree.ElementTree as tree, zlib
print(zlib.crc32(zlib.compress(bytes(range(256)) * 100)), decimal.Decimal(2).sqrt())
root = tree.fromstring("<a>" + "".join(f"<b n=\"{i}\">t{i}</b>" for i in range(500)) + "</a>")
print(sum(int(b.get("n")) for b in root), len(tree.tostring(root)))
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda i: i * i, range(500))))
print(pickle.loads(pickle.dumps({"a": [1, 2, (3, "x")]})), struct.pack(">Id", 7, 0.5))
base = sqlite3.connect(":memory:"); base.execute("create table t(x)")
base.executemany("insert into t values(?)", [(i,) for i in range(500)])
print(base.execute("select sum(x) from t").fetchone(), re.sub(r"(\d)(\d)", r"\2\1", "12 34 56"))
async def double(x): await asyncio.sleep(0); return 2 * x
async def main(): return sum(await asyncio.gather(*(double(i) for i in range(100))))
print(asyncio.run(main()))
print(subprocess.run(["echo", "child"], capture_output=True, text=True).stdout)
buffer = io.StringIO(); csv.writer(buffer).writerows([[1, "a,b"], [2, "c"]])
print(buffer.getvalue(), ctypes.CDLL(None).abs(-5)); 1 / 0'
