package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Locale;

/** Whether the host answers neighbour solicitations for containers on a network's uplink. */
public enum NdpProxy {
    /** If the containers' prefix is part of one that neighbours on the uplink take to be on the link. */
    AUTO,
    /** Always. */
    ON,
    /** Never: the world has a route to the host. */
    OFF;

    /** The choice that people call {@code word}. @throws BerthException INVALID */
    public static NdpProxy of(String word) {
        return switch (word) {
            case "auto" -> AUTO;
            case "on" -> ON;
            case "off" -> OFF;
            default ->
                throw new BerthException(
                        ErrorCode.INVALID, "'%s' says nothing of NDP proxy".formatted(word), "choose auto, on or off");
        };
    }

    /** Its word for people. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
