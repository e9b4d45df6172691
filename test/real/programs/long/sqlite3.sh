# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: sqlite3
ROWS=60000
. "$HERE/programs/sqlite3.sh"
