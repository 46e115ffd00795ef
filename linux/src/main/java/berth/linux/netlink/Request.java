package berth.linux.netlink;

/**
 * Something asked of the kernel, ready to be sent, as often as wanted. A request that names a descriptor needs it open
 * until it is sent.
 */
public final class Request {
    private final String operation;
    private final String about;
    private final NetlinkMessage message;
    private final boolean acknowledged;

    private Request(String operation, String about, NetlinkMessage message, boolean acknowledged) {
        this.operation = operation;
        this.about = about;
        this.message = message;
        this.acknowledged = acknowledged;
    }

    /** A request to change something; {@code message} must ask for an acknowledgement. */
    static Request change(String operation, String about, NetlinkMessage message) {
        return new Request(operation, about, message, true);
    }

    /** A request that is answered by something other than an acknowledgement, or only if it fails. */
    static Request unacknowledged(String operation, String about, NetlinkMessage message) {
        return new Request(operation, about, message, false);
    }

    /** What is asked, for messages, for instance {@code create veth}. */
    public String operation() {
        return operation;
    }

    /** The object it is about, for instance a link's name. */
    public String about() {
        return about;
    }

    NetlinkMessage message() {
        return message;
    }

    boolean isAcknowledged() {
        return acknowledged;
    }

    @Override
    public String toString() {
        return operation + " '" + about + "'";
    }
}
