package berth.engine.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What keeps guests from making subvolumes of btrfs, whose files no quota counts, where a system call filter of their own does not: in
 * a list of what is denied the calls are named, in a list of what is allowed every {@code ioctl} becomes every other one. A filter
 * can name no exception, so these are told by the bits that they have and the calls have not. Source: ioctl_list(2), seccomp_rule_add(3).
 */
final class SubvolumeRules {
    /** BTRFS_IOC_SUBVOL_CREATE, BTRFS_IOC_SUBVOL_CREATE_V2, BTRFS_IOC_SNAP_CREATE, BTRFS_IOC_SNAP_CREATE_V2. */
    static final List<Long> CALLS = List.of(0x5000940eL, 0x50009418L, 0x50009401L, 0x50009417L);

    /** What a kernel without btrfs says: ENOTTY. */
    private static final int ERROR = 25;

    private static final int HIGHEST_BIT = 31;
    private static final long ALL_BITS = 0xffff_ffffL;
    private static final Pattern ALLOWED = Pattern.compile("ioctl(?: +allow)?((?: +\\[[^\\]]*\\])*)\\s*(?:#.*)?");
    private static final Pattern OF_REQUEST = Pattern.compile("\\[1,");

    private SubvolumeRules() {}

    /** {@code text}, a filter that was checked, with them. */
    static String addedTo(String text) {
        List<String> lines = text.lines().toList();
        boolean allows = lines.get(1).strip().matches("(allow|white)list.*");
        List<String> added = new ArrayList<>();
        for (String line : lines) {
            Matcher rule = ALLOWED.matcher(line);
            boolean isOpen = allows
                    && rule.matches()
                    && !OF_REQUEST.matcher(rule.group(1)).find();
            if (isOpen) {
                others().forEach(c -> added.add("ioctl allow" + rule.group(1) + c));
            } else {
                added.add(line);
            }
        }
        if (!allows) {
            added.add("[all]");
            CALLS.forEach(c -> added.add("ioctl errno %d%s".formatted(ERROR, condition(c, ALL_BITS))));
        }
        return String.join("\n", added) + "\n";
    }

    /** Conditions of which one holds for each request that is none of {@link #CALLS}. */
    private static List<String> others() {
        List<String> conditions = new ArrayList<>();
        collect(CALLS, 0, 0, HIGHEST_BIT, conditions);
        return conditions;
    }

    /**
     * @param calls those that have the bits {@code value} beneath {@code mask}
     * @param bit the highest that is not looked at yet
     */
    private static void collect(List<Long> calls, long value, long mask, int bit, List<String> conditions) {
        if (calls.isEmpty()) {
            conditions.add(condition(value, mask));
        } else if (bit >= 0) {
            for (long set = 0; set < 2; set++) {
                long wanted = set << bit;
                long looked = 1L << bit;
                List<Long> having =
                        calls.stream().filter(c -> (c & looked) == wanted).toList();
                collect(having, value | wanted, mask | looked, bit - 1, conditions);
            }
        }
    }

    private static String condition(long value, long mask) {
        return " [1,0x%x,SCMP_CMP_MASKED_EQ,0x%x]".formatted(value, mask);
    }
}
