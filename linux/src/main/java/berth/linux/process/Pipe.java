package berth.linux.process;

import berth.linux.Fd;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe, both ends close-on-exec. Source: pipe(2). */
public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
    private static final long SYS_PIPE2 = 293;
    private static final long O_CLOEXEC = 02000000;

    /** A new pipe. */
    public static Pipe open() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
            Libc.check(Libc.syscall(SYS_PIPE2, ends.address(), O_CLOEXEC), "pipe2", "");
            return new Pipe(
                    Fd.own(ends.getAtIndex(ValueLayout.JAVA_INT, 0)), Fd.own(ends.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
