package berth.engine.storage.btrfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.LayerSender;
import berth.linux.disk.Btrfs;
import berth.linux.disk.BtrfsTwins;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.process.Command;
import berth.linux.process.Pipeline;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * By {@code btrfs send} and {@code btrfs receive}; within one file system by snapshots. What is sent is a frozen snapshot made for that
 * alone, as is what is received: so no other subvolume has a number by which a stream could mean it, however often containers go back
 * and forth. Source: btrfs-send(8), btrfs-receive(8).
 */
final class BtrfsSender implements LayerSender {
    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/bin/btrfs"), Path.of("/usr/sbin/btrfs"));
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");
    /** What {@code btrfs receive} says in any case. */
    private static final String CHATTER = "Chroot to ";

    private final BtrfsDriver driver;
    private final Path from;
    private final Path to;
    private final Supplier<String> names;
    /** Both pools are on one file system. */
    private final boolean local;
    /** Snapshots that hold the same here and there, by their one name; the last is what comes next differs from, if there is any. */
    private final Deque<String> twins = new ArrayDeque<>();

    BtrfsSender(BtrfsDriver driver, Path from, Path to, Supplier<String> names) {
        this.driver = driver;
        this.from = from;
        this.to = to;
        this.names = names;
        this.local = Btrfs.areOnOne(from, to);
    }

    /** Whether it can send at all. */
    boolean isAble() {
        return local || program().isPresent();
    }

    private static Optional<Path> program() {
        return PROGRAMS.stream().filter(Files::isExecutable).findFirst();
    }

    @Override
    public void begin() {
        forget(0);
    }

    @Override
    public boolean beginOn(Path fromTree, Path toTree, BooleanSupplier same) {
        forget(0);
        if (local) {
            return true;
        }
        if (!same.getAsBoolean()) {
            return false;
        }
        declareTwins(driver.imageSubvolume(fromTree), driver.imageSubvolume(toTree));
        return true;
    }

    @Override
    public void written(Path source, Path target) {
        forget(0);
        if (!local) {
            declareTwins(source, target);
        }
    }

    private void declareTwins(Path here, Path there) {
        String name = newTwin(here);
        Btrfs.snapshot(there, to.resolve(name));
        BtrfsTwins.declare(from.resolve(name), to.resolve(name));
        Btrfs.freeze(to.resolve(name));
    }

    /** A frozen one of a writable snapshot does not say, as another would, that it was itself received from somewhere. */
    private String newTwin(Path here) {
        String name = names.get();
        twins.add(name);
        Btrfs.snapshot(here, from.resolve(name));
        Btrfs.freeze(from.resolve(name));
        return name;
    }

    @Override
    public void send(Path source, Path target, LongConsumer sent) {
        if (local) {
            replace(source, target);
            return;
        }
        List<String> parent = twins.isEmpty()
                ? List.of()
                : List.of("-p", from.resolve(twins.getLast()).toString());
        String name = newTwin(source);
        stream(parent, from.resolve(name), sent);
        replace(to.resolve(name), target);
        keepTime(source, target);
        forget(1);
    }

    /** What is new is made in the root of the subvolume first, and nothing tells the root's own time after that. */
    private static void keepTime(Path source, Path target) {
        try (Directory here = Directory.open(source, Resolution.NO_LINKS);
                Directory there = Directory.open(target, Resolution.NO_LINKS)) {
            there.setTime(".", here.stat().mtime());
        }
    }

    private void replace(Path source, Path target) {
        driver.destroy(target);
        Btrfs.snapshot(source, target);
        BtrfsDriver.makeDurable(to);
    }

    /** Confined to the pool's layers, although only what the kernel itself says of a subvolume comes. */
    private void stream(List<String> parent, Path subvolume, LongConsumer sent) {
        String program = program().orElseThrow().toString();
        Command send = Command.of(program, "--quiet", "send")
                .withArguments(bytes(parent))
                .withArguments(bytes(List.of(subvolume.toString())))
                .withEnvironment(ENVIRONMENT);
        Command receive = Command.of(program, "--quiet", "receive", "--chroot", to.toString())
                .withEnvironment(ENVIRONMENT);
        Pipeline.Ended ended;
        try {
            ended = new Pipeline(send, receive, sent).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "cancelled while %s was sent".formatted(subvolume));
        }
        boolean received = ended.reader().status().isSuccess();
        // One that cannot go on has the other complain of an end that came too early.
        boolean cutOff = ended.reader().errorText().contains("short read");
        if (!ended.writer().status().isSuccess() && (received || cutOff)) {
            throw failed("sent", ended.writer().errorText());
        }
        if (!received || !ended.writer().status().isSuccess()) {
            throw failed("received", ended.reader().errorText());
        }
    }

    private static List<byte[]> bytes(List<String> words) {
        return words.stream().map(w -> w.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static BerthException failed(String what, String errors) {
        List<String> lines = errors.lines().filter(l -> !l.startsWith(CHATTER)).toList();
        String why = "a subvolume cannot be %s: %s".formatted(what, String.join("; ", lines));
        if (errors.contains("No space left on device") || errors.contains("Disk quota exceeded")) {
            return new BerthException(
                    ErrorCode.EXHAUSTED,
                    why,
                    "delete what is not needed: snapshots, images, and with 'osctl trash prune --all' the trash");
        }
        return new BerthException(ErrorCode.FAILED, why, "look into the kernel's log");
    }

    /** Removes all but the last {@code kept}. */
    private void forget(int kept) {
        while (twins.size() > kept) {
            String name = twins.getFirst();
            driver.destroy(to.resolve(name));
            driver.destroy(from.resolve(name));
            twins.removeFirst();
        }
    }

    @Override
    public void close() {
        forget(0);
    }
}
