package berth.engine.storage.zfs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.storage.LayerSender;
import berth.engine.storage.LayerSenderContract;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for pools on ZFS, wherever they are. */
@Tag("machine")
abstract class ZfsSenderContract extends LayerSenderContract {
    @TempDir
    private Path directory;

    /** Of each pool, by its name. */
    private final Map<String, String> datasets = new TreeMap<>();

    /** The zpool that is to have pool {@code name}. */
    protected abstract TestZpool zpool(String name);

    @Override
    protected StorageDriver driver() {
        return new ZfsDriver(NAMESPACES, Runnable::run);
    }

    @Override
    protected Path pool(String name) throws IOException {
        return pool(name, List.of());
    }

    /** One whose dataset is made with {@code options}. */
    protected Path pool(String name, List<String> options) throws IOException {
        Path pool = directory.resolve(name);
        String dataset = "%s/%s-%s".formatted(zpool(name).name(), directory.getFileName(), name);
        List<String> words = new ArrayList<>(List.of("create", "-o", "mountpoint=" + pool));
        words.addAll(options);
        words.add(dataset);
        TestZpool.zfs(words.toArray(String[]::new));
        datasets.put(name, dataset);
        Files.createDirectory(pool.resolve("ct"));
        Files.createDirectory(pool.resolve("trash"));
        return pool;
    }

    /** With what stands on them in each other. */
    @AfterEach
    void destroyTheDatasets() {
        datasets.values().forEach(TestZpool::destroy);
    }

    @Test
    void nothingIsLeftOfWhatWasSentWhenItsLayersAreGone() throws IOException {
        tested().copy(here(), "web@one");
        in(here(), root -> Files.writeString(root.resolve("name"), "two"));
        try (LayerSender sender = sender()) {
            sender.beginOn(here().imageTree(), there().imageTree(), () -> true);
            send(sender, "web@one");
            tested().copy(there(), "web@kept");
            send(sender, "web");
        }
        assertThat(datasets(here(), "limbo")).isEmpty();
        assertThat(datasets(there(), "limbo")).isEmpty();

        tested().destroy(there().layer("web@kept"));
        tested().destroy(there().directory());
        tested().destroy(here().directory());
        tested().destroy(here().layer("web@one"));

        assertThat(snapshots(here())).isNotEmpty().allMatch(s -> s.contains("/base/"));
        assertThat(snapshots(there())).isNotEmpty().allMatch(s -> s.contains("/base/"));
        assertThat(datasets(here(), "limbo")).isEmpty();
        assertThat(datasets(there(), "limbo")).isEmpty();
    }

    @Test
    void whatASenderLeftThatDiedIsRemovedWhenThePoolsAreOpened() throws IOException {
        tested().copy(here(), "web@one");
        in(here(), root -> Files.writeString(root.resolve("name"), "two"));
        LayerSender died = sender();
        died.beginOn(here().imageTree(), there().imageTree(), () -> true);
        send(died, "web@one");
        tested().copy(there(), "web@kept");
        send(died, "web");

        StorageDriver next = driver();
        next.requireUsable(pathOf(here()));
        next.requireUsable(pathOf(there()));

        assertThat(datasets(here(), "limbo")).isEmpty();
        assertThat(datasets(there(), "limbo")).isEmpty();
        assertThat(layers(there())).containsExactly("web", "web@kept");
        in(there(), root -> assertThat(root.resolve("name")).hasContent("two"));
        in(
                there().with("web@kept", List.of()),
                root -> assertThat(root.resolve("name")).hasContent("image"));
    }

    @Test
    void whatWasSentOutlivesWhatItWasSentOfAndTheImagesOnBothSides() throws IOException {
        in(here(), root -> Files.writeString(root.resolve("name"), "web"));
        try (LayerSender sender = sender()) {
            sender.beginOn(here().imageTree(), there().imageTree(), () -> true);
            send(sender, "web");
        }

        tested().destroy(here().directory());
        tested().imageGone(here().imageTree());
        tested().imageGone(there().imageTree());

        in(there(), root -> {
            assertThat(root.resolve("alias")).hasContent("web");
            assertThat(root.resolve("doomed")).hasContent("image");
        });
        assertThat(datasets(here(), "base")).isEmpty();
        assertThat(datasets(here(), "limbo")).isEmpty();
        assertThat(datasets(there(), "base")).isEmpty();
        assertThat(datasets(there(), "limbo")).isEmpty();
    }

    @Test
    void whatWasSentTakesItsPlaceAndItsSettingsFromTheOtherPool() throws IOException {
        tested().limit(here(), 64 << 20);
        try (LayerSender sender = sender()) {
            sender.beginOn(here().imageTree(), there().imageTree(), () -> true);
            send(sender, "web");
        }

        assertThat(value("refquota", dataset(there()) + "/ct/web")).isEqualTo("0");
        assertThat(value("mountpoint", dataset(there()) + "/ct/web"))
                .isEqualTo(there().directory().toString());
        assertThat(value("canmount", dataset(there()) + "/ct/web")).isEqualTo("noauto");
    }

    @Override
    protected long used(RootFilesystem root) {
        zpool(name(root)).sync();
        return Long.parseLong(value("used", dataset(root)));
    }

    private static String name(RootFilesystem root) {
        return String.valueOf(pathOf(root).getFileName());
    }

    protected String dataset(RootFilesystem root) {
        return requireNonNull(datasets.get(name(root)));
    }

    protected static String value(String property, String dataset) {
        return TestZpool.zfs("get", "-H", "-p", "-o", "value", property, dataset)
                .strip();
    }

    /** The datasets that the pool of {@code root} has beneath its part {@code part}. */
    protected List<String> datasets(RootFilesystem root, String part) {
        return TestZpool.zfs("list", "-H", "-o", "name", "-t", "filesystem", "-r", dataset(root) + "/" + part)
                .lines()
                .skip(1)
                .toList();
    }

    protected List<String> snapshots(RootFilesystem root) {
        return TestZpool.zfs("list", "-H", "-o", "name", "-t", "snapshot", "-r", dataset(root))
                .lines()
                .toList();
    }
}
