# What a service manager does: a datagram socket at the path in the first word; each message is printed as one line.
# Descriptors that come with a message are not taken, so the kernel closes them, which is what a barrier waits for.
use strict;
use Socket;
$| = 1;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($socket, pack_sockaddr_un($ARGV[0])) or die "bind: $!";
print "listening\n";
while (defined(recv($socket, my $message, 65536, 0))) {
  print join('|', split(/\n/, $message)), "\n";
}
