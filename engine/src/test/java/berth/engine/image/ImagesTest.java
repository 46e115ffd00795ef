package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

@Tag("root")
class ImagesTest {
    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private Images images;

    @BeforeEach
    void aPool() throws IOException {
        fixture = new ImportFixture(scratch);
        images = fixture.images();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anImageTellsWhatItIs() {
        Image image = fixture.importBytes(
                        new TarBytes()
                                .directory("etc")
                                .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nNAME=\"x; rm\"\n")
                                .directory("lib")
                                .file("lib/systemd", "x")
                                .directory("sbin")
                                .symlink("sbin/init", "/lib/systemd")
                                .toBytes(),
                        ImportRequest.of("debian.tar").named("deb"))
                .image();
        assertThat(image.names()).containsExactly("deb");
        assertThat(image.distribution()).isEqualTo("debian");
        assertThat(image.version()).isEqualTo("12");
        assertThat(image.architecture()).isEqualTo("unknown");
        assertThat(image.init()).isEqualTo(InitKind.SYSTEMD);
        assertThat(image.source()).isEqualTo("debian.tar");
        assertThat(image.entries()).isEqualTo(6);
        assertThat(image.created()).isEqualTo(ImportFixture.CLOCK.instant());
    }

    @Test
    void theIdDependsOnTheTreeNotOnHowItIsPacked() throws IOException {
        byte[] tar = new TarBytes()
                .directory("etc")
                .file("etc/a", "1")
                .file("b", "2")
                .hardLink("c", "b")
                .toBytes();
        byte[] otherOrder = new TarBytes()
                .file("c", "2")
                .hardLink("b", "c")
                .directory("etc")
                .file("etc/a", "1")
                .toBytes();
        String id = fixture.importBytes(tar).image().id();
        assertThat(fixture.importBytes(otherOrder).image().id()).isEqualTo(id);
        assertThat(fixture.importBytes(compressed(tar, GZIPOutputStream::new))
                        .image()
                        .id())
                .isEqualTo(id);
        assertThat(fixture.importBytes(compressed(tar, out -> new XZOutputStream(out, new LZMA2Options(1))))
                        .image()
                        .id())
                .isEqualTo(id);
        assertThat(fixture.importBytes(compressed(tar, ZstdOutputStream::new))
                        .image()
                        .id())
                .isEqualTo(id);
        assertThat(fixture.importBytes(compressed(tar, BZip2CompressorOutputStream::new))
                        .image()
                        .id())
                .isEqualTo(id);
        assertThat(images.list()).hasSize(1);
    }

    @Test
    void anythingThatAGuestCanSeeChangesTheId() {
        assertThat(List.of(
                        idOf(new TarBytes().file("a", "1")),
                        idOf(new TarBytes().file("a", "2")),
                        idOf(new TarBytes().file("b", "1")),
                        idOf(new TarBytes().mode(0600).file("a", "1")),
                        idOf(new TarBytes().owner(1, 0).file("a", "1")),
                        idOf(new TarBytes().owner(0, 1).file("a", "1")),
                        idOf(new TarBytes().symlink("a", "1")),
                        idOf(new TarBytes().file("a", "1").hardLink("b", "a")),
                        idOf(new TarBytes().file("a", "1").file("b", "1")),
                        idOf(new TarBytes()
                                .pax("SCHILY.xattr.user.x", new byte[] {1})
                                .file("a", "1"))))
                .doesNotHaveDuplicates();
    }

