package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that a container answers.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param port the host's, on all of its addresses
 * @param container with its pool, for instance {@code tank:web}
 * @param target the container's port
 */
public record Forward(String protocol, int port, String container, int target) {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int MAX_PORT = 65_535;
    private static final Pattern HOST_PORT = Pattern.compile("(tcp|udp):(\\d{1,5})");
    private static final Pattern TARGET = Pattern.compile("(.+):(\\d{1,5})");

    public Forward {
        protocol = protocol.toLowerCase(Locale.ROOT);
        if (!protocol.equals("tcp") && !protocol.equals("udp")) {
            throw invalid("'%s' cannot be forwarded".formatted(protocol));
        }
        requirePort(port);
        requirePort(target);
    }

    /**
     * What {@code tcp:8080} and {@code web:80} mean; the container is still as it was written.
     *
     * @throws BerthException INVALID
     */
    public static Forward parse(String hostPort, String target) {
        Matcher outside = HOST_PORT.matcher(hostPort);
        if (!outside.matches()) {
            throw invalid("'%s' is no port of the host".formatted(hostPort));
        }
        Matcher inside = TARGET.matcher(target);
        if (!inside.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is no port of a container".formatted(target),
                    "write the container and its port, for instance web:80");
        }
        return new Forward(
                outside.group(1),
                Integer.parseInt(outside.group(2)),
                inside.group(1),
                Integer.parseInt(inside.group(2)));
    }

    /** The same to the container that is called {@code full} with its pool. */
    public Forward to(String full) {
        return new Forward(protocol, port, full, target);
    }

    /** The host's port as people write it: {@code tcp:8080}. */
    public String hostPort() {
        return protocol + ":" + port;
    }

    int protocolNumber() {
        return protocol.equals("tcp") ? TCP : UDP;
    }

    private static void requirePort(int port) {
        if (port < 1 || port > MAX_PORT) {
            throw invalid("no port has the number %d".formatted(port));
        }
    }

    private static BerthException invalid(String message) {
        return new BerthException(ErrorCode.INVALID, message, "write it as tcp:8080 or udp:53");
    }
}
