package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whom the containers of a managed network reach. */
public enum NetworkKind {
    /** The world, by addresses of the host; nobody outside reaches them but by forwards. */
    NAT,
    /** The world, by their own addresses, and the world reaches them. */
    ROUTED,
    /** The host alone. */
    HOST_ONLY;

    /** The kind that people call {@code word}. @throws BerthException INVALID */
    public static NetworkKind of(String word) {
        return Arrays.stream(values())
                .filter(k -> k.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.INVALID,
                        "'%s' is no kind of network".formatted(word),
                        "choose one of "
                                + Arrays.stream(values()).map(NetworkKind::word).collect(Collectors.joining(", "))));
    }

    /** Its word for people. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the host passes packets of its containers on. */
    boolean isForwarded() {
        return this != HOST_ONLY;
    }
}
