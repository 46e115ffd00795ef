package berth.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.idmap.HostIds;
import berth.engine.idmap.IdMap;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every storage driver keeps that sends layers: between two pools of it, here with the same image and the container web. */
@Tag("root")
public abstract class LayerSenderContract {
    protected static final UserNamespaces NAMESPACES =
            new UserNamespaces(List.of("/usr/bin/unshare", "--user", "/bin/sh", "-c", "echo; exec cat"));

    /** What a large file has, in bytes. */
    protected static final int LARGE = 8 << 20;

    private static final Ids IDS =
            new Ids(IdMap.from(new HostIds(700_000, 65_536)), IdMap.from(new HostIds(700_000, 65_536)));

    private final AtomicInteger names = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final Random random = new Random(7);
    private StorageDriver driver;
    private RootFilesystem here;
    private RootFilesystem there;
    private Path target;

    /** A new driver. */
    protected abstract StorageDriver driver();

    /** A new directory for pool {@code name}, with {@code ct} and {@code trash}. */
    protected abstract Path pool(String name) throws IOException;

    @BeforeEach
    void twoPools(@TempDir Path mounts) throws IOException {
        driver = driver();
        target = mounts;
        here = container(pool("here"));
        there = container(pool("there"));
        driver.requireUsable(pathOf(here));
        driver.requireUsable(pathOf(there));
        driver.create(here);
        driver.create(there);
    }

    /** The pool that {@code root} is in. */
    protected static Path pathOf(RootFilesystem root) {
        return Objects.requireNonNull(root.store().getParent());
    }

    /** The container web in {@code pool}, which is to be made, on an image that is. */
    protected static RootFilesystem container(Path pool) throws IOException {
        Path image = Files.createDirectories(pool.resolve("image/id/tree"));
        Files.createDirectory(image.resolve("etc"));
        Files.writeString(image.resolve("name"), "image");
        Files.writeString(image.resolve("doomed"), "image");
        Files.createLink(image.resolve("alias"), image.resolve("name"));
        return new RootFilesystem(pool.resolve("ct"), "web", List.of(), image, IDS);
    }

    @AfterEach
    void unmountEverything() {
        Mounts.table().reversed().stream()
                .map(MountPoint::target)
                .filter(t -> t.startsWith(target))
                .forEach(Mounts::unmount);
    }

    /** The driver of both pools. */
    protected StorageDriver tested() {
        return driver;
    }

    protected RootFilesystem here() {
        return here;
    }

    protected RootFilesystem there() {
        return there;
    }

    protected LayerSender sender() {
        return sender(here, there);
    }

    protected LayerSender sender(RootFilesystem from, RootFilesystem to) {
        return driver.sender(from.store(), to.store(), () -> "web@%d@passing".formatted(names.incrementAndGet()))
                .orElseThrow();
    }

    protected void in(RootFilesystem root, AttachedMount.Work work) throws IOException {
        AttachedMount.in(driver.mount(root), target, work);
    }

    protected byte[] large() {
        byte[] content = new byte[LARGE];
        random.nextBytes(content);
        return content;
    }

    /** Sends what layer {@code layer} holds as the next state: how many bytes that took. */
    protected long send(LayerSender sender, String layer) {
        return send(sender, here.layer(layer), there.directory());
    }

    /** As that, between any two layers. */
    protected long send(LayerSender sender, Path source, Path target) {
        sent.set(0);
        sender.send(source, target, sent::set);
        return sent.get();
    }

    protected static List<String> layers(RootFilesystem root) throws IOException {
        try (Stream<Path> all = Files.list(root.store())) {
            return all.map(p -> String.valueOf(p.getFileName())).sorted().toList();
        }
    }

    /** How much is taken on the disk on which {@code root} is, in bytes. */
    protected long used(RootFilesystem root) throws IOException {
        try (Directory store = Directory.open(root.store(), Resolution.NO_LINKS)) {
            store.syncFileSystem();
        }
        return Files.getFileStore(root.store()).getTotalSpace()
                - Files.getFileStore(root.store()).getUnallocatedSpace();
    }

