package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.linux.netlink.IpPrefix;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** Who has which address: two containers that the host routes the same address to would take each other's packets. */
final class AddressBook {
    private AddressBook() {}

    /**
     * Refuses addresses of {@code netifs}, which {@code container} is to have, that another container has, or that it would have
     * twice.
     *
     * @param isManaged whether its addresses are accounted for elsewhere
     * @throws BerthException IN_USE, naming the holder
     */
    static void refuseTaken(
            Collection<Container> all, ContainerId container, List<Netif> netifs, Predicate<Netif> isManaged) {
        Set<Place> own = new HashSet<>();
        netifs.forEach(n -> places(n).forEach(p -> {
            if (!own.add(p)) {
                throw taken(p, container);
            }
        }));
        netifs.stream().filter(isManaged).forEach(n -> own.removeAll(places(n)));
        if (own.isEmpty()) {
            return;
        }
        all.stream()
                .filter(other -> !other.id().equals(container))
                .forEach(other -> other.spec()
                        .netifs()
                        .forEach(n -> places(n).stream()
                                .filter(own::contains)
                                .findFirst()
                                .ifPresent(p -> {
                                    throw taken(p, other.id());
                                })));
    }

    /**
     * @param network what an address must be unique in: a link, or the routes of the host
     * @param address the address, whatever its prefix
     */
    private record Place(String network, IpPrefix address) {}

    private static List<Place> places(Netif netif) {
        String network = netif.type() == NetifType.ROUTED || netif.type() == NetifType.PRIVATE
                ? ""
                : Objects.requireNonNullElse(netif.link(), "");
        return netif.prefixes().stream()
                .map(p -> new Place(network, IpPrefix.of(p.address())))
                .toList();
    }

    private static BerthException taken(Place place, ContainerId holder) {
        String address = place.address().toString();
        return new BerthException(
                ErrorCode.IN_USE,
                "address %s belongs to container '%s'".formatted(address.substring(0, address.indexOf('/')), holder),
                "choose another one, or take it away there with 'osctl ct netif ip del'");
    }
}
