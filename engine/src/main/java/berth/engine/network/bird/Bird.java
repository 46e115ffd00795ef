package berth.engine.network.bird;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.IpFamily;
import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What BIRD is to do.
 *
 * @param families whose routes it is to pass on; both if there is none
 * @param only networks outside of which no route is passed on; none means no such limit
 * @param accepted which routes of others the host takes
 * @param routerId what the host is called among routers; left to BIRD, or to the file that includes this, if null
 * @param ospf null if OSPF is not spoken
 * @param bgp null if BGP is not spoken
 */
public record Bird(
        Extent extent,
        Set<IpFamily> families,
        List<IpPrefix> only,
        Accepted accepted,
        @Nullable RouterId routerId,
        @Nullable Ospf ospf,
        @Nullable Bgp bgp) {
    public Bird {
        families = families.isEmpty() ? Set.of(IpFamily.values()) : Set.copyOf(families);
        only = List.copyOf(only);
        for (IpPrefix prefix : only) {
            if (!prefix.equals(prefix.network())) {
                throw invalid("%s is no network".formatted(prefix), "write " + prefix.network());
            }
        }
        if (extent == Extent.WHOLE && ospf == null && bgp == null) {
            throw invalid("a BIRD that speaks neither OSPF nor BGP tells nobody anything", "name --ospf or --bgp");
        }
        if (extent == Extent.WHOLE && routerId == null && ospf == null) {
            // BIRD would take the host's lowest address, and hosts with the same private network had the same id.
            throw invalid("BGP needs a router id", "--router-id gives one, for instance an address of this host");
        }
        if (bgp != null) {
            Set<IpFamily> spoken = families;
            bgp.neighbours().stream()
                    .filter(n -> !spoken.contains(n.family().family()))
                    .findFirst()
                    .ifPresent(n -> {
                        throw invalid(
                                "neighbour %s is of a family that is left out".formatted(Words.text(n.address())),
                                "leave it out too, or leave out --family");
                    });
        }
    }

    /** In order. */
    List<Family> spoken() {
        return Arrays.stream(Family.values())
                .filter(f -> families.contains(f.family()))
                .toList();
    }

    Optional<RouterId> chosenRouterId() {
        return Optional.ofNullable(routerId);
    }

    Optional<Ospf> spokenOspf() {
        return Optional.ofNullable(ospf);
    }

    Optional<Bgp> spokenBgp() {
        return Optional.ofNullable(bgp);
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
