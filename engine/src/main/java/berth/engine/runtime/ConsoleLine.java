package berth.engine.runtime;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileWatch;
import berth.linux.file.Resolution;
import berth.linux.socket.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The console. It is shown from the log that the monitor keeps of it, and typed into by a copy of the monitor's own
 * descriptor of its master side.
 *
 * <p>LXC would lend the console too, but a container that reboots while LXC 5.0.2 lends its console stops instead: the monitor
 * fails to add the stale loan to its new main loop.
 */
final class ConsoleLine implements TerminalLine {
    private static final int EARLIER = 16 * 1024;
    private static final int CHUNK = 16 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String MASTER = "/ptmx";

    private final Supplier<Optional<Monitor>> monitor;
    private final SeekableByteChannel log;
    private final FileWatch watch;
    private final byte[] earlier;
    private long position;

    /** @param monitor the container's monitor, empty when it has stopped */
    ConsoleLine(RunPlan plan, Supplier<Optional<Monitor>> monitor) {
        this.monitor = monitor;
        try {
            this.log = Files.newByteChannel(plan.consoleLog());
            this.watch = FileWatch.of(plan.consoleLog());
            this.position = Math.max(0, log.size() - EARLIER);
            this.earlier = newest(EARLIER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] earlier() {
        return earlier.clone();
    }

    @Override
    public Optional<byte[]> read(Fd wake) {
        watch.clear();
        boolean wasUp = monitor.get().isPresent();
        byte[] news = newest(CHUNK);
        if (news.length > 0) {
            return Optional.of(news);
        }
        if (!wasUp) {
            return Optional.empty();
        }
        Poll.await(List.of(new Poll.Interest(watch.fd(), Poll.IN), new Poll.Interest(wake, Poll.IN)), PATIENCE);
        return Optional.of(new byte[0]);
    }

    /** What was written since the last call; the log starts anew when it is full. */
    private byte[] newest(int limit) {
        try {
            if (log.size() < position) {
                position = 0;
            }
            ByteBuffer buffer = ByteBuffer.allocate(limit);
            log.position(position);
            int count = Math.max(0, log.read(buffer));
            position += count;
            return Arrays.copyOf(buffer.array(), count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(byte[] keys) {
        withMaster(master -> {
            if (Poll.await(master, Poll.OUT, Duration.ZERO) == Poll.OUT) {
                master.writeSome(keys, 0, keys.length);
            }
        });
    }

    @Override
    public void resize(Terminal.Size size) {
        withMaster(master -> Terminal.resize(master, size));
    }

    @Override
    public void close() {
        watch.close();
        try {
            log.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looked for anew each time: a reboot makes another one. A guest that misleads here types into itself. */
    private void withMaster(Consumer<Fd> use) {
        Monitor holder = monitor.get().orElse(null);
        Integer init = holder == null ? null : holder.init().orElse(null);
        if (holder == null || init == null) {
            return;
        }
        try {
            int number = number(init);
            for (int descriptor : masters(holder.process().pid())) {
                try (Fd master = holder.process().duplicate(descriptor)) {
                    if (Terminal.number(master).orElse(-1) == number) {
                        use.accept(master);
                        return;
                    }
                }
            }
        } catch (KernelException | IOException | IllegalStateException e) {
            // The container is on its way down or through a reboot.
        }
    }

    private static int number(int init) {
        try (Directory root = Directory.open(Path.of("/proc/" + init + "/root"), Resolution.IN_ROOT)) {
            return root.statTarget("dev/console")
                    .map(FileStat::rdev)
                    .map(Long::intValue)
                    .orElse(-1);
        }
    }

    private static List<Integer> masters(int pid) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().endsWith(MASTER)) {
                    found.add(Integer.valueOf(String.valueOf(descriptor.getFileName())));
                }
            }
        }
        return found;
    }
}
