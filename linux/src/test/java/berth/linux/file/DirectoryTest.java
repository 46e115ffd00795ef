package berth.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
    @TempDir
    Path scratch;

    private Path tree;
    private Path secret;
    private Directory root;
    private Directory beneath;

    @BeforeEach
    void aTreeBesideASecret() throws IOException {
        tree = Files.createDirectory(scratch.resolve("tree"));
        secret = Files.writeString(scratch.resolve("secret"), "host");
        Files.createDirectory(tree.resolve("etc"));
        Files.writeString(tree.resolve("etc/name"), "guest");
        root = Directory.open(tree, Resolution.IN_ROOT);
        beneath = Directory.open(tree, Resolution.BENEATH);
    }

    @AfterEach
    void close() {
        root.close();
        beneath.close();
    }

    @Test
    void aFileIsReadBeneath() {
        assertThat(text(beneath.readFile("etc/name", 100))).isEqualTo("guest");
    }

    @Test
    void dotDotLeadsOutOfABeneathDirectoryAndStaysInsideARoot() {
        assertFails(Errno.EXDEV, () -> beneath.readFile("../secret", 100));
        assertFails(Errno.ENOENT, () -> root.readFile("../secret", 100));
        assertThat(text(root.readFile("../../etc/name", 100))).isEqualTo("guest");
    }

    @Test
    void anAbsoluteLinkIsTheGuestsOwnInARootAndRefusedBeneath() throws IOException {
        Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/name"));
        assertThat(text(root.readFile("link", 100))).isEqualTo("guest");
        assertFails(Errno.EXDEV, () -> beneath.readFile("link", 100));
    }

    @Test
    void nothingIsMadeOrChangedThroughALinkThatLeadsOut() throws IOException {
        Files.createSymbolicLink(tree.resolve("out"), scratch);
        assertFails(Errno.EXDEV, () -> beneath.create("out/new", 0644));
        assertFails(Errno.EXDEV, () -> beneath.createDirectory("out/new", 0755));
        assertFails(Errno.EXDEV, () -> beneath.symlink("x", "out/new"));
        assertFails(Errno.EXDEV, () -> beneath.link("etc/name", "out/new"));
        assertFails(Errno.EXDEV, () -> beneath.link("out/secret", "stolen"));
        assertFails(Errno.EXDEV, () -> beneath.chmod("out/secret", 0777));
        assertFails(Errno.EXDEV, () -> beneath.chown("out/secret", 5, 5));
        assertFails(Errno.EXDEV, () -> beneath.remove("out/secret"));
        assertFails(Errno.EXDEV, () -> beneath.removeTree("out/secret"));
        assertFails(Errno.EXDEV, () -> beneath.rename("out/secret", "mine"));
        assertFails(Errno.EXDEV, () -> beneath.remove(".."));
        assertFails(Errno.EXDEV, () -> beneath.chmod("etc/..", 0777));
        try (var names = Files.list(scratch)) {
            assertThat(names).containsExactlyInAnyOrder(tree, secret);
        }
    }

    @Test
    void theLastLinkOfAPathIsNotFollowed() throws IOException {
        Files.createSymbolicLink(tree.resolve("link"), secret);
        assertThat(beneath.stat("link").orElseThrow().type()).isEqualTo(FileType.SYMLINK);
        assertThat(beneath.readLink("link")).isEqualTo(secret.toString());
        assertFails(Errno.ENOTSUP, () -> beneath.chmod("link", 0777));
        assertFails(Errno.EEXIST, () -> beneath.create("link", 0644));
        beneath.removeTree("link");
        assertThat(secret).exists();
    }

    @Test
    void statTellsWhatIsThere() {
        try (OpenFile file = beneath.create("f", 0600)) {
            file.write(direct("12345"));
            file.chmod(04755);
            file.setTime(Instant.parse("2001-02-03T04:05:06.789Z"));
        }
        beneath.link("f", "g");
        FileStat stat = beneath.stat("f").orElseThrow();
        assertThat(stat.type()).isEqualTo(FileType.REGULAR);
        assertThat(stat.mode()).isEqualTo(04755);
        assertThat(stat.size()).isEqualTo(5);
        assertThat(stat.links()).isEqualTo(2);
        assertThat(stat.mtime()).isEqualTo(Instant.parse("2001-02-03T04:05:06.789Z"));
        assertThat(stat.isSameFile(beneath.stat("g").orElseThrow())).isTrue();
        assertThat(beneath.stat("none")).isEmpty();
        assertThat(beneath.stat("f/none")).isEmpty();
    }

    @Test
    void aFifoIsNeverOpenedForReading() {
        beneath.createFifo("fifo", 0600);
        assertFails(Errno.ENXIO, () -> beneath.readFile("fifo", 10));
        assertFails(Errno.EISDIR, () -> beneath.readFile("etc", 10));
    }

    @Test
    void aFileLongerThanTheLimitIsNotRead() {
        assertThat(beneath.readFile("etc/name", 5)).hasSize(5);
        assertFails(Errno.EFBIG, () -> beneath.readFile("etc/name", 4));
    }

    @Test
    void anAtomicWriteReplacesTheFileOnlyWhereItDiffers() {
        int uid = beneath.stat().uid();
        int gid = beneath.stat().gid();
        assertThat(beneath.writeFileAtomically("etc/name", bytes("new"), 0640, uid, gid))
                .isEqualTo(WriteResult.WRITTEN);
        assertThat(beneath.writeFileAtomically("etc/name", bytes("new"), 0640, uid, gid))
                .isEqualTo(WriteResult.UNCHANGED);
        assertThat(text(beneath.readFile("etc/name", 100))).isEqualTo("new");
        assertThat(beneath.stat("etc/name").orElseThrow().mode()).isEqualTo(0640);
        try (Directory etc = beneath.openDirectory("etc")) {
            assertThat(etc.list()).containsExactly(new DirectoryEntry("name", FileType.REGULAR));
        }
    }

    @Test
    void anAtomicWriteRespectsAProtectedFileAndFollowsNoLink() throws IOException {
        Files.createSymbolicLink(tree.resolve("etc/link"), secret);
        Files.createSymbolicLink(tree.resolve("out"), scratch);
        beneath.chmod("etc/name", 0444);
        assertThat(write("etc/name")).isEqualTo(WriteResult.PROTECTED);
        assertThat(write("etc/link")).isEqualTo(WriteResult.NOT_A_FILE);
        assertThat(write("etc")).isEqualTo(WriteResult.NOT_A_FILE);
        assertThat(write("out/secret")).isEqualTo(WriteResult.NO_DIRECTORY);
        assertThat(write("none/name")).isEqualTo(WriteResult.NO_DIRECTORY);
        assertThat(secret).hasContent("host");
        assertThat(tree.resolve("etc/name")).hasContent("guest");
    }

    @Test
    void extendedAttributesBelongToTheLinkNotToItsTarget() {
        beneath.setXattr("etc/name", "user.colour", bytes("blue"));
        beneath.symlink("name", "etc/link");
        assertThat(beneath.xattrs("etc/name"))
                .hasEntrySatisfying("user.colour", v -> assertThat(text(v)).isEqualTo("blue"));
        assertThat(beneath.xattrs("etc/link")).doesNotContainKey("user.colour");
        beneath.removeXattr("etc/name", "user.colour");
        assertThat(beneath.xattrs("etc/name")).doesNotContainKey("user.colour");
    }

    @Test
    void aTreeIsRemovedWithoutFollowingItsLinks() throws IOException {
        Files.createDirectories(tree.resolve("a/b/c"));
        Files.createSymbolicLink(tree.resolve("a/b/out"), scratch);
        Files.writeString(tree.resolve("a/b/c/file"), "x");
        beneath.removeTree("a");
        beneath.removeTree("a");
        assertThat(tree.resolve("a")).doesNotExist();
        assertThat(secret).exists();
    }

    @Test
    void aTreeDeeperThanAnyPathIsRemoved() {
        nest("deep", 1000);
        beneath.removeTree("deep");
        assertThat(beneath.list()).containsExactly(new DirectoryEntry("etc", FileType.DIRECTORY));
    }

    @Test
    void aWalkMeetsEachDirectoryBeforeItsFilesInTheOrderOfTheirBytes() throws IOException {
        Files.createDirectories(tree.resolve("b/x"));
        Files.createFile(tree.resolve("a"));
        Files.createFile(tree.resolve("é"));
        Files.createSymbolicLink(tree.resolve("b/up"), Path.of(".."));
        List<String> met = new ArrayList<>();
        try (TreeWalk walk = new TreeWalk(beneath)) {
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                met.add(entry.get().path());
            }
        }
        assertThat(met).containsExactly("a", "b", "b/up", "b/x", "etc", "etc/name", "é");
    }

    @Test
    void aCopyKeepsModesTimesLinksHolesAndAttributes() throws IOException {
        try (OpenFile file = beneath.create("etc/sparse", 0600)) {
            file.truncate(8 << 20);
            file.seek(4 << 20);
            file.write(direct("middle"));
        }
        beneath.chmod("etc/name", 04751);
        beneath.setXattr("etc/name", "user.a", bytes("1"));
        beneath.link("etc/name", "again");
        beneath.symlink("/nowhere", "dangling");
        beneath.setTime("etc", Instant.ofEpochSecond(1000));
        Path copy = Files.createDirectory(scratch.resolve("copy"));

        try (Directory target = Directory.open(copy, Resolution.BENEATH)) {
            assertThat(beneath.copyTo(target)).isEmpty();

            FileStat name = target.stat("etc/name").orElseThrow();
            assertThat(name.mode()).isEqualTo(04751);
            assertThat(name.isSameFile(target.stat("again").orElseThrow())).isTrue();
            assertThat(target.xattrs("etc/name")).containsKey("user.a");
            assertThat(target.readLink("dangling")).isEqualTo("/nowhere");
            assertThat(target.stat("etc").orElseThrow().mtime()).isEqualTo(Instant.ofEpochSecond(1000));
            assertThat(target.stat("etc/sparse").orElseThrow().blocks()).isLessThan(1 << 20);
            assertThat(Files.mismatch(tree.resolve("etc/sparse"), copy.resolve("etc/sparse")))
                    .isEqualTo(-1);
        }
    }

    private void nest(String name, int levels) {
        Directory at = beneath.with(Resolution.BENEATH);
        for (int i = 0; i < levels; i++) {
            at.createDirectory(name, 0755);
            Directory next = at.openDirectory(name);
            at.close();
            at = next;
        }
        at.close();
    }

    private WriteResult write(String path) {
        return beneath.writeFileAtomically(path, bytes("evil"), 0644, 0, 0);
    }

    private static void assertFails(Errno reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo(reason.number()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = bytes(text);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
