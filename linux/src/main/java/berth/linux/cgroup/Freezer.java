package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.nio.file.Path;
import java.time.Duration;

/** Suspends a cgroup: by cgroup2, which announces that it is done, else by the v1 freezer, which must be asked. */
final class Freezer {
    private final Path directory;
    private final boolean isV2;

    Freezer(CgroupHost host, String path) {
        Hierarchy hierarchy = host.unified()
                .or(() -> host.with("freezer"))
                .orElseThrow(() -> new KernelException("freeze", path, Errno.ENOSYS.number()));
        this.directory = hierarchy.root().resolve(path);
        this.isV2 = hierarchy.isV2();
    }

    void freeze(Duration limit) {
        CgroupFile.write(switchFile(), isV2 ? "1" : "FROZEN");
        boolean frozen =
                isV2 ? CgroupEvents.await(directory, "frozen", 1, limit) : Waiting.until(this::isFrozen, limit);
        if (!frozen) {
            throw new KernelException("freeze", directory.toString(), Errno.ETIMEDOUT.number());
        }
    }

    void thaw() {
        CgroupFile.write(switchFile(), isV2 ? "0" : "THAWED");
    }

    boolean isFrozen() {
        // Reading the v1 state is also what makes the kernel go from FREEZING to FROZEN.
        return isV2
                ? CgroupEvents.is(directory, "frozen", 1)
                : CgroupFile.read(switchFile())
                        .filter(s -> s.strip().equals("FROZEN"))
                        .isPresent();
    }

    private Path switchFile() {
        return directory.resolve(isV2 ? "cgroup.freeze" : "freezer.state");
    }
}
