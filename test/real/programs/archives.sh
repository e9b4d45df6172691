# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: tar xz
mkdir files out; for i in $(seq 1 30); do seq $i $((i * 90)) > files/$i; done
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=644 -cf all.tar files/*
sha256sum all.tar
for tool in gzip\ -n bzip2 'xz -3 -T1' 'zstd -q'; do
	command -v ${tool%% *} > /dev/null || continue
	$tool -c < all.tar > packed; sha256sum < packed; ${tool%% *} -dc < packed | cmp - all.tar
done
tar xf all.tar -C out; diff -r files out/files; tar tvf missing.tar
