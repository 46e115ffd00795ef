package berth.engine.storage.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.storage.Layer;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.StorageDriverContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** By the ZFS of the kernel, whose mounts map ids, or by zfs-fuse, whose mounts do not. */
@Tag("machine")
class ZfsDriverTest extends StorageDriverContract {
    @RegisterExtension
    static final TestZpool zpool = new TestZpool();

    @TempDir
    private Path directory;

    private String dataset = "";

    @AfterEach
    void destroyTheDataset() {
        TestZpool.destroy(dataset);
    }

    @Override
    protected StorageDriver driver(Path pool) {
        ZfsDriver driver = new ZfsDriver(NAMESPACES, Runnable::run);
        driver.requireUsable(pool);
        return driver;
    }

    @Override
    protected Path pool() throws IOException {
        Path pool = directory.resolve("pool");
        dataset = zpool.name() + "/" + directory.getFileName();
        TestZpool.zfs("create", "-o", "mountpoint=" + pool, dataset);
        Files.createDirectory(pool.resolve("ct"));
        Files.createDirectory(pool.resolve("trash"));
        return pool;
    }

    @Override
    protected Path imageTree(Path pool) throws IOException {
        return Files.createDirectories(pool.resolve("image/id/tree"));
    }

    @Override
    protected void requireShared() {
        Assumptions.assumeTrue(
                TestZpool.zfs("get", "-H", "-o", "value", "berth:ids", dataset + "/ct")
                        .strip()
                        .equals("guest"),
                "this ZFS cannot map ids");
    }

    private List<String> datasets(String part) {
        return TestZpool.zfs("list", "-H", "-o", "name", "-t", "filesystem", "-r", dataset + "/" + part)
                .lines()
                .skip(1)
                .toList();
    }

    private List<String> snapshots() {
        return TestZpool.zfs("list", "-H", "-o", "name", "-t", "snapshot", "-r", dataset)
                .lines()
                .toList();
    }

    private void frozenOnEachOther(String... names) {
        Path pool = directory.resolve("pool");
        RootFilesystem root = web();
        for (String name : names) {
            driver().create(root.with(name, List.of(Layer.own(root.tip()))));
            root = root.with(name, List.of());
        }
        assertThat(pool.resolve("ct")).isDirectory();
    }

    @Test
    void layersGoInAnyOrderWhateverStandsOnThem() throws IOException {
        in(web(), root -> Files.writeString(root.resolve("etc/name"), "first"));
        frozenOnEachOther("web@1", "web@2", "web@3");
        driver().copy(web(), "web@copy");

        destroy("web@1");
        destroy("web");
        destroy("web@2");

        in(
                web().with("web@3", List.of()),
                root -> assertThat(root.resolve("etc/name")).hasContent("first"));
        inFrozen(
                web().with("", List.of(Layer.own("web@copy"))),
                root -> assertThat(root.resolve("etc/name")).hasContent("first"));
        assertThat(datasets("limbo")).isEmpty();
        destroy("web@3");
        destroy("web@copy");
        assertThat(datasets("ct")).isEmpty();
        assertThat(snapshots()).allMatch(s -> s.startsWith(dataset + "/base/id@"));
    }

    @Test
    void whatStandsOnAnImageOutlivesIt() throws IOException {
        driver().imageGone(imageTree());

        in(web(), root -> assertThat(root.resolve("etc/name")).hasContent("image"));
        assertThat(datasets("base")).isEmpty();
        assertThat(datasets("limbo")).isEmpty();
    }

    @Test
    void anImageThatWasDeletedBehindItsBackIsForgottenWhenThePoolIsOpened() throws IOException {
        Files.move(imageTree(), imageTree().resolveSibling("gone"));

        driver(directory.resolve("pool"));

        assertThat(datasets("base")).isEmpty();
    }

    @Test
    void whatACrashLeftIsRemovedWhenThePoolIsOpened() throws IOException {
        TestZpool.zfs("create", "-o", "canmount=noauto", dataset + "/limbo/half");
        TestZpool.zfs("snapshot", dataset + "/ct/web@berth-0123456789abcdef");
        Files.createDirectory(directory.resolve("pool/ct/nothing"));

        driver(directory.resolve("pool"));

        assertThat(datasets("limbo")).isEmpty();
        assertThat(snapshots()).noneMatch(s -> s.contains("/ct/"));
        assertThat(directory.resolve("pool/ct")).isDirectoryNotContaining("glob:**nothing");
        in(web(), root -> assertThat(root.resolve("etc/name")).hasContent("image"));
    }

    @Test
    void theSecondContainerOfAUserStandsOnTheSameAsTheFirst() {
        driver().create(web().with("other", List.of()));

        List<String> origins = TestZpool.zfs(
                        "get", "-H", "-o", "value", "origin", dataset + "/ct/web", dataset + "/ct/other")
                .lines()
                .toList();
        assertThat(origins).hasSize(2).first().isEqualTo(origins.getLast());
    }

    @Test
    void aDirectoryThatIsNoDatasetIsRefused() {
        assertThatThrownBy(() -> driver().requireUsable(directory.resolve("pool/ct")))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("no dataset of ZFS");
    }

    @Test
    void nothingStaysMountedInThePool() throws IOException {
        in(web(), _ -> {});

        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(dataset + "/");
    }
}
