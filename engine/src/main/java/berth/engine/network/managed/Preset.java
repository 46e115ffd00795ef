package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;

/** Networks with everything chosen but their name. */
public enum Preset {
    /** The host alone, without a way out of it. */
    HOST_ONLY("host-only", NetworkKind.HOST_ONLY, "10.101.0.0/16"),
    /** The world by NAT, with addresses by DHCP. */
    INTERNET("internet", NetworkKind.NAT, "10.102.0.0/16");

    private final String word;
    private final NetworkKind kind;
    private final String subnet;

    Preset(String word, NetworkKind kind, String subnet) {
        this.word = word;
        this.kind = kind;
        this.subnet = subnet;
    }

    /** The preset that people call {@code word}. @throws BerthException INVALID */
    public static Preset of(String word) {
        for (Preset preset : values()) {
            if (preset.word.equals(word)) {
                return preset;
            }
        }
        throw new BerthException(
                ErrorCode.INVALID, "there is no preset '%s'".formatted(word), "choose host-only or internet");
    }

    public NetworkKind kind() {
        return kind;
    }

    /** Its IPv4 addresses. */
    public String subnet() {
        return subnet;
    }
}
