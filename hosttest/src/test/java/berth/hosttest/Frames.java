package berth.hosttest;

/** Frames that a program sends which keeps to no rules, from whatever network it is run in. In Perl, which every Debian has. */
final class Frames {
    private static final String PRELUDE = """
            use strict; use warnings;
            my $link = 'LINK';
            socket(my $wire, 17, 3, 0) or die "socket: $!";
            my $request = pack('a16 x16', $link);
            ioctl($wire, 0x8933, $request) or die "index of $link: $!";
            my $index = unpack('x16 i', $request);
            $request = pack('a16 x16', $link);
            ioctl($wire, 0x8927, $request) or die "address of $link: $!";
            my $mac = unpack('x18 a6', $request);
            sub frame {
                my ($to, $from, $type, $data) = @_;
                send($wire, $to . $from . pack('n', $type) . $data, 0, pack('S n i S C C a8', 17, 3, $index, 0, 0, 6, $to))
                    or die "send: $!";
            }
            sub ip { my $text = shift; pack('C4', split(/\\./, $text)) }
            sub linklocal { my @b = unpack('C6', shift); pack('n x6 C8', 0xfe80, $b[0] ^ 2, @b[1, 2], 0xff, 0xfe, @b[3 .. 5]) }
            sub checksum {
                my $sum = 0;
                $sum += $_ for unpack('n*', shift);
                $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
                ~$sum & 0xffff
            }
            # An ICMPv6 packet, whose sum is left to be computed.
            sub icmp6 {
                my ($from, $to, $body) = @_;
                my $sum = checksum($from . $to . pack('N N', length $body, 58) . $body);
                substr($body, 2, 2) = pack('n', $sum);
                pack('N n C C', 6 << 28, length $body, 58, 255) . $from . $to . $body
            }
            # ARP: 1 asks, 2 answers.
            sub arp {
                my ($operation, $mac, $ip, $target) = @_;
                pack('n n C C n', 1, 0x0800, 6, 4, $operation) . $mac . $ip . ("\\0" x 6) . $target
            }
            my $everybody = "\\xff" x 6;
            my $nodes = pack('n x13 C', 0xff02, 1);
            my $nodesmac = pack('n N', 0x3333, 1);
            """;

    private Frames() {}

    /** The host has moved to this link, say an answer that nobody asked for and a question to all. */
    static String claimsToBe(String address) {
        return """
                for (1 .. 3) {
                    frame($everybody, $mac, 0x0806, arp($_ %% 2 + 1, $mac, ip('%1$s'), ip('%1$s')));
                }
                """.formatted(address);
    }

    /** This link leads everywhere, and to {@code 2001:db8:bad::/64}. */
    static String routerAdvertisement() {
        return """
                my $prefix = pack('C C C C N N N', 3, 4, 64, 0xc0, 3600, 3600, 0) . pack('n4 x8', 0x2001, 0xdb8, 0xbad, 0);
                my $body = pack('C C n C C n N N', 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix . pack('C C', 1, 1) . $mac;
                frame($nodesmac, $mac, 0x86dd, icmp6(linklocal($mac), $nodes, $body)) for 1 .. 3;
                """;
    }

    /** Five hundred other stations are here, each with an address. */
    static String manyStations() {
        return """
                for my $n (1 .. 500) {
                    my $other = pack('C C N', 2, 0x66, $n);
                    my $body = pack('C C n N', 135, 0, 0, 0) . linklocal($mac) . pack('C C', 1, 1) . $other;
                    frame($everybody, $other, 0x0806, arp(1, $other, ip('10.77.5.1'), ip('10.77.5.1')));
                    frame($everybody, $mac, 0x0806, arp(1, $mac, pack('C4', 10, 77, 6 + $n / 250, $n % 250), ip('10.77.5.1')));
                    frame($nodesmac, $other, 0x86dd, icmp6(linklocal($other), $nodes, $body));
                    frame($nodesmac, $mac, 0x86dd, icmp6(linklocal($other), $nodes, $body));
                }
                """;
    }

    /**
     * Packets from these addresses of the sender to five hundred others that nobody has, {@code 10.77.6.0} to {@code 10.77.7.249}
     * and {@code fd00:77::6:1} to {@code fd00:77::6:1f4}, for {@code router} to pass on.
     */
    static String toMissingStations(String router, String address4, String address6) {
        return """
                my $router = pack('H12', '%s' =~ s/://gr);
                my ($from4, $from6) = (ip('%s'), pack('n8', map { hex } split(/:/, '%s')));
                for my $n (1 .. 500) {
                    my $to = pack('C4', 10, 77, 6 + $n / 250, $n %% 250);
                    my $header = pack('C C n n n C C n', 0x45, 0, 28, $n, 0, 64, 17, 0) . $from4 . $to;
                    substr($header, 10, 2) = pack('n', checksum($header));
                    frame($router, $mac, 0x0800, $header . pack('n n n n', 7, 7, 8, 0));
                    frame($router, $mac, 0x86dd, icmp6($from6, pack('n8', 0xfd00, 0x77, 0, 0, 0, 0, 6, $n), pack('C C n N', 128, 0, 0, 1)));
                }
                """.formatted(router, address4, address6);
    }

    /** A command that sends the frames of {@code what} by {@code link}. */
    static String by(String link, String what) {
        return "perl -e '%s'".formatted((PRELUDE.replace("LINK", link) + what).replace("'", "'\\''"));
    }
}
