package berth.linux.netlink;

/** What a bridge does besides forwarding. Source: linux/if_link.h, IFLA_BR_*. */
public enum BridgeFeature {
    /** Ports belong to VLANs. Not in every kernel (EOPNOTSUPP). */
    VLAN_FILTERING(7, false),
    /** Multicast goes only where somebody listens. */
    MULTICAST_SNOOPING(23, true);

    private final int attribute;
    private final boolean isDefault;

    BridgeFeature(int attribute, boolean isDefault) {
        this.attribute = attribute;
        this.isDefault = isDefault;
    }

    /** Whether the kernel turns it on by itself. A feature it was built without is only an error if it is named. */
    boolean isDefault() {
        return isDefault;
    }

    int attribute() {
        return attribute;
    }
}
