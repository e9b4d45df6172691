# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: lua5.4
lua5.4 -e '
local t = {} for i = 1, 20000 do t[i] = { key = "k" .. i % 97, value = i * 31 % 1009 } end
table.sort(t, function(a, b) return a.value < b.value or a.value == b.value and a.key < b.key end)
print(t[1].key, t[#t].value, collectgarbage("count") > 0)
local s = {} for w in ("a b c d e"):rep(500, " "):gmatch("%a") do s[w] = (s[w] or 0) + 1 end
print(s.a, s.e, string.format("%q %5.2f", "x\ny", 2.5), select("#", table.unpack({ 1, 2, 3 })))
local c = coroutine.wrap(function() for i = 1, 500 do coroutine.yield(i) end end) local n = 0
for i = 1, 500 do n = n + c() end print(n, pcall(error, "thrown"))
setmetatable({}, { __gc = function() print("gc") end }) collectgarbage()'
