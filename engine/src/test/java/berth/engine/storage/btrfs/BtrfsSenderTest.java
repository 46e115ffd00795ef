package berth.engine.storage.btrfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.LayerSender;
import berth.linux.disk.Btrfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Between two file systems. */
class BtrfsSenderTest extends BtrfsSenderContract {
    @Override
    protected Path pool(String name) throws IOException {
        Path pool = directory.resolve(name);
        disks.make(directory.resolve(name + ".disk"), 256L << 20);
        disks.mount(directory.resolve(name + ".disk"), pool);
        Files.createDirectory(pool.resolve("ct"));
        Files.createDirectory(pool.resolve("trash"));
        return pool;
    }

    @Override
    protected void assertSentAfterWriting(long bytes) {
        assertThat(bytes).isLessThan(LARGE / 8);
    }

    @AfterEach
    void unmountThePools() {
        disks.unmount(directory.resolve("here"));
        disks.unmount(directory.resolve("there"));
    }

    @Test
    void whatStandsOnAnotherImageIsNotSentAsAChangeOfThis() {
        try (LayerSender sender = sender()) {
            assertThat(sender.beginOn(here().imageTree(), there().imageTree(), () -> false))
                    .isFalse();
        }
    }

    @Test
    void aFullPoolIsToldAndKeepsWhatItHad() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));
        Path filler = there().store().resolveSibling("filler");
        assertThatThrownBy(() -> Files.write(filler, new byte[300 << 20])).isInstanceOf(IOException.class);

        try (LayerSender sender = sender()) {
            sender.begin();
            assertThatThrownBy(() -> send(sender, "web"))
                    .isInstanceOf(BerthException.class)
                    .hasMessageContaining("No space left")
                    .extracting("code")
                    .isEqualTo(ErrorCode.EXHAUSTED);
        }

        assertThat(layers(here())).containsExactly("web");
        assertThat(layers(there())).containsExactly("web");
    }

    @Test
    void whoeverIsInterruptedLeavesNothing() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));

        try (LayerSender sender = sender()) {
            sender.begin();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> send(sender, "web"))
                    .isInstanceOf(BerthException.class)
                    .extracting("code")
                    .isEqualTo(ErrorCode.CANCELLED);
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(layers(here())).containsExactly("web");
        assertThat(layers(there())).containsExactly("web");
    }

    @Test
    void twoFileSystemsAreNotOne() {
        assertThat(Btrfs.areOnOne(here().store(), there().store())).isFalse();
    }
}
