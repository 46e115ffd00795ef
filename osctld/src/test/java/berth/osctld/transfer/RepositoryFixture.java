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
import berth.engine.repository.PublicKey;
import berth.engine.repository.Publisher;
import berth.engine.repository.Repositories;
import berth.engine.repository.Repository;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** An image in a signed repository, on a server on this machine that is well or not. */
@Tag("root")
abstract class RepositoryFixture {
    static final ImageQuery BUSYBOX = query("busybox", null);

    private static final Sandbox NO_SANDBOX =
            new Sandbox(new UserNamespaces(List.of("/bin/false")), List.of(), List.of(), List.of());

    @TempDir
    Path scratch;

    Path served;
    Path state;
    FileServer server;
    Publisher publisher;
    Images mine;
    Images theirs;
    PublicKey key;
    Repositories repositories;
    Image busybox;

    @BeforeEach
    void anImageInASignedRepository() throws IOException {
        served = Files.createDirectory(scratch.resolve("served"));
        state = scratch.resolve("state");
        server = new FileServer(served);
        publisher = new Publisher(instance("publisher"), Clock.systemUTC());
        theirs = images("theirs");
        mine = images("mine");
        busybox = theirs.build(new BusyboxBuilder(), NO_SANDBOX, ImportRequest.of("test"), Progress.none())
                .image();
        try (Fd directory = Fd.openDirectory(served)) {
            key = publisher.init(directory);
        }
        publish("1", List.of("stable"));
        repositories = repositories(Map.of());
    }

    @AfterEach
    void noTransferIsLeft() throws IOException {
        server.close();
        mine.close();
        theirs.close();
        try (Directory directory = Directory.open(scratch, Resolution.BENEATH)) {
            directory.removeTree("mine");
            directory.removeTree("theirs");
        }
        try (Stream<Path> left = Files.list(Files.createDirectories(state.resolve("client/download")))) {
            assertThat(left.filter(file -> !file.toString().endsWith(".part"))).isEmpty();
        }
    }

    Image obtain(ImageQuery query) {
        return repositories.obtain(query, mine, Progress.none());
    }

    static ImageQuery query(String distribution, @Nullable String version) {
        return new ImageQuery(
                Optional.of(distribution),
                Optional.ofNullable(version),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    Repositories repositories(Map<String, String> environment) {
        return new Repositories(
                instance("client"), new HttpTransport(environment, Duration.ofSeconds(2)), Clock.systemUTC());
    }

    Repository signed(PublicKey by) {
        return new Repository("acme", Repository.Kind.BERTH, server.url(), Optional.of(by), false);
    }

    Repository insecure(Repository.Kind kind) {
        return new Repository("acme", kind, server.url(), Optional.empty(), false);
    }

    void publish(String version, List<String> tags) {
        try (Fd directory = Fd.openDirectory(served)) {
            publisher.publish(
                    theirs,
                    busybox,
                    new Publisher.Listing("default", "default", Optional.empty(), Optional.of(version), tags),
                    directory,
                    Progress.none());
        }
    }

    Images images(String name) {
        return Images.open(scratch.resolve(name), _ -> List.of(), Clock.systemUTC());
    }

    Instance instance(String name) {
        return new Instance(name, scratch.resolve("run").resolve(name), state.resolve(name));
    }

    static void edit(Path file, String from, String to) throws IOException {
        String content = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(content).contains(from);
        Files.writeString(file, content.replace(from, to));
    }

    static void assertRefused(ThrowingCallable call, ErrorCode code, String reason) {
        assertThatThrownBy(call)
                .hasMessageContaining(reason)
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(code);
    }
}
