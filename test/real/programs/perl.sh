# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: perl
perl -e '
use strict; use warnings; use Data::Dumper; $Data::Dumper::Sortkeys = 1;
my (%count, @list);
for my $i (1 .. 6000) { my $w = "w" . ($i * 7919 % 601); $count{$w}++; push @list, [$i, $w x 3]; }
my @top = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
print join(",", @top[0 .. 9]), "\n"; print Dumper([@list[0 .. 2]]);
my $text = join " ", map { $_->[1] } @list; my $n = () = $text =~ /w(\d)\1/g; print "$n\n";
$text =~ s/(\d+)/<$1>/g; print length($text), "\n";
print sprintf("%08.3f|%-6s|%x", 3.14159, "ab", 255), "\n";
eval { die { code => 7 } }; print $@->{code}, "\n";
local $_ = "a:b:c"; print join("|", split /:/), "\n"; print scalar(reverse "abc"), ucfirst("word"), "\n";
print pack("N", 1) eq "\0\0\0\1" ? "packed\n" : "no\n";
printf "%s\n", join ",", map { $_ ** 2 } grep { $_ % 2 } 1 .. 9; warn "a warning\n"; exit 3'
