package berth.engine.confinement;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which lines an administrator may add to what LXC reads. LXC's keys are many and grow, and most of them open a way out of the
 * container or take away what Berth stands on: so those that do neither are listed, and every other is refused. Source:
 * lxc.container.conf(5) of LXC 5.0 and 6.0.
 */
public final class RawLxc {
    private static final int LONGEST_INPUT = 16 * 1024;
    private static final Pattern LINE = Pattern.compile("(lxc(?:\\.[a-z0-9_-]+)+)\\s*=\\s*(\\S.*)");

    private static final Predicate<String> FLAG = matching("[01]");
    private static final Predicate<String> ID = matching("\\d{1,10}");
    private static final Predicate<String> SIGNAL = matching("(SIG)?[A-Z0-9+-]{2,12}|\\d{1,2}");

    /** What may be said, by the key, and which values it may have. */
    private static final Map<String, Predicate<String>> ALLOWED = Map.ofEntries(
            Map.entry("lxc.environment", matching("[A-Za-z_][A-Za-z0-9_]*=.*")),
            Map.entry("lxc.init.cwd", matching("/.*")),
            Map.entry("lxc.init.gid", ID),
            Map.entry("lxc.init.groups", matching("\\d{1,10}(,\\d{1,10})*")),
            Map.entry("lxc.init.uid", ID),
            Map.entry("lxc.log.level", matching("TRACE|DEBUG|INFO|NOTICE|WARN|ERROR|[0-9]")),
            Map.entry("lxc.no_new_privs", FLAG),
            Map.entry("lxc.proc.oom_score_adj", matching("\\d{1,3}|1000")),
            Map.entry("lxc.pty.max", matching("[1-9]\\d{0,4}")),
            Map.entry("lxc.sched.core", FLAG),
            Map.entry("lxc.signal.halt", SIGNAL),
            Map.entry("lxc.signal.reboot", SIGNAL),
            Map.entry("lxc.signal.stop", SIGNAL));

    /** Why others may not, by the beginning of the key; the first that fits counts. */
    private static final Map<String, String> REFUSED = refused();

    private RawLxc() {}

    private static Map<String, String> refused() {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("lxc.apparmor", "it would take off a part of the container's isolation");
        reasons.put("lxc.seccomp", "it would take off a part of the container's isolation");
        reasons.put("lxc.selinux", "it would take off a part of the container's isolation");
        reasons.put("lxc.keyring", "it would take off a part of the container's isolation");
        reasons.put("lxc.namespace", "the container would share namespaces of the host or of others");
        reasons.put("lxc.idmap", "the ids of a container are those of its user; use 'osctl user'");
        reasons.put("lxc.cap", "use 'osctl ct set capabilities'");
        reasons.put("lxc.sysctl", "use 'osctl ct set sysctl'");
        reasons.put("lxc.prlimit", "use 'osctl ct prlimits set'");
        reasons.put("lxc.cgroup", "limits sit in cgroups that Berth makes; use 'osctl ct cgparams'");
        reasons.put("lxc.net", "use 'osctl ct netif'");
        reasons.put("lxc.mount", "it could show files of the host inside");
        reasons.put("lxc.rootfs", "the root file system is the pool's");
        reasons.put("lxc.autodev", "/dev inside is made and guarded by Berth; use 'osctl ct devices'");
        reasons.put("lxc.uts.name", "use 'osctl ct set hostname'");
        reasons.put("lxc.init.cmd", "use 'osctl ct set init-cmd'");
        reasons.put("lxc.execute.cmd", "use 'osctl ct set init-cmd'");
        reasons.put("lxc.start", "use 'osctl ct set autostart'");
        reasons.put("lxc.group", "use 'osctl group'");
        reasons.put("lxc.include", "it would read a file of the host that nobody checks");
        reasons.put("lxc.hook", "it would run on the host, or inside before the container is closed");
        reasons.put("lxc.console", "its console and log are Berth's");
        reasons.put("lxc.log", "its console and log are Berth's");
        reasons.put("lxc.tty", "its terminals are Berth's");
        reasons.put("lxc.monitor", "its monitor is Berth's");
        return reasons;
    }

    /**
     * The lines that {@code text} holds, without comments and empty ones.
     *
     * @throws BerthException INVALID for one that may not be used, with the reason
     */
    public static List<String> parse(String text) {
        if (text.length() > LONGEST_INPUT) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "lines for LXC of %d characters are too many".formatted(text.length()),
                    "give at most %d".formatted(LONGEST_INPUT));
        }
        List<String> lines = text.lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty() && !l.startsWith("#"))
                .toList();
        lines.forEach(RawLxc::require);
        return lines;
    }

    /** Refuses a line that may not be used. @throws BerthException INVALID, with the reason */
    static void require(String line) {
        var matcher = LINE.matcher(line);
        if (!matcher.matches() || line.chars().anyMatch(c -> c < ' ')) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is no line for LXC".formatted(line),
                    "write it like lxc.signal.halt = SIGPWR");
        }
        String key = matcher.group(1);
        Predicate<String> allowed = ALLOWED.get(key);
        if (allowed == null) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%s may not be set for a container: %s".formatted(key, reason(key)),
                    "these may be set: "
                            + String.join(
                                    ", ", ALLOWED.keySet().stream().sorted().toList()));
        }
        if (!allowed.test(matcher.group(2).strip())) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' cannot be a value of %s here"
                            .formatted(matcher.group(2).strip(), key),
                    "see lxc.container.conf(5)");
        }
    }

    private static String reason(String key) {
        Optional<String> known = REFUSED.entrySet().stream()
                .filter(e -> key.equals(e.getKey()) || key.startsWith(e.getKey() + "."))
                .map(Map.Entry::getValue)
                .findFirst();
        return known.orElse("it is not known to be harmless");
    }

    private static Predicate<String> matching(String regex) {
        return Pattern.compile(regex).asMatchPredicate();
    }
}
