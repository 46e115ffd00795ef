package berth.engine.image;

import berth.engine.Instance;
import berth.engine.limit.HostCapacity;
import berth.engine.limit.HostReserve;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups of what builds images: beside those of containers, with which they share what the host can spare. Safe for use by
 * several threads.
 */
public final class BuildCgroups {
    private static final Logger LOG = LoggerFactory.getLogger(BuildCgroups.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cgroup instance;
    private final Cgroup all;

    public BuildCgroups(Instance instance, CgroupHost cgroups) {
        this.instance = cgroups.at(instance.name());
        this.all = this.instance.child("image-build");
    }

    /** That of one build. Closing it ends what is in it. */
    final class Room implements AutoCloseable {
        private final Cgroup cgroup;

        private Room(Cgroup cgroup) {
            this.cgroup = cgroup;
        }

        /** The directories whose cgroups are joined. */
        List<Path> entrances() {
            return cgroup.entrances();
        }

        @Override
        public void close() {
            remove(cgroup);
        }
    }

    /** Makes that of build {@code number}. */
    synchronized Room make(long number) {
        Cgroup cgroup = all.child(Long.toString(number));
        cgroup.create();
        HostCapacity host = HostCapacity.now();
        HostReserve.of(host).keep(instance, host);
        return new Room(cgroup);
    }

    /** Ends what is in any of them. */
    void clear() {
        remove(all);
    }

    private synchronized void remove(Cgroup cgroup) {
        if (!cgroup.exists()) {
            return;
        }
        try {
            cgroup.kill();
            cgroup.awaitEmpty(PATIENCE);
            cgroup.delete(PATIENCE);
            if (all.exists()) {
                all.prune(instance);
            }
        } catch (KernelException e) {
            LOG.warn("The cgroup {} of a build stays: {}", cgroup, e.getMessage());
        }
    }
}
