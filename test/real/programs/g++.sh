# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: g++ objdump
cat > words.cpp <<'END'
#include <map>
#include <string>
int main()
{
	std::map<std::string, int> words;
	for (int i = 0; i < 99; i++)
		words[std::to_string(i % 9)]++;
	return words.size();
}
END
g++ -O1 -g words.cpp -o words && ./words; echo $?; objdump -d words | md5sum
# The compiler unwatched, what it makes watched.
env LD_PRELOAD= g++ -O1 -std=c++17 "$HERE/containers.cpp" -o containers -pthread && ./containers
