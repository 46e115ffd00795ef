package berth.linux.netlink;

/** A change of the network that a {@link RouteMonitor} tells of. */
public sealed interface RouteEvent {
    /** A link was made or changed, or came from another namespace. */
    record LinkChanged(Link link) implements RouteEvent {}

    /** A link was deleted, or went to another namespace. */
    record LinkDeleted(Link link) implements RouteEvent {}

    /** An address was added or changed. */
    record AddressChanged(InterfaceAddress address) implements RouteEvent {}

    record AddressDeleted(InterfaceAddress address) implements RouteEvent {}

    /** A route was added or changed. */
    record RouteChanged(Route route) implements RouteEvent {}

    record RouteDeleted(Route route) implements RouteEvent {}

    /** Changes were lost, since they were not read in time: what is there must be read anew. */
    record Overrun() implements RouteEvent {}
}