    @Test
    void aSentStateHoldsWhatTheLayerHolds() throws IOException {
        in(here, root -> {
            Files.writeString(root.resolve("name"), "web");
            Files.delete(root.resolve("doomed"));
            Files.createSymbolicLink(root.resolve("link"), Path.of("../name"));
            Files.setPosixFilePermissions(
                    Files.createDirectory(root.resolve("private")), PosixFilePermissions.fromString("rwx------"));
            try (Directory tree = Directory.open(root, Resolution.NO_LINKS)) {
                tree.chown("name", 701_000, 702_000);
                tree.chmod("name", 04755);
                tree.setXattr("name", "user.note", new byte[] {1});
            }
        });

        try (LayerSender sender = sender()) {
            assertThat(sender.beginOn(here.imageTree(), there.imageTree(), () -> true))
                    .isTrue();
            send(sender, "web");
        }

        in(there, root -> {
            assertThat(root.resolve("alias")).hasContent("web");
            assertThat(root.resolve("doomed")).doesNotExist();
            assertThat(Files.readSymbolicLink(root.resolve("link"))).isEqualTo(Path.of("../name"));
            assertThat(Files.getPosixFilePermissions(root.resolve("private")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(Files.getAttribute(root.resolve("name"), "unix:uid")).isEqualTo(701_000);
            assertThat((int) Files.getAttribute(root.resolve("name"), "unix:mode") & 07777)
                    .isEqualTo(04755);
            assertThat(Files.getAttribute(root.resolve("name"), "unix:nlink")).isEqualTo(2);
            try (Directory tree = Directory.open(root, Resolution.NO_LINKS)) {
                assertThat(tree.xattrs("name")).containsEntry("user.note", new byte[] {1});
            }
        });
        assertThat(there.imageTree().resolve("name")).hasContent("image");
    }

    @Test
    void theTimesOfDirectoriesAreThoseOfTheLayer() throws IOException {
        FileTime past = FileTime.from(Instant.parse("2001-02-03T04:05:06.789Z"));
        AttachedMount.Work first = root -> Files.setLastModifiedTime(root, past);
        in(here, first);
        in(there, first);
        driver.copy(here, "web@one");
        in(here, root -> {
            Files.writeString(root.resolve("etc/new"), "new");
            Files.setLastModifiedTime(root.resolve("etc"), past);
        });

        try (LayerSender sender = sender()) {
            sender.written(here.layer("web@one"), there.directory());
            send(sender, "web");
        }

        in(there, root -> {
            assertThat(root.resolve("etc/new")).exists();
            assertThat(Files.getLastModifiedTime(root)).isEqualTo(past);
            assertThat(Files.getLastModifiedTime(root.resolve("etc"))).isEqualTo(past);
        });
    }

    @Test
    void aSentStateCanBeWrittenAndWhatWasSentStaysAsItIs() throws IOException {
        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web");
        }

        in(there, root -> Files.writeString(root.resolve("name"), "there"));

        in(here, root -> assertThat(root.resolve("name")).hasContent("image"));
        in(there, root -> assertThat(root.resolve("alias")).hasContent("there"));
    }

    @Test
    void statesThatAreKeptOnTheWayShowWhatEachWas() throws IOException {
        in(here, root -> Files.writeString(root.resolve("name"), "one"));
        driver.copy(here, "web@one");
        in(here, root -> {
            Files.writeString(root.resolve("name"), "two");
            Files.delete(root.resolve("doomed"));
        });

        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web@one");
            driver.copy(there, "web@kept");
            send(sender, "web");
        }

        in(there, root -> {
            assertThat(root.resolve("name")).hasContent("two");
            assertThat(root.resolve("doomed")).doesNotExist();
        });
        in(there.with("web@kept", List.of()), root -> {
            assertThat(root.resolve("name")).hasContent("one");
            assertThat(root.resolve("doomed")).hasContent("image");
        });
    }

    @Test
    void whatTwoStatesShareIsSentOnceAndIsOnTheDiskOnce() throws IOException {
        in(here, root -> Files.write(root.resolve("large"), large()));
        driver.copy(here, "web@one");
        in(here, root -> Files.write(root.resolve("large"), new byte[] {1}, StandardOpenOption.WRITE));
        long before = used(there);
        long second;

        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web@one");
            driver.copy(there, "web@kept");
            second = send(sender, "web");
        }

        assertThat(second).isLessThan(LARGE / 8);
        assertThat(used(there) - before).isLessThan(LARGE + LARGE / 2);
    }

    @Test
    void aStateThatIsSentAfterOneThatWasWrittenHoldsWhatTheLayerHolds() throws IOException {
        byte[] content = large();
        AttachedMount.Work first = root -> Files.write(root.resolve("large"), content);
        in(here, first);
        in(there, first);
        driver.copy(here, "web@one");
        in(here, root -> Files.writeString(root.resolve("name"), "two"));
        long second;

        try (LayerSender sender = sender()) {
            sender.written(here.layer("web@one"), there.directory());
            second = send(sender, "web");
        }

        assertSentAfterWriting(second);
        in(there, root -> {
            assertThat(root.resolve("large")).hasBinaryContent(content);
            assertThat(root.resolve("name")).hasContent("two");
        });
    }

    /** What the driver promises of the bytes that are sent of a state, where all but a little of {@link #LARGE} was written before. */
    protected abstract void assertSentAfterWriting(long bytes);

    @Test
    void nothingPassingIsLeftOnEitherSide() throws IOException {
        driver.copy(here, "web@one");

        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web@one");
            send(sender, "web");
        }

        assertThat(layers(here)).containsExactly("web", "web@one");
        assertThat(layers(there)).containsExactly("web");
    }

    @Test
    void whatWasSentThereAndBackIsSentThereAgain() throws IOException {
        in(here, root -> Files.writeString(root.resolve("name"), "here"));
        driver.copy(here, "web@one");
        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web@one");
            driver.copy(there, "web@kept");
            send(sender, "web");
        }
        in(there, root -> Files.writeString(root.resolve("name"), "there"));
        try (LayerSender back = sender(there, here)) {
            back.begin();
            send(back, there.layer("web@kept"), here.directory());
            send(back, there.directory(), here.directory());
        }
        in(here, root -> assertThat(root.resolve("name")).hasContent("there"));

        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web@one");
            in(there, root -> assertThat(root.resolve("name")).hasContent("here"));
            send(sender, "web");
        }

        in(there, root -> assertThat(root.resolve("name")).hasContent("there"));
    }
}
