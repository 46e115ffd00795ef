package berth.linux.netlink;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An element of a set or map of nftables.
 *
 * @param end the last key that it stands for, in a set of intervals of concatenated keys
 * @param isIntervalEnd whether it is the first key after an interval, in a set of intervals of other keys; such a set may
 *     have one after each interval, and at its very start
 * @param value what a map has for the key
 * @param verdict what a verdict map has for the key
 */
public record NftElement(
        NftKey key, Optional<NftKey> end, boolean isIntervalEnd, Optional<NftKey> value, Optional<NftVerdict> verdict) {
    private static final int KEY = 1;
    private static final int DATA = 2;
    private static final int FLAGS = 3;
    private static final int KEY_END = 10;
    private static final int INTERVAL_END = 1;
    private static final int DATA_VALUE = 1;
    private static final int DATA_VERDICT = 2;
    private static final int VERDICT_CODE = 1;
    private static final int VERDICT_CHAIN = 2;

    /** An element of a set. */
    public static NftElement of(NftKey key) {
        return new NftElement(key, Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    /** An element of a map. */
    public static NftElement of(NftKey key, NftKey value) {
        return new NftElement(key, Optional.empty(), false, Optional.of(value), Optional.empty());
    }

    /** An element of a verdict map. */
    public static NftElement of(NftKey key, NftVerdict verdict) {
        return new NftElement(key, Optional.empty(), false, Optional.empty(), Optional.of(verdict));
    }

    /** The two elements that put {@code first} and all that is before {@code after} into a set of intervals. */
    public static List<NftElement> interval(NftKey first, NftKey after) {
        return List.of(of(first), new NftElement(after, Optional.empty(), true, Optional.empty(), Optional.empty()));
    }

    /** From {@code key} to {@code last}, field by field, in a set of intervals of concatenated keys. */
    public NftElement withEnd(NftKey last) {
        return new NftElement(key, Optional.of(last), isIntervalEnd, value, verdict);
    }

    static NftElement read(Attributes attributes) {
        Attributes data = attributes.nested(DATA);
        return new NftElement(
                data(attributes, KEY).orElseThrow(() -> new IllegalStateException("a set element has no key")),
                data(attributes, KEY_END),
                (attributes.u32BigEndian(FLAGS).orElse(0) & INTERVAL_END) != 0,
                data.bytes(DATA_VALUE).map(NftKey::of),
                verdict(data.nested(DATA_VERDICT)));
    }

    private static Optional<NftKey> data(Attributes attributes, int type) {
        return attributes.nested(type).bytes(DATA_VALUE).map(NftKey::of);
    }

    private static Optional<NftVerdict> verdict(Attributes attributes) {
        int number = attributes.u32BigEndian(VERDICT_CODE).orElse(Integer.MIN_VALUE);
        return Arrays.stream(NftVerdict.Code.values())
                .filter(c -> c.number() == number)
                .findFirst()
                .map(c -> new NftVerdict(c, attributes.text(VERDICT_CHAIN).orElse("")));
    }

    void write(NetlinkMessage element) {
        element.nested(KEY, k -> k.attribute(DATA_VALUE, key.bytes()));
        end.ifPresent(e -> element.nested(KEY_END, k -> k.attribute(DATA_VALUE, e.bytes())));
        if (isIntervalEnd) {
            element.attributeU32BigEndian(FLAGS, INTERVAL_END);
        }
        value.ifPresent(v -> element.nested(DATA, d -> d.attribute(DATA_VALUE, v.bytes())));
        verdict.ifPresent(v -> element.nested(
                DATA,
                d -> d.nested(DATA_VERDICT, a -> {
                    a.attributeU32BigEndian(VERDICT_CODE, v.code().number());
                    if (!v.chain().isEmpty()) {
                        a.attribute(VERDICT_CHAIN, v.chain());
                    }
                })));
    }
}
