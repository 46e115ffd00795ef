package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.process.Pidfd;
import berth.linux.process.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The processes of one cgroup, seen through the authoritative tree. */
final class CgroupProcesses {
    private static final Duration FREEZE_LIMIT = Duration.ofSeconds(1);

    private final CgroupHost host;
    private final String path;
    private final Hierarchy hierarchy;
    private final Path directory;

    CgroupProcesses(CgroupHost host, String path) {
        this.host = host;
        this.path = path;
        this.hierarchy = host.authoritative();
        this.directory = hierarchy.root().resolve(path);
    }

    Set<Integer> all() {
        Set<Integer> pids = new LinkedHashSet<>();
        CgroupWalk.through(directory, new CgroupWalk.Visitor() {
            @Override
            public boolean enter(Directory cgroup) {
                addDirect(Path.of(cgroup.fd().procPath()), pids);
                return true;
            }

            @Override
            public void leave(Directory parent, String name) {}
        });
        return pids;
    }

    Set<Integer> direct() {
        Set<Integer> pids = new LinkedHashSet<>();
        addDirect(directory, pids);
        return pids;
    }

    boolean isEmpty() {
        return hierarchy.isV2() ? !CgroupEvents.is(directory, "populated", 1) : all().isEmpty();
    }

    boolean awaitEmpty(Duration limit) {
        if (!hierarchy.isV2()) {
            return Waiting.until(this::isEmpty, limit);
        }
        return CgroupEvents.await(directory, "populated", 0, limit) || isEmpty();
    }

    void kill() {
        try {
            if (hierarchy.isV2()) {
                CgroupFile.write(directory.resolve("cgroup.kill"), "1");
            } else {
                killOneByOne();
            }
        } catch (KernelException e) {
            if (!CgroupFile.isAbsence(e)) {
                throw e;
            }
        }
    }

    /** Frozen, no process can fork away between the reading of the list and its signal. */
    private void killOneByOne() {
        Optional<Freezer> freezer = host.with("freezer").map(h -> new Freezer(host, path));
        try {
            freezer.ifPresent(f -> f.freeze(FREEZE_LIMIT));
        } catch (KernelException e) {
            if (!e.is(Errno.ETIMEDOUT)) {
                throw e;
            }
        }
        for (int pid : all()) {
            Pidfd.open(pid).ifPresent(process -> {
                try (process) {
                    process.signal(Signal.KILL);
                }
            });
        }
        freezer.ifPresent(Freezer::thaw);
    }

    private static void addDirect(Path directory, Set<Integer> pids) {
        String text = CgroupFile.read(directory.resolve("cgroup.procs")).orElse("");
        Arrays.stream(text.split("\n"))
                .filter(line -> !line.isEmpty())
                .map(Integer::valueOf)
                .forEach(pids::add);
    }
}
