package berth.linux.cgroup;

import java.nio.file.Path;

/** The file cpuset.cpus of cgroup v1. Source: cgroup-v1/cpusets.rst; validate_change in the kernel. */
final class CpusetControl extends NestedControl<CpuList> {
    private static final String FILE = "cpuset.cpus";

    /** What of {@code wanted} the parent of {@code directory} has; all of that if nothing, as cgroup2 does. */
    CpuList within(Path directory, CpuList wanted) {
        Path parent = directory.getParent();
        CpuList most = parent == null ? wanted : read(parent);
        CpuList common = wanted.and(most);
        return common.isEmpty() ? most : common;
    }

    @Override
    CpuList read(Path directory) {
        return CpuList.parse(CgroupFile.read(directory.resolve(FILE)).orElse(""));
    }

    @Override
    void write(Path directory, CpuList value) {
        CgroupFile.write(directory.resolve(FILE), value.toString());
    }

    @Override
    CpuList adapt(CpuList now, CpuList parentNow, CpuList parentThen) {
        if (now.equals(parentNow)) {
            return parentThen;
        }
        CpuList common = now.and(parentThen);
        return common.isEmpty() ? parentThen : common;
    }

    @Override
    CpuList effective(CpuList own, CpuList parent) {
        return own;
    }

    @Override
    CpuList join(CpuList one, CpuList other) {
        return one.or(other);
    }
}
