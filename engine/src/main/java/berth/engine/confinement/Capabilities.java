package berth.engine.confinement;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.sysctl.Sysctls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which capabilities the processes of a container can have, by names such as {@code net_raw}: the bounding set. Either all but
 * some of the usual ones, or some of them only. Source: capabilities(7), linux/capability.h.
 *
 * @param drop those that it lacks beside the ones that every container lacks
 * @param keep if not empty, the only ones that it has
 */
public record Capabilities(
        @Nullable List<String> drop, @Nullable List<String> keep) {
    /** What no container has: nothing that they are for can be done in a user namespace. */
    public static final List<String> NEVER =
            List.of("mac_admin", "mac_override", "sys_module", "sys_rawio", "sys_time");

    /** By their numbers. */
    private static final List<String> NAMES = List.of(
            "chown",
            "dac_override",
            "dac_read_search",
            "fowner",
            "fsetid",
            "kill",
            "setgid",
            "setuid",
            "setpcap",
            "linux_immutable",
            "net_bind_service",
            "net_broadcast",
            "net_admin",
            "net_raw",
            "ipc_lock",
            "ipc_owner",
            "sys_module",
            "sys_rawio",
            "sys_chroot",
            "sys_ptrace",
            "sys_pacct",
            "sys_admin",
            "sys_boot",
            "sys_nice",
            "sys_resource",
            "sys_time",
            "sys_tty_config",
            "mknod",
            "lease",
            "audit_write",
            "audit_control",
            "setfcap",
            "mac_override",
            "mac_admin",
            "syslog",
            "wake_alarm",
            "block_suspend",
            "audit_read",
            "perfmon",
            "bpf",
            "checkpoint_restore");

    public Capabilities {
        drop = drop == null ? List.of() : drop.stream().distinct().sorted().toList();
        keep = keep == null ? List.of() : keep.stream().distinct().sorted().toList();
        if (drop.isEmpty() == keep.isEmpty()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "capabilities are either dropped or kept",
                    "give --drop or --keep; 'unset capabilities' gives the usual ones");
        }
        drop.forEach(Capabilities::require);
        for (String name : keep) {
            require(name);
            if (NEVER.contains(name)) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "no container can keep the capability %s".formatted(name),
                        "what it is for is the host's; leave it out");
            }
        }
    }

    /** Those that it lacks by choice; never null. */
    @Override
    public List<String> drop() {
        return drop == null ? List.of() : drop;
    }

    /** The only ones that it has, if not empty; never null. */
    @Override
    public List<String> keep() {
        return keep == null ? List.of() : keep;
    }

    /** The name that {@code text} means, which may begin with {@code CAP_}. @throws BerthException INVALID if this kernel has none */
    public static String name(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT).replaceFirst("^cap_", "");
        require(name);
        int number = NAMES.indexOf(name);
        if (number > last()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "the kernel of this host has no capability %s".formatted(name),
                    "it knows those up to number %d".formatted(last()));
        }
        return name;
    }

    /** Everything that it lacks, by names and, of what has no name here, by numbers, as LXC takes them. */
    public static List<String> dropped(@Nullable Capabilities chosen) {
        List<String> dropped = new ArrayList<>(NEVER);
        if (chosen == null) {
            return dropped;
        }
        if (chosen.keep().isEmpty()) {
            dropped.addAll(chosen.drop());
        } else {
            IntStream.rangeClosed(0, last())
                    .mapToObj(n -> n < NAMES.size() ? NAMES.get(n) : Integer.toString(n))
                    .filter(c -> !chosen.keep().contains(c))
                    .forEach(dropped::add);
        }
        return dropped.stream().distinct().toList();
    }

    private static int last() {
        return Sysctls.read("kernel/cap_last_cap").map(Integer::parseInt).orElse(NAMES.size() - 1);
    }

    private static void require(String name) {
        if (!NAMES.contains(name)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "there is no capability '%s'".formatted(name),
                    "capabilities(7) lists them: net_raw, sys_ptrace, …");
        }
    }
}
