package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that stand on others. */
@Tag("root")
class LayeredImageTest {
    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private Images images;
    private Image base;

    @BeforeEach
    void anImage() throws IOException {
        fixture = new ImportFixture(scratch);
        images = fixture.images();
        base = fixture.importBytes(
                        new TarBytes()
                                .directory("etc")
                                .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
                                .file("etc/name", "base")
                                .file("etc/doomed", "base")
                                .directory("opt")
                                .file("opt/old", "base")
                                .symlink("link", "etc/name")
                                .file("twin", "base")
                                .hardLink("other-twin", "twin")
                                .toBytes(),
                        ImportRequest.of("base.tar").named("base"))
                .image();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Image layer(TarBytes tar, String name) {
        return fixture.importBytes(
                        tar.toBytes(), ImportRequest.of("app.tar").named(name).on(base))
                .image();
    }

    private static TarBytes app() {
        return new TarBytes()
                .directory("srv")
                .file("srv/app", "application")
                .file("etc/name", "app")
                .file("etc/.wh.doomed", "")
                .file("opt/.wh..wh..opq", "")
                .file("opt/new", "app");
    }

    private Path in(Image image, String path) {
        return images.tree(image).resolve(path);
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void aLayerIsLaidOverItsBaseAndLeavesThatAlone() {
        Image app = layer(app(), "app");

        assertThat(in(app, "srv/app")).hasContent("application");
        assertThat(in(app, "etc/name")).hasContent("app");
        assertThat(in(app, "etc/doomed")).doesNotExist();
        assertThat(in(app, "opt")).isDirectoryNotContaining("glob:**old");
        assertThat(in(app, "opt/new")).exists();
        assertThat(in(base, "etc/name")).hasContent("base");
        assertThat(in(base, "etc/doomed")).exists();
        assertThat(in(base, "opt/old")).exists();
    }

    @Test
    void whatTheBaseHasTakesNoSpaceAgain() throws IOException {
        Image app = layer(app(), "app");

        assertThat(inode(in(app, "etc/os-release"))).isEqualTo(inode(in(base, "etc/os-release")));
        assertThat(inode(in(app, "link"))).isEqualTo(inode(in(base, "link")));
        assertThat(app.base()).contains(base.id());
        assertThat(app.ownSize()).isEqualTo("application".length() + "app".length() * 2L);
        assertThat(app.size()).isGreaterThan(app.ownSize());
        assertThat(base.ownSize()).isEqualTo(base.size());
    }

    @Test
    void whatTheLayerDoesNotSayIsAsTheBaseSaysIt() {
        Image app = layer(new TarBytes().file("etc/.wh.os-release", ""), "app");

        assertThat(app.distribution()).isEqualTo("debian");
        assertThat(app.version()).isEqualTo("12");
    }

    @Test
    void aLayeredImageHasTheIdOfTheSameTreeInOnePiece() throws IOException {
        Image app = layer(app(), "app");
        Path copy = Files.createDirectory(scratch.resolve("copy"));
        try (Directory from = Directory.open(images.tree(app), Resolution.NO_LINKS);
                Directory to = Directory.open(copy, Resolution.NO_LINKS)) {
            from.copyTo(to);
            assertThat(images.importDirectory(to.fd(), ImportRequest.of("copy"), Progress.none())
                            .image()
                            .id())
                    .isEqualTo(app.id());
        }
    }

    @Test
    void aBaseCannotBeDeletedBeforeWhatStandsOnIt() {
        layer(app(), "app");

        assertThatThrownBy(() -> images.delete("base"))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                .hasMessageContaining("app");

        images.delete("app");
        images.delete("base");
        assertThat(images.list()).isEmpty();
    }

    @Test
    void anExportedLayerMakesTheSameImageWhereTheBaseIs() throws IOException {
        Image app = layer(app(), "app");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        images.export(app, packed, Progress.none());
        images.delete("app");

        Image again = fixture.importBytes(
                        packed.toByteArray(), ImportRequest.of("app.tar").on(base))
                .image();

        assertThat(again.id()).isEqualTo(app.id());
        assertThat(packed.toString(StandardCharsets.ISO_8859_1))
                .contains("srv/app", "etc/.wh.doomed")
                .doesNotContain("os-release", "twin");
    }

    @Test
    void aChangedCopyOfTheBaseIsTheDifferenceOnly() throws IOException {
        Path copy = Files.createDirectory(scratch.resolve("changed"));
        try (Directory from = Directory.open(images.tree(base), Resolution.NO_LINKS);
                Directory to = Directory.open(copy, Resolution.NO_LINKS)) {
            from.copyTo(to);
        }
        Files.writeString(copy.resolve("etc/name"), "mine");
        Files.delete(copy.resolve("etc/doomed"));
        Files.delete(copy.resolve("opt/old"));
        Files.delete(copy.resolve("opt"));
        Files.createSymbolicLink(copy.resolve("opt"), Path.of("etc"));
        Files.writeString(copy.resolve("twin"), "changed twins");

        Image changed;
        try (Directory tree = Directory.open(copy, Resolution.NO_LINKS)) {
            changed = images.importDifference(
                            new TreeView(tree, Owners.SAME),
                            ImportRequest.of("copy").on(base),
                            Progress.none())
                    .image();
        }

        assertThat(in(changed, "etc/name")).hasContent("mine");
        assertThat(in(changed, "etc/doomed")).doesNotExist();
        assertThat(in(changed, "opt")).isSymbolicLink();
        assertThat(inode(in(changed, "other-twin"))).isEqualTo(inode(in(changed, "twin")));
        assertThat(in(changed, "other-twin")).hasContent("changed twins");
        assertThat(inode(in(changed, "etc/os-release"))).isEqualTo(inode(in(base, "etc/os-release")));
        assertThat(changed.ownSize()).isEqualTo("mine".length() + "changed twins".length());
    }

    @Test
    void aCopyOfABaseOnWhichOthersStandIsTheDifferenceOnly() throws IOException {
        layer(app(), "app");
        Path copy = Files.createDirectory(scratch.resolve("changed"));
        try (Directory from = Directory.open(images.tree(base), Resolution.NO_LINKS);
                Directory to = Directory.open(copy, Resolution.NO_LINKS)) {
            from.copyTo(to);
        }
        Files.writeString(copy.resolve("etc/name"), "mine");
        Files.setLastModifiedTime(
                copy.resolve("etc/os-release"),
                FileTime.from(Files.getLastModifiedTime(copy.resolve("etc/os-release"))
                        .toInstant()
                        .plusNanos(500)));
        Files.copy(copy.resolve("twin"), copy.resolve("single"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(copy.resolve("single"), copy.resolve("twin"), StandardCopyOption.REPLACE_EXISTING);

        Image changed;
        try (Directory tree = Directory.open(copy, Resolution.NO_LINKS)) {
            changed = images.importDifference(
                            new TreeView(tree, Owners.SAME),
                            ImportRequest.of("copy").on(base),
                            Progress.none())
                    .image();
        }

        assertThat(changed.ownSize()).isEqualTo("mine".length() + "base".length());
        assertThat(inode(in(changed, "etc/os-release"))).isEqualTo(inode(in(base, "etc/os-release")));
        assertThat(inode(in(changed, "other-twin"))).isNotEqualTo(inode(in(changed, "twin")));
    }

    @Test
    void aLayerWithAFileThatWouldTakeAnotherAwayIsNotExported() throws IOException {
        Path copy = Files.createDirectory(scratch.resolve("odd"));
        Files.writeString(copy.resolve(".wh.name"), "");
        Image odd;
        try (Directory tree = Directory.open(copy, Resolution.NO_LINKS)) {
            odd = images.importDifference(
                            new TreeView(tree, Owners.SAME),
                            ImportRequest.of("odd").on(base),
                            Progress.none())
                    .image();
        }

        assertThatThrownBy(() -> images.export(odd, new ByteArrayOutputStream(), Progress.none()))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @Test
    void aSquashfsIsALayerToo() {
        SampleTree.shell(
                scratch, "mksquashfs", "mkdir l; echo x > l/squashed; mksquashfs l l.squashfs -quiet -no-progress");
        byte[] layer = SampleTree.shell(scratch, "cat", "cat l.squashfs");

        Image made =
                fixture.importBytes(layer, ImportRequest.of("squash").on(base)).image();

        assertThat(in(made, "squashed")).exists();
        assertThat(in(made, "etc/name")).hasContent("base");
    }

    @Test
    void layersStandOnLayers() {
        Image app = layer(app(), "app");
        Image top = fixture.importBytes(
                        new TarBytes().file("srv/.wh.app", "").toBytes(),
                        ImportRequest.of("top.tar").on(app))
                .image();

        assertThat(images.stack(top)).extracting(Image::id).containsExactly(base.id(), app.id(), top.id());
        assertThat(in(top, "srv/app")).doesNotExist();
        assertThat(in(top, "etc/name")).hasContent("app");
    }

    @Test
    void aLayerThatIsRefusedLeavesNothingAndHarmsNobody() {
        List<String> before = fixture.stored();

        assertThatThrownBy(() -> layer(new TarBytes().file("etc/name", "x").file("../../escape", "x"), "app"))
                .isInstanceOf(BerthException.class);

        assertThat(fixture.stored()).isEqualTo(before);
        assertThat(in(base, "etc/name")).hasContent("base");
    }

    @Test
    void aLayerCannotTakeAwayWhatIsOutsideOfTheTree() {
        Image app = layer(new TarBytes().symlink("out", fixture.host.toString()).file("out/.wh.passwd", ""), "app");

        assertThat(app.base()).contains(base.id());
        assertThat(fixture.host.resolve("passwd")).exists();
    }

    @Test
    void anImportNobodyKeptIsGoneWhenThePoolIsOpenedAgain() {
        Image kept = passing("kept");
        Image forsaken = passing("forsaken");
        images.keep(kept);

        images.list().forEach(images.removal()::settle);

        assertThat(images.list())
                .extracting(Image::id)
                .contains(kept.id(), base.id())
                .doesNotContain(forsaken.id());
    }

    private Image passing(String content) {
        MemoryArchive entries = new MemoryArchive().directory("etc", 0755).file("etc/what", 0644, content);
        return images.importEntries(entries, ImportRequest.of(content), Progress.none())
                .image();
    }
}
