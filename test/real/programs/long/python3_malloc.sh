# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: /usr/bin/python3
export PYTHONMALLOC=malloc
SCALE=9
. "$HERE/programs/python3.sh"
