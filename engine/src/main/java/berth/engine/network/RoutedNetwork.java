package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network that the host sends to a container.
 *
 * @param network a prefix, for instance {@code 192.0.2.0/28}
 * @param via the address of the container that takes it; null if its own addresses are in it
 */
public record RoutedNetwork(String network, @Nullable String via) {
    public RoutedNetwork {
        network = Words.prefix(network).network().toString();
        if (via != null) {
            via = Words.text(Words.address(via));
        }
    }

    /** The network. */
    public IpPrefix prefix() {
        return Words.prefix(network);
    }

    /** The container's address that takes it. */
    public Optional<InetAddress> gateway() {
        return Optional.ofNullable(via).map(Words::address);
    }
}
