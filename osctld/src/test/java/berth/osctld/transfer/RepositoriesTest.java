package berth.osctld.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.ErrorCode;
import berth.engine.image.Image;
import berth.engine.repository.Publisher;
import berth.engine.repository.RemoteImage;
import berth.engine.repository.Repository;
import berth.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Berth publishes and takes from its own repositories, and what it does not trust. */
class RepositoriesTest extends RepositoryFixture {
    @Test
    void whatIsPublishedArrivesAsTheSameImage() {
        repositories.add(signed(key));
        Image fetched = obtain(BUSYBOX);
        assertThat(fetched.id()).isEqualTo(busybox.id());
        assertThat(fetched.names()).containsExactly("busybox-1");
    }

    @Test
    void aDirectoryOfThisHostIsARepositoryToo() {
        repositories.add(new Repository("here", Repository.Kind.BERTH, served.toUri(), Optional.of(key), false));
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
    }

    @Test
    void theNewestVersionIsTakenAndOthersByTheirWords() {
        publish("10", List.of());
        publish("9", List.of("old"));
        repositories.add(signed(key));
        assertThat(obtain(BUSYBOX).names()).containsExactly("busybox-10");
        assertThat(obtain(query("BusyBox", "stable")).names()).containsExactly("busybox-1", "busybox-10");
        assertThat(obtain(query("busybox", "old")).names()).containsExactly("busybox-1", "busybox-10", "busybox-9");
        assertRefused(() -> obtain(query("busybox", "11")), ErrorCode.NOT_FOUND, "busybox 11");
    }

    @Test
    void publishingAgainReplacesWhatHasTheSameWords() throws IOException {
        publish("1", List.of("newer"));
        repositories.add(signed(key));
        assertThat(repositories.images(repositories.get("acme")))
                .singleElement()
                .extracting(RemoteImage::tags)
                .isEqualTo(List.of("newer"));
        try (Stream<Path> files = Files.list(served)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .hasSize(3)
                    .contains("berth-index", "key.pub");
        }
    }

    @Test
    void anIndexThatWasChangedIsRefused() throws IOException {
        edit(served.resolve("berth-index"), "\"version\":\"1\"", "\"version\":\"2\"");
        assertRefused(() -> repositories.add(signed(key)), ErrorCode.UNTRUSTED, "not signed by the key");
        assertThat(repositories.list()).isEmpty();
    }

    @Test
    void anIndexThatNobodySignedIsRefused() throws IOException {
        String index = Files.readString(served.resolve("berth-index"));
        Files.writeString(served.resolve("berth-index"), index.substring(index.indexOf('\n')));
        assertRefused(() -> repositories.add(signed(key)), ErrorCode.UNTRUSTED, "not signed by the key");
    }

    @Test
    void anIndexSignedByAnotherKeyIsRefused() {
        Publisher other = new Publisher(instance("other"), Clock.systemUTC());
        try (Fd directory = Fd.openDirectory(served)) {
            other.sign(directory);
        }
        assertRefused(() -> repositories.add(signed(key)), ErrorCode.UNTRUSTED, "not signed by the key");
    }

    @Test
    void anIndexChangedByHandIsTakenOnceItIsSignedAgain() throws IOException {
        edit(served.resolve("berth-index"), "\"version\":\"1\"", "\"version\":\"2\"");
        try (Fd directory = Fd.openDirectory(served)) {
            publisher.sign(directory);
        }
        repositories.add(signed(key));
        assertThat(obtain(query("busybox", "2")).id()).isEqualTo(busybox.id());
    }

    @Test
    void anInsecureRepositoryNeedsNoSignature() throws IOException {
        edit(served.resolve("berth-index"), "\"version\":\"1\"", "\"version\":\"2\"");
        repositories.add(insecure(Repository.Kind.BERTH));
        assertThat(obtain(query("busybox", "2")).id()).isEqualTo(busybox.id());
    }

    @Test
    void anArchiveWithOneOtherBitIsRefusedAndForgotten() throws IOException {
        repositories.add(signed(key));
        Path archive = archive();
        byte[] content = Files.readAllBytes(archive);
        content[content.length / 2] ^= 1;
        Files.write(archive, content);
        assertRefused(() -> obtain(BUSYBOX), ErrorCode.UNTRUSTED, "SHA-256");
        content[content.length / 2] ^= 1;
        Files.write(archive, content);
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
    }

    @Test
    void anArchiveThatGrewIsRefused() throws IOException {
        repositories.add(signed(key));
        Files.write(archive(), new byte[10 << 20]);
        assertRefused(() -> obtain(BUSYBOX), ErrorCode.UNTRUSTED, "larger than");
    }

    @Test
    void aFileOutsideOfTheRepositoryIsNotAskedFor() throws IOException {
        String file = archive().getFileName().toString();
        edit(served.resolve("berth-index"), file, "../state/secret");
        assertRefused(
                () -> repositories.add(insecure(Repository.Kind.BERTH)), ErrorCode.UNTRUSTED, "outside of itself");
        edit(served.resolve("berth-index"), "../state/secret", "file:///etc/passwd");
        assertRefused(
                () -> repositories.add(insecure(Repository.Kind.BERTH)), ErrorCode.UNTRUSTED, "outside of itself");
    }

    @Test
    void aRepositoryThatIsDisabledIsNotLookedIn() {
        repositories.add(signed(key));
        repositories.use("acme", Repository.Use.DISABLED);
        assertRefused(() -> obtain(BUSYBOX), ErrorCode.NOT_FOUND, "no repository is enabled");
        repositories = repositories(Map.of());
        assertThat(repositories.get("acme").disabled()).isTrue();
        repositories.use("acme", Repository.Use.ENABLED);
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
        repositories.delete("acme");
        assertThat(repositories.list()).isEmpty();
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(served)) {
            return files.filter(file -> file.toString().endsWith(".zst"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
