# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: java javac
# Null checks, ends of stacks and safepoints are faults in the virtual machine's own handler.
cat >Nulls.java <<'END'
public class Nulls {
	int value;
	static int read(Nulls n) { return n.value; }
	static int deep(int n) { return n == 0 ? 0 : 1 + deep(n + 1); }
	public static void main(String[] a) throws Exception {
		int caught = 0;
		Nulls good = new Nulls();
		for (int i = 0; i < 300000; i++) {
			try { caught += read(i % 1000 == 0 ? null : good); }
			catch (NullPointerException e) { caught++; }
		}
		System.out.println("nulls " + caught);
		int overflows = 0;
		for (int i = 0; i < 3; i++)
			try { deep(1); } catch (StackOverflowError e) { overflows++; }
		System.out.println("overflows " + overflows);
		Thread[] threads = new Thread[4];
		for (int t = 0; t < 4; t++) {
			threads[t] = new Thread(() -> {
				java.util.ArrayList<byte[]> list = new java.util.ArrayList<>();
				for (int i = 0; i < 20000; i++) { list.add(new byte[1000]); if (list.size() > 100) list.clear(); }
			});
			threads[t].start();
		}
		for (Thread t : threads) t.join();
		System.gc();
		System.out.println("done");
	}
}
END
env -u LD_PRELOAD javac Nulls.java
for mode in -Xint -Xcomp -XX:+UseSerialGC; do
	java -Xmx64m -Xss512k $mode Nulls
done
