package berth.engine.network.managed;

/**
 * Something that keeps a network from working.
 *
 * @param about the network, or {@code host}
 * @param problem what is wrong
 * @param advice what to do about it
 */
public record Finding(String about, String problem, String advice) {
    static Finding ofLostForward(Network network, Forward forward) {
        return new Finding(
                network.name(),
                "port %s is forwarded to container '%s', which is not on the network"
                        .formatted(forward.hostPort(), forward.container()),
                "osctl network forward del %s %s".formatted(network.name(), forward.hostPort()));
    }
}
