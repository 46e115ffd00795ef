package berth.engine.image;

import static berth.engine.image.TarBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.file.Directory;
import berth.linux.file.FileName;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way that an archive can try to reach out of its tree, or to be something else than it says. */
@Tag("root")
class HostileArchiveTest {
    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private Map<String, String> before;

    @BeforeEach
    void aPoolBesideTheHostsFiles() throws IOException {
        fixture = new ImportFixture(scratch);
        before = fixture.outside();
    }

    @AfterEach
    void nothingOutsideTheImagesHasChanged() {
        fixture.close();
        assertThat(fixture.outside()).isEqualTo(before);
    }

    @Test
    void aNameThatClimbsIsRefused() {
        assertRefused(tar().file("../../host/passwd", "evil"), "../../host/passwd", "'..'");
        assertRefused(tar().directory("a").file("a/../../x", "evil"), "a/../../x", "'..'");
        assertRefused(tar().directory(".."), "..", "'..'");
    }

    @Test
    void anAbsoluteNameLandsInTheTree() {
        try (Directory tree = fixture.treeOf(tar().directory("/etc").file("/etc/passwd", "guest"))) {
            assertThat(text(tree, "etc/passwd")).isEqualTo("guest");
        }
    }

    @Test
    void aFileWrittenThroughALinkThatLeadsOutLandsInTheTree() {
        String host = fixture.host.toString();
        TarBytes inTree = tar().directory("." + host).symlink("out", host).file("out/passwd", "evil");
        try (Directory tree = fixture.treeOf(inTree)) {
            assertThat(text(tree, host.substring(1) + "/passwd")).isEqualTo("evil");
            assertThat(tree.readLink("out")).isEqualTo(host);
        }
    }

    @Test
    void aFileWrittenThroughALinkThatLeadsNowhereInTheTreeIsRefused() {
        assertRefused(tar().symlink("out", fixture.host.toString()).file("out/passwd", "evil"), "out/passwd", "link");
        assertRefused(tar().symlink("up", "../../../host").file("up/passwd", "evil"), "up/passwd", "link");
        assertRefused(tar().symlink("a", "b").symlink("b", "a").file("a/x", "evil"), "a/x", "circle");
        assertRefused(tar().file("f", "").file("f/x", "evil"), "f/x", "directory");
    }

    @Test
    void aFileReplacesALinkOfItsNameInsteadOfItsTarget() {
        TarBytes tar = tar().symlink("x", fixture.host + "/passwd").file("x", "mine");
        try (Directory tree = fixture.treeOf(tar)) {
            assertThat(text(tree, "x")).isEqualTo("mine");
        }
    }

    @Test
    void usrMergeLinksAreFollowedInsideTheTree() {
        TarBytes tar = tar().directory("usr")
                .directory("usr/bin")
                .symlink("bin", "usr/bin")
                .file("bin/sh", "#!");
        try (Directory tree = fixture.treeOf(tar)) {
            assertThat(text(tree, "usr/bin/sh")).isEqualTo("#!");
            assertThat(type(tree, "bin")).isEqualTo(FileType.SYMLINK);
        }
    }

    @Test
    void aHardLinkToAFileOutsideIsRefused() {
        assertRefused(tar().hardLink("stolen", fixture.host + "/passwd"), "stolen", "hard link");
        assertRefused(tar().hardLink("stolen", "../../host/passwd"), "stolen", "'..'");
        assertRefused(tar().symlink("out", "../../host").hardLink("stolen", "out/passwd"), "stolen", "hard link");
        assertRefused(tar().directory("d").hardLink("stolen", "d"), "stolen", "hard link");
        assertRefused(tar().file("f", "").hardLink("stolen", "."), "stolen", "hard link");
    }

    @Test
    void aHardLinkToALinkNamesTheLinkNotItsTarget() {
        TarBytes tar = tar().symlink("link", fixture.host + "/passwd").hardLink("again", "link");
        try (Directory tree = fixture.treeOf(tar)) {
            assertThat(tree.readLink("again")).isEqualTo(fixture.host + "/passwd");
        }
    }

    @Test
    void aFileThatReplacesOneOfTwoHardLinksLeavesTheOtherAlone() {
        TarBytes tar =
                tar().file("a", "old").hardLink("b", "a").hardLink("a", "a").file("a", "new");
        try (Directory tree = fixture.treeOf(tar)) {
            assertThat(text(tree, "a")).isEqualTo("new");
            assertThat(text(tree, "b")).isEqualTo("old");
        }
    }

    @Test
    void devicesAreLeftOutWithANote() {
        Imported imported = fixture.importTar(
                tar().device("dev/sda").hardLink("sda", "dev/sda").fifo("pipe"));
        assertThat(imported.notes()).singleElement().asString().contains("1 device node left out", "dev/sda");
        try (Directory tree = tree(imported)) {
            assertThat(tree.stat("dev/sda")).isEmpty();
            assertThat(type(tree, "pipe")).isEqualTo(FileType.FIFO);
        }
    }

