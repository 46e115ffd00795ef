package berth.engine.image;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A Debian tree made fit for many containers: what must differ between two systems is left out, what makes no sense in a
 * container is switched off. The changes come after the archive's own entries and win over them.
 */
final class DebianTree implements ArchiveReader {
    /** The host's name, resolver and apt options, which mmdebstrap copies in, and the keys that would be everyone's. */
    private static final String LEFT_OUT =
            "(\\./)?etc/(hostname|resolv\\.conf|apt/apt\\.conf\\.d/99mmdebstrap|ssh/ssh_host_.*_key(\\.pub)?)";

    private static final String SSH_KEY = "(\\./)?etc/ssh/ssh_host_.*";
    private static final String UNITS = "etc/systemd/system/";

    /** They mount or trigger what the host has set up already, and fail without its privileges. */
    private static final List<String> MASKED = List.of(
            "dev-hugepages.mount",
            "dev-mqueue.mount",
            "proc-sys-fs-binfmt_misc.automount",
            "sys-fs-fuse-connections.mount",
            "sys-kernel-config.mount",
            "sys-kernel-debug.mount",
            "sys-kernel-tracing.mount",
            "systemd-journald-audit.socket",
            "systemd-modules-load.service",
            "systemd-udevd.service",
            "systemd-udevd-control.socket",
            "systemd-udevd-kernel.socket",
            "systemd-udev-trigger.service",
            "e2scrub_all.timer",
            "e2scrub_reap.service");

    /** sshd makes no keys by itself; without this a container would have none. */
    private static final String SSH_KEYS = """
            [Service]
            ExecStartPre=
            ExecStartPre=/usr/bin/ssh-keygen -A
            ExecStartPre=/usr/sbin/sshd -t
            """;

    private final ArchiveReader archive;
    private final MemoryArchive changes = new MemoryArchive();
    private boolean hasSsh;
    private boolean ended;

    DebianTree(ArchiveReader archive) {
        this.archive = archive;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        while (!ended) {
            Optional<ArchiveEntry> entry = archive.next();
            if (entry.isEmpty()) {
                ended = true;
                addChanges();
            } else if (entry.get().name().matches(LEFT_OUT)) {
                hasSsh |= entry.get().name().matches(SSH_KEY);
            } else {
                return entry;
            }
        }
        return changes.next();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return ended ? changes.read(buffer, offset, length) : archive.read(buffer, offset, length);
    }

    private void addChanges() {
        // Empty, not "uninitialized": systemd then makes one per container and does not take it for a first boot.
        changes.file("etc/machine-id", 0444, "");
        changes.symlink(UNITS + "default.target", "/lib/systemd/system/multi-user.target");
        MASKED.forEach(unit -> changes.symlink(UNITS + unit, "/dev/null"));
        if (hasSsh) {
            changes.file(UNITS + "ssh.service.d/host-keys.conf", 0644, SSH_KEYS);
        }
    }
}
