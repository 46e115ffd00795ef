package berth.engine.storage;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.process.Capture;
import berth.linux.process.Command;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Whether a ZFS pool of some name exists on the host. */
@FunctionalInterface
public interface ZpoolProbe {
    /** The longest that a pool with failing disks is waited for. */
    Duration LIMIT = Duration.ofSeconds(10);

    boolean exists(String name);

    /** Asks {@code zpool}; without that program there are no ZFS pools. */
    static ZpoolProbe ofHost() {
        return name -> {
            try {
                return Capture.of(Command.of("zpool", "list", "-H", "-o", "name", name)
                                .withEnvironment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")))
                        .run(LIMIT)
                        .status()
                        .isSuccess();
            } catch (KernelException e) {
                if (e.is(Errno.ENOENT)) {
                    return false;
                }
                throw e;
            } catch (TimeoutException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        };
    }
}
