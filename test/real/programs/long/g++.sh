# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: g++ objdump
cat > all.cpp <<'END'
#include <bits/stdc++.h>
int main()
{
	return std::regex_match("aab", std::regex("a+b")) ? 0 : 1;
}
END
g++ -O2 -std=c++17 all.cpp -o all && ./all; echo $?; objdump -d all | md5sum
