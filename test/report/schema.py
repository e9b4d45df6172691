#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Holds lines of JSON against doc/report.schema.json, and the schema against broken lines.

Usage: schema.py SCHEMA GOLDEN_DIRECTORY JSON_TEST
JSON_TEST is the program json_test; it is asked for random records.
"""
import copy
import json
import pathlib
import subprocess
import sys

RANDOM_LINES = 100
SEED = 1

# What must not pass, as (path, value); None removes the member.
BROKEN = [
    ("schema", "memory_error/2"), ("schema", None), ("report_id", "1"), ("sequence", -1),
    ("sequence", 2 ** 53), ("time_ns", 5), ("time", "yesterday"), ("domain", "space"),
    ("addresses", "real"), ("sampling.policy", "never"), ("sampling.pool_slots", "255"),
    ("memory_error.type", "NONE"), ("memory_error.type", "MISMATCH"),
    ("memory_error.fault_address", 4096), ("memory_error.found", None),
    ("memory_error.position", "none"), ("memory_error.distance_bytes", None),
    ("memory_error.call", "read"), ("memory_error.call_argument", 2),
    ("memory_error.access_backtrace", {}), ("memory_error.heap.size", "40"),
    ("memory_error.heap.site", "12"), ("memory_error.heap.state", "none"),
    ("memory_error.heap.deallocation_backtrace", None), ("memory_error.corruption", None),
    ("memory_error.corruption.bytes", "4"), ("memory_error.corruption.changed", None),
]

# The same, of what the shadow detector found in a stack.
BROKEN_SHADOW = [
    ("memory_error.detector", "guard"), ("memory_error.detector", None),
    ("memory_error.region", "heaps"), ("memory_error.region", None),
    ("memory_error.shadow", None), ("memory_error.shadow.bytes", "00"),
    ("memory_error.shadow.bytes", None), ("memory_error.shadow.start", None),
    ("memory_error.shadow.frame.count", "2"), ("memory_error.shadow.frame.offset", None),
    ("memory_error.shadow.frame.objects", [{"name": "x"}]),
    ("memory_error.shadow.variable.address", 4096), ("memory_error.shadow.variable.size", None),
]


def change(record, path, value):
    changed = copy.deepcopy(record)
    *outer, last = path.split(".")
    place = changed
    for name in outer:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changed


def main():
    try:
        import jsonschema
    except ImportError:
        print("1..0 # SKIP the Python module jsonschema (Debian: python3-jsonschema) is missing")
        return 0
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    checks = []
    kinds = set()
    for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
        record = json.loads(path.read_text())
        kinds.add(record["memory_error"]["type"])
        problem = next(validator.iter_errors(record), None)
        checks.append((problem is None, path.name, problem))
    all_kinds = set(schema["$defs"]["memory_error"]["properties"]["type"]["enum"])
    checks.append((kinds == all_kinds, "every type has a golden file", all_kinds - kinds))
    lines = subprocess.run([sys.argv[3], "--emit", str(RANDOM_LINES), str(SEED)], check=True,
                           stdout=subprocess.PIPE).stdout.decode().splitlines()
    problems = [problem for line in lines for problem in validator.iter_errors(json.loads(line))]
    checks.append((len(lines) == RANDOM_LINES and not problems,
                   f"{RANDOM_LINES} random records, seed {SEED}", problems[:1]))
    for name, changes in ("corruption-free", BROKEN), ("shadow-stack", BROKEN_SHADOW):
        base = json.loads((pathlib.Path(sys.argv[2]) / f"{name}.json").read_text())
        for path, value in changes:
            broken = change(base, path, value)
            checks.append((not validator.is_valid(broken), f"{path} = {value} is refused", ""))
    print(f"1..{len(checks)}")
    for number, (good, name, problem) in enumerate(checks, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print("#", str(problem).replace("\n", "\n# "))
    return 0 if all(good for good, _, _ in checks) else 1


sys.exit(main())
