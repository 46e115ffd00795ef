package berth.engine.confinement;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which settings of the kernel are a container's own: those of its network, IPC and UTS namespaces. All others are the host's.
 * Source: kernel documentation, admin-guide/sysctl; namespaces(7).
 */
public final class GuestSysctl {
    /** No part of it is empty, {@code .} or {@code ..}: each holds a character other than a dot. */
    private static final Pattern PATH = Pattern.compile("[a-z0-9_]+(/(?=\\.*[^/.])[A-Za-z0-9_.:@+-]+)+");

    private static final int LONGEST_VALUE = 1024;
    private static final Set<String> KERNEL = Set.of(
            "kernel.auto_msgmni",
            "kernel.domainname",
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shm_rmid_forced",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni");

    private GuestSysctl() {}

    /**
     * The key that {@code text} means: names separated by dots, or by slashes where a name, for instance of an interface, holds
     * a dot, as sysctl(8) takes them.
     */
    public static String key(String text) {
        String word = text.strip();
        int slash = word.indexOf('/');
        int dot = word.indexOf('.');
        return slash >= 0 && (dot < 0 || slash < dot)
                ? word.replace('.', '\0').replace('/', '.').replace('\0', '/')
                : word;
    }

    /** Where it lies under {@code /proc/sys}. */
    public static String path(String key) {
        return key.replace('/', '\0').replace('.', '/').replace('\0', '.');
    }

    /** Refuses what is no key of a container's own, or no value. @throws BerthException INVALID, with the reason */
    public static void require(String key, String value) {
        // The path, not the key: that is what is opened, with the rights of the host's root.
        if (!PATH.matcher(path(key)).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    // With slashes it is as somebody writes it whose names hold dots.
                    "'%s' is not a setting of the kernel".formatted(key.indexOf('/') >= 0 ? path(key) : key),
                    "write it like net.ipv4.ip_forward=1");
        }
        if (value.isBlank() || value.length() > LONGEST_VALUE || value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' cannot be a value of %s".formatted(value, key),
                    "give one line; 'unset sysctl' lifts it");
        }
        if (key.equals("kernel.hostname")) {
            throw new BerthException(
                    ErrorCode.INVALID, "the host name is not set by sysctl", "use 'osctl ct set hostname'");
        }
        if (!key.startsWith("net.") && !key.startsWith("fs.mqueue.") && !KERNEL.contains(key)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%s is no container's own: %s".formatted(key, owner(key)),
                    "containers own net.*, fs.mqueue.*, kernel.shm*, kernel.msg*, kernel.sem and kernel.domainname");
        }
    }

    private static String owner(String key) {
        return key.startsWith("user.")
                ? "it bounds the namespaces of a user, and the host's bound holds for the container"
                : "there is one for the whole host, and a change would reach every container";
    }
}
