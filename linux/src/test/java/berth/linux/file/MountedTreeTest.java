package berth.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.KernelException;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the host is mounted inside a tree: what is done to the tree must stop there. */
@Tag("root")
class MountedTreeTest {
    @TempDir
    Path scratch;

    private Path tree;
    private Path precious;
    private Directory directory;

    @BeforeEach
    void aTreeWithAMount() throws IOException {
        Path host = Files.createDirectory(scratch.resolve("host"));
        precious = Files.writeString(host.resolve("precious"), "data");
        tree = scratch.resolve("tree");
        Files.createDirectories(tree.resolve("a/mount"));
        Mounts.bind(host, tree.resolve("a/mount"));
        directory = Directory.open(scratch, Resolution.BENEATH);
    }

    @AfterEach
    void unmount() {
        directory.close();
        Mounts.unmount(tree.resolve("a/mount"));
    }

    @Test
    void removingTheTreeFailsBeforeTheMountAndRemovesNothingOfIt() {
        assertThatThrownBy(() -> directory.removeTree("tree")).isInstanceOf(KernelException.class);
        assertThat(precious).hasContent("data");
    }

    @Test
    void aWalkTellsOfTheMountAndDoesNotEnterIt() {
        try (Directory start = directory.openDirectory("tree");
                TreeWalk walk = new TreeWalk(start)) {
            assertThat(walk.next().orElseThrow().path()).isEqualTo("a");
            assertThat(walk.next().orElseThrow().path()).isEqualTo("a/mount");
            assertThat(walk.next()).isEmpty();
            assertThat(walk.mounts()).containsExactly("a/mount");
        }
    }

    @Test
    void aCopyHasAnEmptyDirectoryInItsPlace() throws IOException {
        Path copy = Files.createDirectory(scratch.resolve("copy"));
        try (Directory from = directory.openDirectory("tree");
                Directory to = directory.openDirectory("copy")) {
            assertThat(from.copyTo(to)).containsExactly("a/mount");
        }
        assertThat(copy.resolve("a/mount")).isEmptyDirectory();
    }
}
