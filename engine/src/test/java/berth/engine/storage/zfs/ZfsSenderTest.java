package berth.engine.storage.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Layer;
import berth.engine.storage.LayerSender;
import berth.engine.storage.RootFilesystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Between two ZFS pools. */
class ZfsSenderTest extends ZfsSenderContract {
    @RegisterExtension
    static final TestZpool here = new TestZpool();

    @RegisterExtension
    static final TestZpool there = new TestZpool();

    @Override
    protected TestZpool zpool(String name) {
        return name.equals("here") ? here : there;
    }

    /** It comes whole, once. */
    @Override
    protected void assertSentAfterWriting(long bytes) {
        assertThat(bytes).isBetween((long) LARGE, LARGE + (long) LARGE / 8);
    }

    /** Another image that both pools have, with a large file. */
    private void makeLargeImage() throws IOException {
        byte[] content = large();
        Files.write(
                Files.createDirectories(onLargeImage(here(), "one").imageTree()).resolve("large"), content);
        Files.write(
                Files.createDirectories(onLargeImage(there(), "one").imageTree())
                        .resolve("large"),
                content);
    }

    private static RootFilesystem onLargeImage(RootFilesystem root, String name) {
        Path tree = pathOf(root).resolve("image/large/tree");
        return new RootFilesystem(root.store(), name, List.of(), tree, root.ids());
    }

    /** Makes a container on that image and sends it: how many bytes that took. */
    private long sendNew(String name) {
        RootFilesystem source = onLargeImage(here(), name);
        RootFilesystem target = onLargeImage(there(), name);
        tested().create(source);
        tested().create(target);
        try (LayerSender sender = sender()) {
            assertThat(sender.beginOn(source.imageTree(), target.imageTree(), () -> false))
                    .isTrue();
            return send(sender, source.directory(), target.directory());
        }
    }

    @Test
    void theSecondContainerOnAnImageIsSentAsAChangeOfItAndSharesIt() throws IOException {
        makeLargeImage();
        long before = used(there());

        assertThat(sendNew("one")).isGreaterThan(LARGE);
        assertThat(sendNew("two")).isLessThan(LARGE / 8);
        tested().create(onLargeImage(there(), "three"));

        assertThat(used(there()) - before).isLessThan(LARGE + LARGE / 2);
        assertThat(datasets(there(), "base"))
                .filteredOn(d -> d.contains("large"))
                .hasSize(1);
        in(
                onLargeImage(there(), "two"),
                root -> assertThat(root.resolve("large")).hasSize(LARGE));
        in(
                onLargeImage(there(), "three"),
                root -> assertThat(root.resolve("large")).hasSize(LARGE));
    }

    @Test
    void anImageThatHasContainersThereAlreadyIsSentOnceAllTheSame() throws IOException {
        makeLargeImage();
        tested().create(onLargeImage(there(), "three"));
        long before = used(there());

        assertThat(sendNew("one")).isGreaterThan(LARGE);
        assertThat(sendNew("two")).isLessThan(LARGE / 8);

        assertThat(used(there()) - before).isLessThan(LARGE + LARGE / 2);
        tested().imageGone(onLargeImage(there(), "one").imageTree());
        assertThat(datasets(there(), "base")).noneMatch(d -> d.contains("large"));
        in(
                onLargeImage(there(), "two"),
                root -> assertThat(root.resolve("large")).hasSize(LARGE));
    }

    @Test
    void aSnapshotThatIsMadeOfTheNextSharesWithIt() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));
        RootFilesystem next = here().with("web@next", List.of(Layer.own("web")));
        tested().create(next);
        in(next, root -> Files.writeString(root.resolve("name"), "next"));

        try (LayerSender sender = sender()) {
            sender.beginOn(here().imageTree(), there().imageTree(), () -> true);
            assertThat(send(sender, "web")).isGreaterThan(LARGE);
            tested().copy(there(), "web@kept");
            assertThat(send(sender, "web@next")).isLessThan(LARGE / 8);
        }

        in(there(), root -> {
            assertThat(root.resolve("large")).hasSize(LARGE);
            assertThat(root.resolve("name")).hasContent("next");
        });
    }

    @Test
    void largeBlocksGoThereAndBack() throws IOException {
        TestZpool.zfs("set", "recordsize=1M", dataset(here()));
        byte[] content = large();
        in(here(), root -> Files.write(root.resolve("large"), content));
        tested().copy(here(), "web@one");
        try (LayerSender sender = sender()) {
            sender.begin();
            send(sender, "web@one");
            tested().copy(there(), "web@kept");
            send(sender, "web");
        }
        in(there(), root -> Files.write(root.resolve("large"), new byte[] {1}, StandardOpenOption.WRITE));

        try (LayerSender back = sender(there(), here())) {
            back.begin();
            send(back, there().directory(), here().directory());
        }

        content[0] = 1;
        in(here(), root -> assertThat(root.resolve("large")).hasBinaryContent(content));
    }

    @Test
    void aFullPoolIsToldAndKeepsWhatItHad() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));
        TestZpool.zfs("set", "quota=" + (used(there()) + LARGE / 2), dataset(there()));

        try (LayerSender sender = sender()) {
            sender.begin();
            assertThatThrownBy(() -> send(sender, "web"))
                    .isInstanceOf(BerthException.class)
                    .hasMessageContaining("quota exceeded")
                    .extracting("code")
                    .isEqualTo(ErrorCode.EXHAUSTED);
        }

        assertNothingWasSent();
    }

    @Test
    void whoeverIsInterruptedLeavesNothing() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));

        try (LayerSender sender = sender()) {
            sender.begin();
            assertThatThrownBy(() -> sender.send(
                            here().directory(),
                            there().directory(),
                            _ -> Thread.currentThread().interrupt()))
                    .isInstanceOf(BerthException.class)
                    .extracting("code")
                    .isEqualTo(ErrorCode.CANCELLED);
        }

        assertThat(Thread.interrupted()).isTrue();
        assertNothingWasSent();
    }

    private void assertNothingWasSent() throws IOException {
        assertThat(datasets(there(), "limbo")).isEmpty();
        assertThat(snapshots(here())).noneMatch(s -> s.contains("/ct/"));
        in(there(), root -> assertThat(root.resolve("name")).hasContent("image"));
    }
}
