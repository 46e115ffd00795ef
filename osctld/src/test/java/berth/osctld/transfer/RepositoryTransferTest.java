package berth.osctld.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.ErrorCode;
import berth.engine.image.Image;
import berth.engine.repository.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What comes from repositories when the server is not well, is elsewhere, or was asked before. */
class RepositoryTransferTest extends RepositoryFixture {
    @Test
    void anImageThatIsThereIsNotFetchedAgain() {
        repositories.add(signed(key));
        Image first = obtain(BUSYBOX);
        long transfers = archivesAskedFor();
        assertThat(obtain(BUSYBOX).id()).isEqualTo(first.id());
        assertThat(archivesAskedFor()).isEqualTo(transfers);
    }

    @Test
    void aTransferThatBreaksOffGoesOnWhereItEnded() {
        repositories.add(signed(key));
        server.breakingAfter(5000, 70_000);
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
        assertThat(server.requests()).anyMatch(request -> request.matches(".*zst\\+[1-9]\\d+"));
    }

    @Test
    void theNextDaemonGoesOnWhereTheLastOneEnded() {
        repositories.add(signed(key));
        server.breakingAfter(90_000, 0);
        assertRefused(() -> obtain(BUSYBOX), ErrorCode.FAILED, "cannot be fetched");
        repositories = repositories(Map.of());
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
        assertThat(server.requests().getLast()).matches(".*zst\\+[1-9]\\d+");
    }

    @Test
    void aServerWithoutRangesIsAskedForAllAgain() {
        repositories.add(signed(key));
        server.withoutRanges().breakingAfter(90_000);
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
    }

    @Test
    void aServerThatFallsSilentIsGivenUp() {
        repositories.add(signed(key));
        server.stalling();
        assertRefused(() -> obtain(BUSYBOX), ErrorCode.FAILED, "nothing came for");
    }

    @Test
    void twoWhoWantTheSameShareOneTransfer() {
        repositories.add(signed(key));
        CompletableFuture<Image> one = CompletableFuture.supplyAsync(() -> obtain(BUSYBOX));
        CompletableFuture<Image> two = CompletableFuture.supplyAsync(() -> obtain(BUSYBOX));
        assertThat(one.join().id()).isEqualTo(two.join().id());
        assertThat(archivesAskedFor()).isEqualTo(1);
    }

    @Test
    void aRedirectionIsFollowedToHttpOnly() throws IOException {
        Files.copy(served.resolve("berth-index"), served.resolve("moved"));
        server.redirecting("/berth-index", "/moved");
        repositories.add(signed(key));
        server.redirecting("/berth-index", "file:///etc/passwd");
        assertRefused(() -> repositories.images(repositories.get("acme")), ErrorCode.FAILED, "not followed");
        server.redirecting("/berth-index", "/berth-index");
        assertRefused(() -> repositories.images(repositories.get("acme")), ErrorCode.FAILED, "more than 5 times");
    }

    @Test
    void aProxyOfTheEnvironmentIsUsedExceptWhereItIsNot() {
        String unused = "http://127.0.0.1:9";
        repositories = repositories(Map.of("http_proxy", server.url().toString()));
        repositories.add(new Repository(
                "far", Repository.Kind.BERTH, URI.create("http://images.invalid/"), Optional.of(key), false));
        assertThat(obtain(BUSYBOX).id()).isEqualTo(busybox.id());
        repositories = repositories(Map.of("http_proxy", unused, "no_proxy", "localhost,127.0.0.1"));
        assertThat(repositories.images(signed(key))).hasSize(1);
    }

    @Test
    void aServerThatIsAwayIsNamed() {
        server.close();
        assertRefused(() -> repositories.add(signed(key)), ErrorCode.FAILED, "cannot be reached");
    }

    private long archivesAskedFor() {
        return server.requests().stream()
                .filter(request -> request.contains(".zst"))
                .count();
    }
}
