package berth.engine.network;

import java.util.Locale;

/** How an interface of a container is connected to the host. */
public enum NetifType {
    /** A veth whose other end is a port of a bridge of the host. */
    BRIDGE,
    /** A veth without a bridge: the host routes each address of the container to it. */
    ROUTED,
    /** A veth with one address at each end, which reach each other and nothing else unless the host routes them. */
    PRIVATE,
    /** An interface of its own, with a MAC address of its own, on a link of the host. */
    MACVLAN,
    /** A link of the host itself, given back when the container stops. */
    PHYSICAL;

    /** Its word for people and files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it has an end on the host that is the container's alone. */
    public boolean isVeth() {
        return this == BRIDGE || this == ROUTED || this == PRIVATE;
    }

    /** Whether it needs a link of the host. */
    boolean needsLink() {
        return this == BRIDGE || this == MACVLAN || this == PHYSICAL;
    }
}
