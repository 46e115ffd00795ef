package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** Which ports of the host containers answer. */
public record Forwards(Networks networks) {
    /** Lets a container answer a port of the host. @throws BerthException IN_USE, naming who has it; NOT_FOUND */
    public void add(String network, Forward forward) {
        networks.change(network, n -> {
            // Nobody else changes a network meanwhile.
            requireFree(forward);
            requireReachable(n, forward);
            List<Forward> all = new ArrayList<>(n.forwards());
            all.add(forward);
            return n.withForwards(all);
        });
    }

    private void requireFree(Forward forward) {
        for (Network other : networks.all()) {
            other.forwards().stream()
                    .filter(f -> f.hostPort().equals(forward.hostPort()))
                    .findFirst()
                    .ifPresent(f -> {
                        throw new BerthException(
                                ErrorCode.IN_USE,
                                "port %s of the host is forwarded to '%s' already"
                                        .formatted(f.hostPort(), f.container()),
                                "choose another one, or 'osctl network forward del %s %s'"
                                        .formatted(other.name(), f.hostPort()));
                    });
        }
    }

    private void requireReachable(Network network, Forward forward) {
        if (network.kind() == NetworkKind.HOST_ONLY) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "network '%s' is host-only: nothing is forwarded into it".formatted(network.name()),
                    "use a network of kind nat");
        }
        if (networks.ports(network.name()).stream().noneMatch(p -> p.container().equals(forward.container()))) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "container '%s' is not on network '%s'".formatted(forward.container(), network.name()),
                    "'osctl ct netif new bridge --link %s' gives it an interface there".formatted(network.name()));
        }
    }

    /** Ends the forward of {@code hostPort}, for instance {@code tcp:8080}. @throws BerthException NOT_FOUND */
    public void remove(String network, String hostPort) {
        networks.change(network, n -> {
            List<Forward> rest = new ArrayList<>(n.forwards());
            if (!rest.removeIf(f -> f.hostPort().equals(hostPort))) {
                throw new BerthException(
                        ErrorCode.NOT_FOUND,
                        "network '%s' does not forward %s".formatted(network, hostPort),
                        "'osctl network forward ls %s' lists what it forwards".formatted(network));
            }
            return n.withForwards(rest);
        });
    }
}
