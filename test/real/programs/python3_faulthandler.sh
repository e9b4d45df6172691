# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: python3
# It writes a traceback when its own handler gets a fault, and then dies of it.
cat >program.py <<'END'
import ctypes
import faulthandler
import os
import signal
import sys

faulthandler.register(signal.SIGUSR1, all_threads=False)
os.kill(os.getpid(), signal.SIGUSR1)
kept = [bytearray(300) for _ in range(1000)]
{"none": lambda: None, "fault": faulthandler._sigsegv, "abort": faulthandler._sigabrt,
 "null": lambda: ctypes.string_at(0), "thread": faulthandler._fatal_error_c_thread,
 "overflow": faulthandler._stack_overflow}[sys.argv[1]]()
END
for way in none fault abort null thread overflow; do
	python3 -X faulthandler program.py $way 2>&1 | sed 's/0x[0-9a-f]*/ADDRESS/g; s/ at ADDRESS.*//'
	echo "${PIPESTATUS[0]}"
done
