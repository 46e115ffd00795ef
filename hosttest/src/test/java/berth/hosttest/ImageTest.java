package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ImageTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Result importNamed(String name, byte[] archive) {
        return host.command("image import --name %s -".formatted(name))
                .reading(archive)
                .run();
    }

    @Test
    void ofTwoFilesTheOneThatIsMissingIsNamed() {
        Path there = Tarball.busybox().writeTo(host.scratch().resolve("meta.tar.gz"));

        assertThat(host.osctl("image import %s /nowhere/rootfs.tar".formatted(there)))
                .fails(Status.NOT_FOUND)
                .complains("'/nowhere/rootfs.tar' cannot be opened");
        assertThat(host.osctl("image import /nowhere/meta.tar %s".formatted(there)))
                .fails(Status.NOT_FOUND)
                .complains("'/nowhere/meta.tar' cannot be opened");
    }

    @Test
    void anArchiveFromAPipeBecomesAnImageThatBoots() {
        assertThat(importNamed("small", Tarball.busybox().gzip())).succeeds();

        host.given("ct new --image small web", "ct start web");
        assertThat(host.osctl("ct exec web true")).succeeds();
    }

    @Test
    void aDirectoryBecomesAnImage() throws IOException {
        Path tree = Files.createDirectories(host.scratch().resolve("tree/etc"));
        Host.write(tree.resolve("marker"), "here\n");

        assertThat(host.osctl(java.util.List.of(
                        "image",
                        "import",
                        "--name",
                        "tree",
                        host.scratch().resolve("tree").toString())))
                .succeeds();

        assertThat(host.osctl("image show tree")).succeeds().mentions("tree");
    }

    @ParameterizedTest
    @CsvSource({"gzip -c", "xz -c", "zstd -qc", "bzip2 -c", "cat"})
    void everyUsualCompressionIsUnderstood(String compressor) throws IOException {
        Path plain = Files.write(
                host.scratch().resolve("plain.tar"), Tarball.busybox().plain());
        Path packed = host.scratch().resolve("packed");
        assertThat(host.shell("%s < %s > %s".formatted(compressor, plain, packed))
                        .run())
                .succeeds();

        assertThat(host.osctl("image import --name packed " + packed)).succeeds();
    }

    @Test
    void theSameTreeIsStoredOnce() {
        host.given("image build busybox");
        byte[] archive = Tarball.busybox().gzip();
        importNamed("one", archive);
        importNamed("two", archive);

        assertThat(host.json("image show one").get("id"))
                .isEqualTo(host.json("image show two").get("id"));
    }

    @Test
    void anImageInUseIsNotDeleted() {
        importNamed("used", Tarball.busybox().file("etc/used", "").gzip());
        host.given("ct new --image used web");

        assertThat(host.osctl("image del used")).fails(Status.IN_USE).complains("used", "web");

        host.given("ct del web");
        assertThat(host.osctl("image del used")).succeeds();
        assertThat(host.osctl("image ls")).doesNotMention("used");
    }

    @Test
    void aTruncatedArchiveIsRefusedAndLeavesNothing() throws IOException {
        byte[] archive = Tarball.busybox().gzip();
        String before = listing(host.pool("tank").resolve("image"));

        assertThat(importNamed("cut", Arrays.copyOf(archive, archive.length / 2)))
                .fails(Status.UNTRUSTED);

        assertThat(host.osctl("image ls")).doesNotMention("cut");
        assertThat(listing(host.pool("tank").resolve("image"))).isEqualTo(before);
    }

    @Test
    void anArchiveThatUnpacksToMoreThanIsAllowedIsRefused() {
        assertThat(host.command("image import --max-size 512K --name big -")
                        .reading(Tarball.busybox().gzip())
                        .run())
                .fails(Status.UNTRUSTED)
                .complains("512K", "--max-size");
        assertThat(host.osctl("image import --max-size 1X --name big -"))
                .fails(Status.INVALID)
                .complains("1X");

        assertThat(host.osctl("image ls")).doesNotMention("big");
    }

    @Test
    void whatIsNoArchiveIsRefused() {
        assertThat(importNamed(
                        "text",
                        "this is no archive at all\n".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .fails(Status.UNTRUSTED);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                hostile("../berth-escape", t -> t.file("../berth-escape", "x")),
                hostile("etc/../../berth-escape", t -> t.file("etc/../../berth-escape", "x")),
                hostile("hard", t -> t.hardLink("hard", "../../../../../../etc/passwd")),
                hostile("huge-uid", t -> t.fileOf("huge-uid", 70_000)),
                hostile("negative", t -> t.fileOf("negative", 4_294_967_295L)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void anEntryThatCannotBeHarmlessIsRefusedByName(String entry, Supplier<Tarball> tarball) {
        assertThat(importNamed("hostile", tarball.get().gzip()))
                .fails(Status.UNTRUSTED)
                .complains(entry);

        assertThat(host.osctl("image ls")).doesNotMention("hostile");
        assertThat(Path.of("/tmp/berth-escape")).doesNotExist();
    }

    static Stream<Arguments> tamed() {
        return Stream.of(
                hostile("an absolute name", t -> t.file("/tmp/berth-escape", "x")),
                hostile(
                        "a link out of the tree and a file through it",
                        t -> t.symlink("out", "/tmp").file("out/berth-escape", "x")),
                hostile(
                        "a relative link out of the tree",
                        t -> t.symlink("out", "../../../../../../../tmp").file("out/berth-escape", "x")),
                hostile(
                        "a link chain",
                        t -> t.symlink("a", "b").symlink("b", "/tmp").file("a/berth-escape", "x")),
                hostile("a device", t -> t.device("disk", 8, 0)),
                hostile("a fifo", t -> t.fifo("pipe")),
                hostile(
                        "a link to a host file, written to",
                        t -> t.symlink("p", "/tmp/berth-escape").file("p", "x")));
    }

    @ParameterizedTest
    @MethodSource("tamed")
    void whateverElseAnArchiveHoldsTheHostStaysAsItIs(String what, Supplier<Tarball> tarball) {
        assertThat(what).isNotBlank();

        Result result = importNamed("odd", tarball.get().gzip());

        assertThat(result.status()).isIn(0, Status.UNTRUSTED.number());
        assertThat(Path.of("/tmp/berth-escape")).doesNotExist();
        host.osctl("image del odd");
    }

    private static Arguments hostile(String what, java.util.function.UnaryOperator<Tarball> change) {
        Supplier<Tarball> tarball = () -> change.apply(Tarball.busybox());
        return Arguments.of(what, Named.of("archive", tarball));
    }

    private static String listing(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList().toString();
        }
    }
}
