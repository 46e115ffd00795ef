package berth.linux.disk;

import berth.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Subvolumes of two file systems that hold the same, by which {@code btrfs receive} finds what a stream says is there already: it
 * looks for one that says that it was received from the one that the stream names. All paths are the host's and trusted. Needs root.
 * Errors are {@link berth.linux.KernelException}s. Source: linux/btrfs.h, btrfs-receive(8).
 */
public final class BtrfsTwins {
    private static final long IOC_SET_RECEIVED_SUBVOL = 0xc0c89425L;
    private static final long IOC_GET_SUBVOL_INFO = 0x81f8943cL;

    private static final int INFO_SIZE = 504;
    private static final int INFO_UUID = 296;
    private static final int INFO_CHANGED = 344;

    private static final int RECEIVED_SIZE = 200;
    private static final int RECEIVED_CHANGED = 16;
    private static final int UUID_SIZE = 16;

    private BtrfsTwins() {}

    /**
     * Has {@code twin}, a subvolume that can be changed, say that it holds what {@code original} does; the caller knows that. Both are
     * new and were received from nowhere; {@code original} is frozen.
     */
    public static void declare(Path original, Path twin) {
        try (Arena arena = Arena.ofConfined();
                Fd from = Fd.openForReading(original);
                Fd to = Fd.openForReading(twin)) {
            MemorySegment info = arena.allocate(INFO_SIZE, Long.BYTES);
            Btrfs.ioctl(from, IOC_GET_SUBVOL_INFO, info, original);
            MemorySegment received = arena.allocate(RECEIVED_SIZE, Long.BYTES);
            MemorySegment.copy(info, INFO_UUID, received, 0, UUID_SIZE);
            received.set(ValueLayout.JAVA_LONG, RECEIVED_CHANGED, info.get(ValueLayout.JAVA_LONG, INFO_CHANGED));
            Btrfs.ioctl(to, IOC_SET_RECEIVED_SUBVOL, received, twin);
        }
    }
}
