package berth.linux.cgroup;

import java.util.BitSet;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A set of processors. Immutable. Source: cpuset(7), List format. */
public final class CpuList {
    /** More processors than any kernel is built for (NR_CPUS). */
    private static final int MOST = 8192;

    private static final Pattern PART = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    private final BitSet bits;

    private CpuList(BitSet bits) {
        this.bits = bits;
    }

    /** Reads {@code 0-3,8}; spaces around it, and an empty text, are allowed. @throws IllegalArgumentException if it is something else */
    public static CpuList parse(String text) {
        BitSet bits = new BitSet();
        if (text.isBlank()) {
            return new CpuList(bits);
        }
        for (String part : text.strip().split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("'" + text.strip() + "' is no list of processors");
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first || last >= MOST) {
                throw new IllegalArgumentException("'" + part.strip() + "' is no range of processors");
            }
            bits.set(first, last + 1);
        }
        return new CpuList(bits);
    }

    /** Whether it holds none. */
    public boolean isEmpty() {
        return bits.isEmpty();
    }

    /** How many it holds. */
    public int count() {
        return bits.cardinality();
    }

    /** Those of both. */
    public CpuList and(CpuList other) {
        BitSet common = (BitSet) bits.clone();
        common.and(other.bits);
        return new CpuList(common);
    }

    /** Those of either. */
    public CpuList or(CpuList other) {
        BitSet all = (BitSet) bits.clone();
        all.or(other.bits);
        return new CpuList(all);
    }

    /** Those that {@code other} does not hold. */
    public CpuList without(CpuList other) {
        BitSet rest = (BitSet) bits.clone();
        rest.andNot(other.bits);
        return new CpuList(rest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpuList list && list.bits.equals(bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /** As the kernel writes it: {@code 0-3,8}. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(",");
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            int end = bits.nextClearBit(first);
            text.add(end == first + 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = bits.nextSetBit(end);
        }
        return text.toString();
    }
}
