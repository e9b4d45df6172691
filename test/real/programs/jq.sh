# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: jq
seq 1 1500 | jq -c '{id: ., name: "n\(. % 13)", list: [., . * 2]}' > lines
jq -s 'group_by(.name) | map({name: .[0].name, sum: (map(.list[1]) | add)}) | sort_by(.sum)' lines
jq -r 'select(.id % 500 == 0) | [.id, .name] | @csv' lines; echo '{' | jq .
jq -n '[limit(5; repeat(1))], ("text" | test("e.t"), ascii_upcase, @base64, (. / "e"))'
jq -n 'error("x")'
