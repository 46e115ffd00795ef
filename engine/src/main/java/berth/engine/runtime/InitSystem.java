package berth.engine.runtime;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the kinds of process 1 are asked to end everything. The kind is read off the running init's executable: a guest that
 * lies about it is asked in the wrong way and then killed, nothing worse.
 *
 * <p>Sources: systemd(1) "Signals", busybox init.c, init(8) of sysvinit, openrc-shutdown(8), runit-init(8).
 */
public enum InitSystem {
    /** SIGRTMIN+3 halts, SIGRTMIN+5 reboots; the C library's SIGRTMIN is 34. */
    SYSTEMD(37, 39, List.of(), List.of()),
    /** SIGUSR2 powers off, SIGTERM reboots. */
    BUSYBOX(12, 15, List.of(), List.of()),
    SYSVINIT(null, null, List.of("/sbin/init", "0"), List.of("/sbin/init", "6")),
    OPENRC(null, null, List.of("/sbin/openrc-shutdown", "-p", "now"), List.of("/sbin/openrc-shutdown", "-r", "now")),
    RUNIT(null, null, List.of("/sbin/init", "0"), List.of("/sbin/init", "6")),
    /** Anything else that may be process 1, for instance a single service under a small init: SIGTERM ends it. */
    OTHER(15, null, List.of(), List.of());

    /** What the kernel adds to the path of a file that is no longer there, as after an upgrade of the init. Source: proc(5). */
    private static final String REPLACED = " (deleted)";

    private final @Nullable Integer haltSignal;
    private final @Nullable Integer rebootSignal;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> haltCommand;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> rebootCommand;

    InitSystem(
            @Nullable Integer haltSignal,
            @Nullable Integer rebootSignal,
            List<String> haltCommand,
            List<String> rebootCommand) {
        this.haltSignal = haltSignal;
        this.rebootSignal = rebootSignal;
        this.haltCommand = haltCommand;
        this.rebootCommand = rebootCommand;
    }

    /** The signal that makes it power off, if it takes one. */
    public Optional<Integer> haltSignal() {
        return Optional.ofNullable(haltSignal);
    }

    /** The command, run inside, that makes it power off; empty if it takes a signal. */
    public List<String> haltCommand() {
        return haltCommand;
    }

    /** The signal that makes it reboot, if it takes one. */
    public Optional<Integer> rebootSignal() {
        return Optional.ofNullable(rebootSignal);
    }

    /** The command, run inside, that makes it reboot; empty if there is none. */
    public List<String> rebootCommand() {
        return rebootCommand;
    }

    /**
     * The kind of a process 1.
     *
     * @param executable its path, as the link {@code /proc/PID/exe} shows it
     * @param name what it goes by, as {@code /proc/PID/comm} says: a busybox may as well be a shell
     */
    public static InitSystem of(String executable, String name) {
        String path = executable.endsWith(REPLACED)
                ? executable.substring(0, executable.length() - REPLACED.length())
                : executable;
        return switch (path.substring(path.lastIndexOf('/') + 1)) {
            case "systemd" -> SYSTEMD;
            case "busybox" -> name.equals("init") || name.equals("linuxrc") ? BUSYBOX : OTHER;
            case "runit", "runit-init" -> RUNIT;
            case "openrc-init" -> OPENRC;
            case "init" -> SYSVINIT;
            default -> OTHER;
        };
    }
}
