package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** The file cgroup.events of cgroup2, which polls POLLPRI when one of its fields changed since the last read. */
final class CgroupEvents {
    private CgroupEvents() {}

    /** Whether {@code field} is {@code value} now; no if the cgroup is not there. */
    static boolean is(Path directory, String field, long value) {
        OptionalLong now = CgroupFile.number(directory.resolve("cgroup.events"), field);
        return now.isPresent() && now.getAsLong() == value;
    }

    /** Waits at most {@code limit} until {@code field} is {@code value}: whether it is. A cgroup that goes away ends the wait. */
    static boolean await(Path directory, String field, long value, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Fd events = Fd.openForReading(directory.resolve("cgroup.events"))) {
            while (true) {
                OptionalLong now = CgroupFile.field(CgroupFile.text(events), field);
                if (now.isPresent() && now.getAsLong() == value) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                Poll.await(events, Poll.PRI, Duration.ofNanos(left));
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENODEV) || e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }
}