    @Test
    void aSparseFileStaysSparse() {
        byte[] header = new byte[512];
        header[156] = 'S';
        header[0] = 's';
        TarBytes.number(header, 100, 8, 0600);
        TarBytes.number(header, 124, 12, 4);
        TarBytes.number(header, 386, 12, 1 << 28);
        TarBytes.number(header, 398, 12, 4);
        TarBytes.number(header, 483, 12, 1 << 29);
        try (Directory tree = fixture.treeOf(tar().header(header).data(bytes("data")))) {
            FileStat stat = tree.stat("s").orElseThrow();
            assertThat(stat.size()).isEqualTo(1 << 29);
            assertThat(stat.blocks()).isLessThan(1 << 20);
        }
    }

    @Test
    void aSparseMapThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> fixture.importTar(tar().pax("GNU.sparse.map", bytes("0,4,2,9"))
                        .pax("GNU.sparse.size", bytes("20"))
                        .file("s", "1234")))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("sparse");
        assertNothingStored();
    }

    @Test
    void anArchiveLargerThanAllowedIsRefused() {
        assertThatThrownBy(() -> fixture.importBytes(
                        tar().file("a", "x".repeat(600))
                                .file("b", "x".repeat(600))
                                .toBytes(),
                        ImportRequest.of("test").upTo(1000)))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED))
                .hasMessageContaining("more than");
        assertNothingStored();
    }

    @Test
    void aFileThatSaysItIsHugeIsRefusedBeforeItsFirstByte() {
        assertThatThrownBy(() -> fixture.importBytes(
                        tar().entry('0', bytes("huge"), 1L << 50, new byte[0]).toBytes(),
                        ImportRequest.of("test").upTo(1L << 60)))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EXHAUSTED))
                .hasMessageContaining("huge");
        assertNothingStored();
    }

    @Test
    void ofEntriesOfOneNameTheLastWins() {
        TarBytes tar = tar().directory("d")
                .file("d/inner", "x")
                .file("d", "file now")
                .file("e", "x")
                .directory("e")
                .file("e/inner", "y")
                .symlink("l", "e")
                .directory("l");
        try (Directory tree = fixture.treeOf(tar)) {
            assertThat(text(tree, "d")).isEqualTo("file now");
            assertThat(text(tree, "e/inner")).isEqualTo("y");
            assertThat(type(tree, "l")).isEqualTo(FileType.DIRECTORY);
        }
    }

    @Test
    void aNameOf4095BytesIsUnpackedAndALongerOneRefused() {
        String longest = "d/".repeat(2000) + "f".repeat(95);
        try (Directory tree = fixture.treeOf(tar().longName(bytes(longest)).file("", "deep"))) {
            assertThat(text(tree, longest)).isEqualTo("deep");
        }
        String longer = "d/".repeat(2000) + "f".repeat(96);
        assertRefused(tar().longName(bytes(longer)).file("", ""), "d/d/", "longer than 4095");
        assertRefused(tar().longName(bytes("x".repeat(256))).file("", ""), "xxx", "longer than 255");
        assertRefused(tar().longName(bytes("x".repeat(4096))).file("", ""), "xxx", "longer than 255");
    }

    @Test
    void setuidBitsAreKept() {
        try (Directory tree = fixture.treeOf(tar().mode(06755).owner(0, 42).file("su", "x"))) {
            FileStat stat = tree.stat("su").orElseThrow();
            assertThat(stat.mode()).isEqualTo(06755);
            assertThat(stat.gid()).isEqualTo(42);
        }
    }

    @Test
    void capabilitiesAndUserAttributesAreKeptAndOthersLeftOutWithANote() {
        byte[] capability = {1, 0, 0, 2, 0, (byte) 0xa4, 0, (byte) 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        Imported imported = fixture.importTar(tar().pax("SCHILY.xattr.security.capability", capability)
                .pax("SCHILY.xattr.user.note", bytes("hello"))
                .pax("SCHILY.xattr.trusted.overlay.opaque", bytes("y"))
                .pax("SCHILY.xattr.user.overlay.opaque", bytes("y"))
                .pax("SCHILY.xattr.security.selinux", bytes("label"))
                .file("ping", "x"));
        try (Directory tree = tree(imported)) {
            assertThat(tree.xattrs("ping")).containsOnlyKeys("security.capability", "user.note");
            assertThat(tree.xattrs("ping").get("security.capability")).isEqualTo(capability);
        }
        assertThat(imported.notes()).singleElement().asString().contains("3 extended attributes left out");
    }

    @Test
    void anOwnerOutsideTheIdsOfAContainerIsRefused() {
        assertRefused(tar().owner(65536, 0).file("f", ""), "'f'", "65536:0");
        assertRefused(tar().owner(0, 1L << 33).file("f", ""), "'f'", "not within 0..65535");
        assertRefused(tar().owner(-1, 0).symlink("f", "x"), "'f'", "-1:0");
        assertThat(fixture.importTar(tar().owner(65535, 65535).file("f", "")).notes())
                .isEmpty();
    }

    @Test
    void aNameThatIsNotUtf8KeepsItsBytes() {
        byte[] name = {'n', (byte) 0xff, (byte) 0xc3, 'x', (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        String decoded = FileName.decode(name);
        try (Directory tree =
                fixture.treeOf(tar().file(name, bytes("1")).pax("path", name).symlink("", "t"))) {
            assertThat(tree.list())
                    .singleElement()
                    .satisfies(
                            entry -> assertThat(FileName.encode(entry.name())).isEqualTo(name));
            assertThat(tree.readLink(decoded)).isEqualTo("t");
        }
    }

    @Test
    void anArchiveThatEndsTooEarlyIsRefused() {
        byte[] whole = tar().directory("etc").file("etc/f", "x".repeat(2000)).toBytes();
        assertBroken(Arrays.copyOf(whole, whole.length - 1024));
        assertBroken(Arrays.copyOf(whole, 1500));
        assertBroken(Arrays.copyOf(whole, 700));
        assertBroken(Arrays.copyOf(whole, 100));
        assertBroken(tar().file("f", "").unfinished());
    }

    @Test
    void whatIsNoArchiveIsRefused() {
        assertBroken("This is a text and no archive.\n".repeat(100).getBytes(StandardCharsets.UTF_8));
        assertBroken(new byte[0]);
        assertThatThrownBy(() -> fixture.importTar(tar()))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("holds no files");
        assertBroken(new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
        assertBroken(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 1, 2, 3, 4, 5, 6, 7, 8});
        assertBroken(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 2, 3});
        assertBroken(bytes("BZh9abcdefghijk"));
        assertNothingStored();
    }

    @Test
    void aHeaderThatLiesAboutItselfIsRefused() {
        assertBroken(tar().entry('0', bytes("f"), -5, new byte[0]).toBytes());
        assertBroken(tar().entry('x', bytes("p"), 1 << 30, new byte[0]).toBytes());
        assertBroken(tar().entry('x', bytes("p"), 9, new byte[0])
                .data(bytes("99 path=x"))
                .toBytes());
        assertBroken(tar().entry('x', bytes("p"), 9, new byte[0])
                .data(bytes("-1 path=x"))
                .toBytes());
        assertBroken(
                tar().pax("size", bytes("99999999999999999999")).file("f", "").toBytes());
        assertBroken(tar().pax("mtime", bytes("1e400")).file("f", "").toBytes());
        assertBroken(tar().entry('M', bytes("f"), 0, new byte[0]).toBytes());
        assertNothingStored();
    }

    @Test
    void aNameWithANulByteIsRefused() {
        assertRefused(tar().pax("path", new byte[] {'a', 0, 'b'}).file("", ""), "a?b", "NUL");
    }

    @Test
    void theRootOfTheTreeTakesItsOwnEntry() {
        try (Directory tree =
                fixture.treeOf(tar().mode(0751).owner(7, 8).directory("./").file("./f", ""))) {
            assertThat(tree.stat().mode()).isEqualTo(0751);
            assertThat(tree.stat().uid()).isEqualTo(7);
        }
        assertRefused(tar().file("f", "").symlink("./", "/"), "./", "root of the tree");
    }

    private void assertRefused(TarBytes tar, String... words) {
        assertThatThrownBy(() -> fixture.importTar(tar))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED))
                .hasMessageContainingAll(words)
                .hasMessageContaining("is refused");
        assertThat(fixture.stored()).allMatch(name -> name.length() == 64);
    }

    private void assertBroken(byte[] archive) {
        assertThatThrownBy(() -> fixture.importBytes(archive))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED))
                .hasMessageContaining("the archive is broken: ");
        assertNothingStored();
    }

    private void assertNothingStored() {
        assertThat(fixture.stored()).isEmpty();
    }

    private Directory tree(Imported imported) {
        return Directory.open(fixture.images().tree(imported.image()), Resolution.IN_ROOT);
    }

    private static FileType type(Directory tree, String path) {
        return tree.stat(path).orElseThrow().type();
    }

    private static String text(Directory tree, String path) {
        return new String(tree.readFile(path, 1000), StandardCharsets.UTF_8);
    }

    private static TarBytes tar() {
        return new TarBytes();
    }
}
