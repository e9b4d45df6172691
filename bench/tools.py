# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The tools of the detection table: how each is put to work, and how each says what it found."""
import ctypes.util
import dataclasses
import glob
import os
import re
import shutil

import measure

SCUDO = "/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.scudo_standalone-x86_64.so"
GWP_ASAN = "GWP_ASAN_SampleRate=1:GWP_ASAN_MaxSimultaneousAllocations=255"


@dataclasses.dataclass
class Tool:
    name: str
    env: dict
    says: str  # what its reports match
    program: str = "detect"
    prefix: list = dataclasses.field(default_factory=list)
    is_us: bool = False

    def report(self, text):
        return re.search(self.says, text)


def scudo():
    found = sorted(glob.glob(SCUDO))
    return found[-1] if found else None


def gwp_asan_environment():
    return measure.environment(scudo() or "", SCUDO_OPTIONS=GWP_ASAN)


def picket(build, name, options):
    env = measure.environment(build.library, f"rate=1:{options}")
    return Tool(name, env, r"BUG: .*", is_us=True)


def ours(build):
    """Two runs, the other side first in each; and the same with byte-exact placement."""
    return [
        picket(build, "right", "side=right"),
        picket(build, "left", "side=left"),
        picket(build, "exact right", "side=right:align=1"),
        picket(build, "exact left", "side=left:align=1"),
    ]


def others(build):
    tools = [Tool("glibc alone", measure.environment(), r"free\(\): |realloc\(\): |munmap_chunk")]
    if scudo():
        tools.append(Tool("GWP-ASan", gwp_asan_environment(), r"GWP-ASan detected|Scudo ERROR"))
    if ctypes.util.find_library("efence"):
        tools.append(Tool("Electric Fence", measure.environment("libefence.so.0"),
                          r"ElectricFence (Aborting|Exiting)"))
    if shutil.which("valgrind"):
        memcheck = ["valgrind", "-q", "--tool=memcheck", "--leak-check=no"]
        says = r"Invalid (read|write|free)|Mismatched |Unaligned alignment|unaddressable byte"
        tools.append(Tool("memcheck", measure.environment(), says, prefix=memcheck))
    if os.path.exists(build.directory / "bench/detect-asan"):
        options = {"ASAN_OPTIONS": "detect_leaks=0:symbolize=0:new_delete_type_mismatch=1"}
        tools.append(Tool("ASan", measure.environment(**options), r"ERROR: AddressSanitizer",
                          program="detect-asan"))
    return tools
