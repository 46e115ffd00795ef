package berth.osctld.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.image.Image;
import berth.engine.image.Images;
import berth.engine.image.ImportRequest;
import berth.engine.image.Owners;
import berth.engine.image.TreeView;
import berth.engine.operation.Progress;
import berth.engine.repository.ImageQuery;
import berth.engine.repository.PublicKey;
import berth.engine.repository.Publisher;
import berth.engine.repository.Repositories;
import berth.engine.repository.Repository;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that stand on others, on their way from one machine to another; and indexes that go back in time. */
@Tag("root")
class LayeredRepositoryTest {
    @TempDir
    Path scratch;

    private Path served;
    private FileServer server;
    private Publisher publisher;
    private Images mine;
    private Images theirs;
    private Repositories repositories;
    private Image base;
    private Image app;

    @BeforeEach
    void aBaseAndALayerInARepository() throws IOException {
        served = Files.createDirectory(scratch.resolve("served"));
        server = new FileServer(served);
        publisher = new Publisher(instance("publisher"), Clock.systemUTC());
        theirs = images("theirs");
        mine = images("mine");
        base = theirs.importDirectory(tree("base", "etc/name").fd(), ImportRequest.of("base"), Progress.none())
                .image();
        app = layer("app", base);
        PublicKey key;
        try (Fd directory = Fd.openDirectory(served)) {
            key = publisher.init(directory);
        }
        publish(base, "base");
        publish(app, "app");
        repositories = new Repositories(
                instance("client"), new HttpTransport(Map.of(), Duration.ofSeconds(2)), Clock.systemUTC());
        repositories.add(new Repository("acme", Repository.Kind.BERTH, server.url(), Optional.of(key), false));
    }

    @AfterEach
    void close() {
        server.close();
        mine.close();
        theirs.close();
        try (Directory directory = Directory.open(scratch, Resolution.BENEATH)) {
            directory.removeTree("mine");
            directory.removeTree("theirs");
        }
    }

    private Directory tree(String name, String file) throws IOException {
        Path tree = scratch.resolve("tree-" + name);
        Path target = tree.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, name);
        return Directory.open(tree, Resolution.NO_LINKS);
    }

    /** An image that has one more file than {@code below}. */
    private Image layer(String name, Image below) throws IOException {
        Path tree = scratch.resolve("changed-" + name);
        Files.createDirectory(tree);
        try (Directory from = Directory.open(theirs.tree(below), Resolution.NO_LINKS);
                Directory to = Directory.open(tree, Resolution.NO_LINKS)) {
            from.copyTo(to);
        }
        Files.writeString(tree.resolve(name), name);
        try (Directory changed = Directory.open(tree, Resolution.NO_LINKS)) {
            return theirs.importDifference(
                            new TreeView(changed, Owners.SAME),
                            ImportRequest.of(name).on(below),
                            Progress.none())
                    .image();
        }
    }

    private void publish(Image image, String distribution) {
        try (Fd directory = Fd.openDirectory(served)) {
            publisher.publish(
                    theirs,
                    image,
                    new Publisher.Listing("default", "default", Optional.of(distribution), Optional.of("1"), List.of()),
                    directory,
                    Progress.none());
        }
    }

    private Image obtain(String distribution) {
        ImageQuery query = new ImageQuery(
                Optional.of(distribution),
                Optional.empty(),
                Optional.of("unknown"),
                Optional.empty(),
                Optional.empty());
        return repositories.obtain(query, mine, Progress.none());
    }

    private List<String> archivesAskedFor() {
        return server.requests().stream()
                .filter(request -> request.contains(".zst"))
                .toList();
    }

    private List<String> archives() throws IOException {
        try (Stream<Path> files = Files.list(served)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".zst"))
                    .toList();
        }
    }

    private Images images(String name) {
        return Images.open(scratch.resolve(name), _ -> List.of(), Clock.systemUTC());
    }

    private Instance instance(String name) {
        return new Instance(
                name,
                scratch.resolve("run").resolve(name),
                scratch.resolve("state").resolve(name));
    }

    @Test
    void aLayerAndItsBaseArriveAsTheSameImages() {
        Image fetched = obtain("app");

        assertThat(fetched.id()).isEqualTo(app.id());
        assertThat(fetched.names()).containsExactly("app-1");
        assertThat(fetched.base()).contains(base.id());
        assertThat(archivesAskedFor()).hasSize(2);
    }

    @Test
    void onlyTheLayerTravelsWhereTheBaseIs() {
        obtain("base");

        Image fetched = obtain("app");

        assertThat(fetched.id()).isEqualTo(app.id());
        assertThat(archivesAskedFor()).hasSize(2).last().asString().contains("app-1");
    }

    @Test
    void aBaseIsPublishedOnce() throws IOException {
        publish(layer("other", base), "other");

        assertThat(archives()).hasSize(3);
        assertThat(obtain("other").base()).contains(base.id());
    }

    @Test
    void publishingANewerLayerRemovesTheOldOneAndNotTheBase() throws IOException {
        publish(layer("newer", base), "app");

        assertThat(archives()).hasSize(2);
        assertThat(obtain("app").base()).contains(base.id());
    }

    @Test
    void aFileThatMakesAnotherImageThanTheIndexSaysIsRefusedAndLeavesNothing() throws IOException {
        Path index = served.resolve("berth-index");
        Files.writeString(index, Files.readString(index).replace(app.id(), "0".repeat(64)));
        repositories.add(new Repository("forged", Repository.Kind.BERTH, server.url(), Optional.empty(), false));
        repositories.use("acme", Repository.Use.DISABLED);

        assertThatThrownBy(() -> obtain("app"))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED))
                .hasMessageContaining("another image");

        assertThat(mine.list()).isEmpty();
    }

    @Test
    void anIndexOlderThanTheOneBeforeIsRefused() throws IOException {
        byte[] old = Files.readAllBytes(served.resolve("berth-index"));
        publish(layer("mended", base), "app");
        assertThat(repositories.images(repositories.get("acme"))).hasSize(2);

        Files.write(served.resolve("berth-index"), old);

        assertThatThrownBy(() -> repositories.images(repositories.get("acme")))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED))
                .hasMessageContaining("older");
    }

    @Test
    void anOldIndexIsTakenOnceItsOwnerSignsItAgain() throws IOException {
        byte[] old = Files.readAllBytes(served.resolve("berth-index"));
        publish(layer("wrong", base), "app");
        assertThat(repositories.images(repositories.get("acme"))).hasSize(2);
        Files.write(served.resolve("berth-index"), old);

        try (Fd directory = Fd.openDirectory(served)) {
            publisher.sign(directory);
            publisher.sign(directory);
        }

        assertThat(repositories.images(repositories.get("acme"))).hasSize(2);
    }
}
