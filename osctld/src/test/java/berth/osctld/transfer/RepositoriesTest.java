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
import berth.engine.repository.RemoteImage;
import berth.engine.repository.Repositories;
import berth.engine.repository.Repository;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories of every kind, from a server on this machine that is well or not. */
@Tag("root")
class RepositoriesTest {
    private static final ImageQuery BUSYBOX = query("busybox", null);

    private static final Sandbox NO_SANDBOX =
            new Sandbox(new UserNamespaces(List.of("/bin/false")), List.of(), List.of());

    @TempDir
    Path scratch;

    private Path served;
    private Path state;
    private FileServer server;
    private Publisher publisher;
    private Images mine;
    private Images theirs;
    private PublicKey key;
    private Repositories repositories;
    private Image busybox;

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

    @Test
    void whatIsPublishedArrivesAsTheSameImage() {
        repositories.add(signed(key));
        Image fetched = obtain(BUSYBOX);
        assertThat(fetched.id()).isEqualTo(busybox.id());
        assertThat(fetched.names()).containsExactly("busybox-1");
    }

    @Test
    void anImageThatIsThereIsNotFetchedAgain() {
        repositories.add(signed(key));
        Image first = obtain(BUSYBOX);
        long transfers = archivesAskedFor();
        assertThat(obtain(BUSYBOX).id()).isEqualTo(first.id());
        assertThat(archivesAskedFor()).isEqualTo(transfers);
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

    @Test
    void aServerThatIsAwayIsNamed() {
        server.close();
        assertRefused(() -> repositories.add(signed(key)), ErrorCode.FAILED, "cannot be reached");
    }

    @Test
    void simplestreamsOffersItsNewestBuildOfEachImage() throws Exception {
        Path tree = theirs.tree(busybox);
        shell("""
                mkdir -p streams/v1 images/new
                printf 'architecture: x86_64\\nproperties:\\n  os: Busybox\\n' > metadata.yaml
                tar -cJ metadata.yaml > images/new/lxd.tar.xz
                tar -cJ -C %s . > images/new/rootfs.tar.xz""".formatted(tree));
        Files.writeString(served.resolve("streams/v1/index.json"), """
                {"index":{"images":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""");
        Files.writeString(served.resolve("streams/v1/images.json"), """
                {"products":{"busybox:1:amd64:default":{"aliases":"busybox/1/default,busybox/stable","arch":"%s",
                "os":"Busybox","release":"1","release_title":"one","variant":"default","versions":{
                "20250101_00:00":{"items":{"root.tar.xz":{"ftype":"root.tar.xz","path":"images/old","sha256":"%s","size":3}}},
                "20260101_00:00":{"items":{
                "lxd.tar.xz":{"ftype":"lxd.tar.xz","path":"images/new/lxd.tar.xz","sha256":"%s","size":%d},
                "root.tar.xz":{"ftype":"root.tar.xz","path":"images/new/rootfs.tar.xz","sha256":"%s","size":%d}}}}}}}""".formatted(
                        System.getProperty("os.arch"),
                        "0".repeat(64),
                        hash("images/new/lxd.tar.xz"),
                        Files.size(served.resolve("images/new/lxd.tar.xz")),
                        hash("images/new/rootfs.tar.xz"),
                        Files.size(served.resolve("images/new/rootfs.tar.xz"))));
        repositories.add(insecure(Repository.Kind.SIMPLESTREAMS));
        assertThat(obtain(query("busybox", "stable")).id()).isEqualTo(busybox.id());
        assertThat(obtain(query("busybox", "one")).id()).isEqualTo(busybox.id());
    }

    @Test
    void vpsAdminOsOffersItsArchives() throws Exception {
        Path tree = theirs.tree(busybox);
        shell("""
                mkdir -p v1/default/minimal rootfs
                tar -cz -C %s . > rootfs/base.tar.gz
                printf 'format: tar\\n' > metadata.yml
                tar -c metadata.yml rootfs > v1/default/minimal/image-archive.tar""".formatted(tree));
        Files.writeString(served.resolve("v1/INDEX.json"), """
                {"vendors":{"default":"default"},"images":[{"vendor":"default","variant":"minimal","arch":"x86_64",
                "distribution":"busybox","version":"1","tags":["latest"],
                "image":{"tar":"default/minimal/image-archive.tar","zfs":"x"}}]}""");
        repositories.add(insecure(Repository.Kind.VPSADMINOS));
        ImageQuery anyMachine = new ImageQuery(
                Optional.of("busybox"),
                Optional.of("latest"),
                Optional.of("x86_64"),
                Optional.empty(),
                Optional.empty());
        assertThat(obtain(anyMachine).id()).isEqualTo(busybox.id());
    }

    @Test
    void anIndexThatIsNoneIsRefusedWithTheReason() throws IOException {
        Files.createDirectories(served.resolve("v1"));
        Files.writeString(served.resolve("v1/INDEX.json"), "{\"images\":[{\"vendor\":null}]}");
        assertRefused(() -> repositories.add(insecure(Repository.Kind.VPSADMINOS)), ErrorCode.UNTRUSTED, "is broken");
        Files.writeString(served.resolve("v1/INDEX.json"), "<html>");
        assertRefused(() -> repositories.add(insecure(Repository.Kind.VPSADMINOS)), ErrorCode.UNTRUSTED, "is broken");
    }

    private Image obtain(ImageQuery query) {
        return repositories.obtain(query, mine, Progress.none());
    }

    private static ImageQuery query(String distribution, @Nullable String version) {
        return new ImageQuery(
                Optional.of(distribution),
                Optional.ofNullable(version),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Repositories repositories(Map<String, String> environment) {
        return new Repositories(
                instance("client"), new HttpTransport(environment, Duration.ofSeconds(2)), Clock.systemUTC());
    }

    private Repository signed(PublicKey by) {
        return new Repository("acme", Repository.Kind.BERTH, server.url(), Optional.of(by), false);
    }

    private Repository insecure(Repository.Kind kind) {
        return new Repository("acme", kind, server.url(), Optional.empty(), false);
    }

    private void publish(String version, List<String> tags) {
        try (Fd directory = Fd.openDirectory(served)) {
            publisher.publish(
                    theirs,
                    busybox,
                    new Publisher.Listing("default", "default", Optional.empty(), Optional.of(version), tags),
                    directory,
                    Progress.none());
        }
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(served)) {
            return files.filter(file -> file.toString().endsWith(".zst"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private long archivesAskedFor() {
        return server.requests().stream()
                .filter(request -> request.contains(".zst"))
                .count();
    }

    private Images images(String name) {
        return Images.open(scratch.resolve(name), _ -> List.of(), Clock.systemUTC());
    }

    private Instance instance(String name) {
        return new Instance(name, scratch.resolve("run").resolve(name), state.resolve(name));
    }

    private void shell(String script) throws Exception {
        Process process = new ProcessBuilder("/bin/bash", "-ec", script)
                .directory(served.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private String hash(String file) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(served.resolve(file))));
    }

    private static void edit(Path file, String from, String to) throws IOException {
        String content = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(content).contains(from);
        Files.writeString(file, content.replace(from, to));
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String reason) {
        assertThatThrownBy(call)
                .hasMessageContaining(reason)
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(code);
    }
}
