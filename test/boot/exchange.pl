#!/usr/bin/perl
# exchange.pl ONE OTHER [ONE OTHER]...: exchange the two names of each pair, again and again, each time in one step as
# renameat2(2) does, until it gets SIGTERM. Then it says how often it has. A name that is not there is passed over.
use strict;
use warnings;
my ($renameat2, $here, $exchange) = (316, -100, 2);
my ($times, $ended) = (0, 0);
$SIG{TERM} = sub { $ended = 1 };
$| = 1;
print "begun\n";
until ($ended) {
    for (my $i = 0; $i < $#ARGV; $i += 2) {
        my ($one, $other) = @ARGV[$i, $i + 1];
        $times++ if syscall($renameat2, $here, $one, $here, $other, $exchange) == 0;
    }
    select(undef, undef, undef, rand(0.0005));
}
print "$times\n";
