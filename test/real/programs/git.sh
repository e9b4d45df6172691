# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: git
export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_AUTHOR_DATE='2020-01-01T00:00:00Z'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git init -q -b main work && cd work
for i in 1 2 3 4 5 6; do
	seq 1 $((i * 50)) > file$((i % 3)); git add . && git commit -q -m "change $i"
done
git log --stat --oneline; git branch side HEAD~2; git checkout -q side
echo side > other; git add other; git commit -q -m side
git merge -q --no-edit main; git log --graph --format='%h %s'
git diff HEAD~1 | md5sum; git blame file1 | tail -2; git show --stat HEAD~2; git grep -c 42
git stash list; git rev-list --objects --all | wc -l; git tag -a v1 -m one; git describe
git gc -q; git fsck --strict; git count-objects -v | grep -v size; git archive HEAD | sha256sum
git clone -q . ../clone; git -C ../clone log --oneline | tail -1; git rebase -q main; git status -s
git cat-file -p HEAD; git checkout missing; git merge missing
