# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: gcc objdump
for file in alloc gate; do
	gcc -O2 -g -Wall -fPIC -c -I"$SOURCE/include" -I"$SOURCE/port/process" \
		"$SOURCE/core/guard/$file.c" -o $file.o && objdump -d $file.o | md5sum
done
cat > error.c <<< 'int main(void) { return missing + 1; }'; gcc -c error.c
