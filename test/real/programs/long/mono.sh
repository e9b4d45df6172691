# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: mono mcs
# Null references are faults.
cat >nulls.cs <<'END'
using System;
using System.Collections.Generic;
using System.Threading;

class Nulls {
	int value = 1;
	static int Read(Nulls n) { return n.value; }
	static void Main() {
		int caught = 0;
		for (int i = 0; i < 1000; i++) {
			try { Read(i % 2 == 0 ? null : new Nulls()); }
			catch (NullReferenceException) { caught++; }
		}
		Console.WriteLine("nulls " + caught);
		var threads = new List<Thread>();
		for (int t = 0; t < 4; t++) {
			var thread = new Thread(() => {
				for (int i = 0; i < 20000; i++)
					GC.KeepAlive(new byte[1000]);
			});
			threads.Add(thread);
			thread.Start();
		}
		foreach (var thread in threads)
			thread.Join();
		GC.Collect();
		Console.WriteLine("done");
	}
}
END
env -u LD_PRELOAD mcs nulls.cs
mono nulls.exe
