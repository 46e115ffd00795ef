package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.netlink.IpPrefix;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Whose addresses a new network must not take. */
record Surroundings(Bridges bridges, Collection<Network> networks) {
    private static final int FIRST_FREE = 3;
    private static final int LAST_FREE = 255;

    /** @throws BerthException IN_USE, naming who has addresses of {@code wish} */
    void refuseTaken(Network wish) {
        List<Bridges.Neighbour> neighbours = bridges.neighbours(wish.bridge());
        for (IpPrefix prefix : Networks.prefixes(wish)) {
            Subnet subnet = new Subnet(prefix);
            for (Network other : networks) {
                Networks.prefixes(other).stream()
                        .filter(subnet::overlaps)
                        .findFirst()
                        .ifPresent(p -> {
                            throw taken(prefix, "network '%s', which is %s".formatted(other.name(), p));
                        });
            }
            neighbours.stream()
                    .filter(n -> subnet.overlaps(n.prefix()) && !isOfUplink(wish, prefix, n))
                    .findFirst()
                    .ifPresent(n -> {
                        throw taken(prefix, "%s on the host's link '%s'".formatted(n.prefix(), n.link()));
                    });
        }
    }

    /** An IPv4 network that overlaps none; the first one tried is that of LXC's own bridge. */
    String freeSubnet() {
        List<Bridges.Neighbour> neighbours = bridges.neighbours("");
        return IntStream.rangeClosed(FIRST_FREE, LAST_FREE)
                .mapToObj(n -> "10.0.%d.0/24".formatted(n))
                .filter(text -> {
                    Subnet subnet = new Subnet(IpPrefix.parse(text));
                    return neighbours.stream().noneMatch(n -> subnet.overlaps(n.prefix()))
                            && networks.stream()
                                    .flatMap(n -> Networks.prefixes(n).stream())
                                    .noneMatch(subnet::overlaps);
                })
                .findFirst()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.EXHAUSTED, "no subnet of 10.0.0.0/16 is free", "choose one with --subnet"));
    }

    /** Part of what is on the uplink, for which the host will answer there. */
    private static boolean isOfUplink(Network wish, IpPrefix prefix, Bridges.Neighbour neighbour) {
        return !prefix.isIpv4()
                && wish.proxyLink().filter(neighbour.link()::equals).isPresent()
                && neighbour.prefix().contains(prefix)
                && neighbour.prefix().length() < prefix.length();
    }

    private static BerthException taken(IpPrefix prefix, String whose) {
        return new BerthException(
                ErrorCode.IN_USE, "subnet %s overlaps %s".formatted(prefix, whose), "choose another one");
    }
}