    @Test
    void aDirectoryHasTheIdOfItsArchive() throws IOException {
        Path source = Files.createDirectories(scratch.resolve("source"));
        Files.createDirectory(
                source.resolve("etc"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(source.resolve("etc/a"), "1");
        Files.createLink(source.resolve("b"), source.resolve("etc/a"));
        Files.createSymbolicLink(source.resolve("out"), fixture.host);
        String id = idOf(new TarBytes()
                .mode(0644)
                .directory("etc")
                .file("etc/a", "1")
                .hardLink("b", "etc/a")
                .mode(0777)
                .symlink("out", fixture.host.toString()));
        try (Fd directory = Fd.openDirectory(source)) {
            Imported imported = images.importDirectory(directory, ImportRequest.of("source"), Progress.none());
            assertThat(imported.image().id()).isEqualTo(id);
            assertThat(imported.outcome()).isEqualTo(Imported.Outcome.KNOWN);
        }
    }

    @Test
    void holesOfADirectorysFilesStayHoles() throws IOException {
        Path source = Files.createDirectories(scratch.resolve("source"));
        try (FileChannel file =
                FileChannel.open(source.resolve("sparse"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 64 << 20);
        }
        try (Fd directory = Fd.openDirectory(source)) {
            Image image = images.importDirectory(directory, ImportRequest.of("source"), Progress.none())
                    .image();
            assertThat(image.size()).isEqualTo((64 << 20) + 1);
            try (Directory tree = Directory.open(images.tree(image), Resolution.IN_ROOT)) {
                assertThat(tree.stat("sparse").orElseThrow().blocks()).isLessThan(1 << 20);
            }
            assertThat(Files.mismatch(
                            source.resolve("sparse"), images.tree(image).resolve("sparse")))
                    .isEqualTo(-1);
        }
    }

    @Test
    void aNameMovesToTheNewestImport() {
        Image old = named("web", new TarBytes().file("a", "1"));
        Image young = named("web", new TarBytes().file("a", "2"));
        assertThat(images.get("web")).isEqualTo(young);
        assertThat(images.get(old.id()).names()).isEmpty();
    }

    @Test
    void anImageIsFoundByNameIdOrTheStartOfItsId() {
        Image image = named("web", new TarBytes().file("a", "1"));
        assertThat(images.get("web")).isEqualTo(image);
        assertThat(images.get(image.id())).isEqualTo(image);
        assertThat(images.get(image.id().substring(0, 6))).isEqualTo(image);
        assertThat(images.find(image.id().substring(0, 5))).isEmpty();
        assertFails(ErrorCode.NOT_FOUND, () -> images.get("other"));
    }

    @Test
    void imagesAreStillThereAfterARestartAndLeftoversAreNot() throws IOException {
        Image image = named("web", new TarBytes().directory("etc").file("etc/a", "1"));
        Files.createDirectories(fixture.path.resolve(".incoming-123/tree/etc"));
        Files.createDirectories(fixture.path.resolve(".outgoing-123/tree/etc"));
        String broken = "0".repeat(64);
        Files.createDirectory(fixture.path.resolve(broken));
        try (Images again = Images.open(fixture.path, id -> List.of(), ImportFixture.CLOCK)) {
            assertThat(again.list()).containsExactly(image);
            assertThat(again.problems()).singleElement().asString().contains(broken);
        }
        assertThat(fixture.stored()).containsExactlyInAnyOrder(broken, image.id(), "names.yml");
        assertThat(Files.getPosixFilePermissions(fixture.path)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void deletingOneOfTwoNamesLeavesTheImage() {
        Image image = named("a", new TarBytes().file("a", "1"));
        images.tag(image, "b");
        images.delete("a");
        assertThat(images.get("b").names()).containsExactly("b");
        images.delete("b");
        assertThat(images.list()).isEmpty();
        assertThat(fixture.stored()).containsExactly("names.yml");
    }

    @Test
    void anImageThatContainersUseIsNotDeleted() {
        Image image = named("a", new TarBytes().file("a", "1"));
        fixture.containers.add("ct1");
        assertFails(ErrorCode.IN_USE, () -> images.delete("a"));
        assertFails(ErrorCode.IN_USE, () -> images.delete(image.id()));
        assertThat(images.get("a")).isEqualTo(image);
    }

    @Test
    void aNameIsCheckedBeforeAnythingIsRead() {
        assertFails(ErrorCode.INVALID, () -> ImportRequest.of("x").named("../x"));
        assertFails(ErrorCode.INVALID, () -> ImportRequest.of("x").named("Web"));
        assertFails(ErrorCode.INVALID, () -> ImportRequest.of("x").named("x".repeat(64)));
    }

    @Test
    void aTreeInRootfsIsTaken() {
        Imported imported = fixture.importTar(new TarBytes()
                .file("metadata.yaml", "x")
                .directory("rootfs")
                .directory("rootfs/etc")
                .file("rootfs/etc/a", "1"));
        assertThat(imported.notes()).singleElement().asString().contains("rootfs/");
        try (Directory tree = Directory.open(images.tree(imported.image()), Resolution.IN_ROOT)) {
            assertThat(tree.readFile("etc/a", 10)).hasSize(1);
            assertThat(tree.stat("metadata.yaml")).isEmpty();
        }
    }

    private String idOf(TarBytes tar) {
        return fixture.importTar(tar).image().id();
    }

    private Image named(String name, TarBytes tar) {
        return fixture.importBytes(tar.toBytes(), ImportRequest.of("test").named(name))
                .image();
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private interface Compressor {
        OutputStream open(OutputStream out) throws IOException;
    }

    private static byte[] compressed(byte[] content, Compressor compressor) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressing = compressor.open(out)) {
            compressing.write(content);
        }
        return out.toByteArray();
    }
}
