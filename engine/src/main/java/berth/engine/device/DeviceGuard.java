package berth.engine.device;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.device.DeviceFilter;
import berth.linux.device.DeviceRule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Keeps the processes of cgroups to lists of devices, by programs in cgroup2, with or without v1 beside it. Equal lists share a
 * program. Safe for use by several threads.
 */
public final class DeviceGuard {
    private static final int MOST_KEPT = 16;

    private final CgroupHost cgroups;
    private final LinkedHashMap<List<DeviceRule>, DeviceFilter> filters = new LinkedHashMap<>();

    public DeviceGuard(CgroupHost cgroups) {
        this.cgroups = cgroups;
    }

    /**
     * Lets the processes in {@code cgroup} use {@code devices} and no others; does nothing if it is not there.
     *
     * @throws BerthException UNSUPPORTED if this kernel cannot keep them from others
     */
    public void enforce(Cgroup cgroup, List<Device> devices) {
        var tree = cgroups.unified()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "devices cannot be kept from containers: no cgroup2 is mounted",
                        "mount it beside the others: 'mount -t cgroup2 none /sys/fs/cgroup/unified'"));
        try {
            enforce(
                    tree.root().resolve(cgroup.path()),
                    devices.stream().map(Device::rule).toList());
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) && !cgroup.exists()) {
                return;
            }
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "devices cannot be kept from containers: " + e.getMessage(),
                    "the kernel needs CONFIG_CGROUP_BPF, and the daemon the right to use bpf(2)",
                    e);
        }
    }

    /** A program is in use while it is loaded or put in force, so that it is not closed then. */
    private synchronized void enforce(Path directory, List<DeviceRule> rules) {
        DeviceFilter filter = filters.get(rules);
        if (filter == null) {
            filter = DeviceFilter.load(rules);
            filters.put(rules, filter);
        }
        filter.enforce(directory);
        if (filters.size() > MOST_KEPT) {
            // The kernel keeps those that are in force.
            filters.pollFirstEntry().getValue().close();
        }
    }
}
