package berth.osctld.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.image.BusyboxBuilder;
import berth.engine.image.Image;
import berth.engine.image.Images;
import berth.engine.image.ImportRequest;
import berth.engine.image.Sandbox;
import berth.engine.operation.Progress;
import berth.engine.repository.ImageQuery;
import berth.engine.repository.Publisher;
import berth.engine.repository.Repositories;
import berth.engine.repository.Repository;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.Mounts;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is no room for an image nothing of it is left, and what was there is as it was. */
@Tag("root")
class FullDiskTest {
    @TempDir
    Path scratch;

    private Path small;
    private Images images;
    private Image busybox;
    private Publisher publisher;

    @BeforeEach
    void aSmallFileSystemAndAnImage() throws IOException {
        small = Files.createDirectory(scratch.resolve("small"));
        try (Fd tmpfs = Mounts.tmpfs(Map.of("size", "600k"))) {
            Mounts.attach(tmpfs, small);
        }
        images = Images.open(scratch.resolve("images"), _ -> List.of(), Clock.systemUTC());
        Sandbox none = new Sandbox(new UserNamespaces(List.of("/bin/false")), List.of(), List.of(), List.of());
        busybox = images.build(new BusyboxBuilder(), none, ImportRequest.of("test"), Progress.none())
                .image();
        publisher = new Publisher(instance(scratch.resolve("publisher")), Clock.systemUTC());
    }

    @AfterEach
    void unmount() {
        images.close();
        Mounts.unmount(small);
        try (Directory directory = Directory.open(scratch, Resolution.BENEATH)) {
            directory.removeTree("images");
        }
    }

    private Instance instance(Path state) {
        return new Instance("test", scratch.resolve("run"), state);
    }

    private void publish(Path where) {
        try (Fd directory = Fd.openDirectory(where)) {
            publisher.init(directory);
            publisher.publish(
                    images,
                    busybox,
                    new Publisher.Listing("default", "default", Optional.empty(), Optional.of("1"), List.of()),
                    directory,
                    Progress.none());
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertExhausted(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EXHAUSTED));
    }

    @Test
    void aRepositoryIsAsItWas() throws IOException {
        assertExhausted(() -> publish(small));

        assertThat(names(small)).containsExactly("berth-index", "key.pub");
    }

    @Test
    void aDownloadEndsAndNothingIsImported() throws IOException {
        Path served = Files.createDirectory(scratch.resolve("served"));
        publish(served);
        Images mine = Images.open(scratch.resolve("mine"), _ -> List.of(), Clock.systemUTC());
        try (FileServer server = new FileServer(served);
                mine) {
            Repositories repositories = new Repositories(
                    instance(small), new HttpTransport(Map.of(), Duration.ofSeconds(2)), Clock.systemUTC());
            repositories.add(new Repository("acme", Repository.Kind.BERTH, server.url(), Optional.empty(), false));
            ImageQuery query = new ImageQuery(
                    Optional.of("busybox"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

            assertExhausted(() -> repositories.obtain(query, mine, Progress.none()));

            assertThat(mine.list()).isEmpty();
        }
    }
}
