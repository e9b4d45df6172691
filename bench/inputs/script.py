# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""usage: script.py SCALE [memory]

A Python program of many small objects: JSON, regular expressions, counting, a tree, strings.
Prints a digest of what it made; with "memory" the memory it holds at its end as well.
"""
import collections
import hashlib
import json
import random
import re
import sys


def documents(count):
    return [{"id": i, "name": f"name {i}", "tags": [f"t{i % 7}", f"u{i % 11}"], "x": i / 7}
            for i in range(count)]


class Tree:
    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        node = self
        while True:
            side = "left" if key < node.key else "right"
            below = getattr(node, side)
            if below is None:
                setattr(node, side, Tree(key))
                return
            node = below

    def depth(self):
        below = [side.depth() for side in (self.left, self.right) if side]
        return 1 + max(below, default=0)


def main():
    scale = int(sys.argv[1])
    digest = hashlib.sha256()
    dice = random.Random(1)
    for _ in range(3):
        text = json.dumps(documents(300 * scale))
        loaded = json.loads(text)
        digest.update(json.dumps(loaded, sort_keys=True).encode())
    words = re.findall(r"[a-z]+\d+|\w+", text)
    counted = collections.Counter(words)
    digest.update(repr(counted.most_common(20)).encode())
    tree = Tree(500)
    for _ in range(800 * scale):
        tree.insert(dice.random() * 1000)
    digest.update(str(tree.depth()).encode())
    joined = ",".join(sorted(f"{dice.random():.6f}" for _ in range(2000 * scale)))
    digest.update("".join(sorted(joined.split(","), reverse=True)).encode())
    kept = [bytes(dice.randrange(10, 400)) for _ in range(4000 * scale)]
    digest.update(str(sum(map(len, kept))).encode())
    print(digest.hexdigest())
    if "memory" in sys.argv:
        with open("/proc/self/smaps_rollup") as rollup:
            print(rollup.read())


main()
