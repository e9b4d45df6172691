# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: go gcc
# A runtime that sets its handler by system calls of its own, and C code beside it.
cat >gopher.go <<'END'
package main

/*
#include <stdlib.h>
#include <string.h>
static int work(int n) {
	int sum = 0;
	for (int i = 0; i < n; i++) {
		char *p = malloc(40);
		memset(p, 1, 40);
		sum += p[3];
		free(p);
	}
	return sum;
}
static void crash(void) { *(volatile int *)8 = 1; }
*/
import "C"
import (
	"fmt"
	"os"
	"sync"
)

type node struct{ value int }

func nilRead(n *node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return fmt.Errorf("value %d", n.value)
}

func main() {
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for j := 0; j < 100; j++ {
				C.work(100)
				nilRead(nil)
			}
		}()
	}
	group.Wait()
	fmt.Println(nilRead(nil))
	if len(os.Args) > 1 && os.Args[1] == "crash" {
		C.crash()
	}
}
END
env -u LD_PRELOAD GOCACHE="$PWD/cache" go build -o gopher gopher.go
./gopher
# What it says of a crash in C code. The state of other threads is by chance.
./gopher crash 2>&1 | grep -m 4 -E 'fatal error|signal SIGSEGV|_Cfunc|main.main' |
	sed 's/pc=0x[0-9a-f]*//'
echo "${PIPESTATUS[0]}"
