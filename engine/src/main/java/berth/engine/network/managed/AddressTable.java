package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import berth.linux.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has which address of a subnet. An address that was given back is the last to be given out again, so that nobody gets
 * packets of its former holder. For use by one thread at a time.
 */
final class AddressTable {
    private final String network;
    private final AddressRange range;
    private final InetAddress gateway;
    private final Map<InetAddress, String> holders = new HashMap<>();
    private final BitSet taken = new BitSet();
    private long next;

    /** @param network its name, for errors */
    AddressTable(String network, AddressRange range, InetAddress gateway) {
        this.network = network;
        this.range = range;
        this.gateway = gateway;
        this.next = range.first();
        taken.set(0);
        mark(gateway, true);
    }

    /** The table of a family of {@code network}, empty if it has no such addresses. */
    static Optional<AddressTable> of(Network network, boolean ipv4) {
        return network.host(ipv4)
                .map(host -> new AddressTable(
                        network.name(),
                        ipv4 ? network.range().orElseThrow() : AddressRange.beginning(host),
                        host.address()));
    }

    /** Gives {@code address} to {@code holder}, who may have it already. @throws BerthException INVALID; IN_USE, naming the holder */
    void reserve(InetAddress address, String holder) {
        long number = number(address);
        String text = Words.text(address);
        if (address.equals(gateway)) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "address %s is the host's own in network '%s'".formatted(text, network),
                    "choose another one");
        }
        if (number == 0 || (IpPrefix.of(address).isIpv4() && number == subnet().last())) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "address %s stands for all of network '%s'".formatted(text, network),
                    "choose another one");
        }
        String other = holders.putIfAbsent(address, holder);
        if (other != null && !other.equals(holder)) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "address %s belongs to container '%s'".formatted(text, other),
                    "choose another one, or take it away there with 'osctl ct netif ip del'");
        }
        mark(address, true);
    }

    /** An address that nobody has, now {@code holder}'s. @throws BerthException EXHAUSTED */
    InetAddress allocate(String holder) {
        long number = free(next, range.last());
        if (number < 0) {
            number = free(range.first(), range.last());
        }
        if (number < 0 && !range.isChosen()) {
            number = free(1, Math.max(range.last(), range.first()));
        }
        if (number < 0) {
            throw new BerthException(
                    ErrorCode.EXHAUSTED,
                    "network '%s' has no free address left".formatted(network),
                    "delete containers or interfaces, or make a larger network");
        }
        next = number + 1;
        InetAddress address = subnet().at(number);
        holders.put(address, holder);
        taken.set((int) number);
        return address;
    }

    /** Takes {@code address} back; nothing happens if {@code holder} does not have it. */
    void release(InetAddress address, String holder) {
        if (holders.remove(address, holder)) {
            mark(address, false);
        }
    }

    /** Takes back all that {@code holder} has but {@code kept}. */
    void keepOnly(String holder, Collection<InetAddress> kept) {
        List<InetAddress> lost = holders.entrySet().stream()
                .filter(e -> e.getValue().equals(holder) && !kept.contains(e.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        lost.forEach(a -> release(a, holder));
    }

    /** Whether {@code address} is one of the subnet. */
    boolean covers(InetAddress address) {
        return subnet().number(address).isPresent();
    }

    /** The length of the subnet's prefix. */
    int prefixLength() {
        return subnet().prefix().length();
    }

    private long free(long from, long last) {
        if (from > last) {
            return -1;
        }
        long number = taken.nextClearBit((int) from);
        return number <= last ? number : -1;
    }

    private long number(InetAddress address) {
        return subnet().number(address)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.INVALID,
                        "address %s is not of network '%s', which is %s"
                                .formatted(Words.text(address), network, subnet().prefix()),
                        "leave it out, and one is chosen"));
    }

    private void mark(InetAddress address, boolean value) {
        subnet().number(address).ifPresent(number -> {
            if (number >= 0 && number <= range.last()) {
                taken.set((int) number, value);
            }
        });
    }

    private Subnet subnet() {
        return range.subnet();
    }
}
