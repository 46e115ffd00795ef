package berth.linux.cgroup;

/** Processor time used since the cgroup was made, in microseconds: in all, by programs, by the kernel for them. */
public record CpuUsage(long total, long user, long system) {}
