package berth.engine.storage.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.storage.LayerSender;
import berth.engine.storage.RootFilesystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Between two pools in one ZFS pool, where nothing has to be sent. */
class ZfsSenderOnOneTest extends ZfsSenderContract {
    @RegisterExtension
    static final TestZpool zpool = new TestZpool();

    @Override
    protected TestZpool zpool(String name) {
        return zpool;
    }

    @Override
    protected void assertSentAfterWriting(long bytes) {
        assertThat(bytes).isZero();
    }

    @Test
    void aLargeFileIsThereWithoutBeingSent() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));
        long before = used(there());

        try (LayerSender sender = sender()) {
            sender.beginOn(here().imageTree(), there().imageTree(), () -> false);
            assertThat(send(sender, "web")).isZero();
        }

        in(there(), root -> assertThat(root.resolve("large")).hasSize(LARGE));
        assertThat(used(there()) - before).isLessThan(LARGE / 8);
    }

    @Test
    void whatIsSentToAPoolWithAKeyIsEncryptedWithIt(@TempDir Path keys) throws IOException {
        Path key = Files.writeString(keys.resolve("key"), "a long passphrase");
        RootFilesystem secret = container(pool(
                "secret",
                List.of("-o", "encryption=on", "-o", "keyformat=passphrase", "-o", "keylocation=file://" + key)));
        tested().requireUsable(pathOf(secret));
        tested().create(secret);
        in(here(), root -> Files.writeString(root.resolve("name"), "web"));

        try (LayerSender sender = sender(here(), secret)) {
            sender.beginOn(here().imageTree(), secret.imageTree(), () -> true);
            assertThat(send(sender, here().directory(), secret.directory())).isPositive();
        }

        assertThat(value("encryptionroot", dataset(secret) + "/ct/web")).isEqualTo(dataset(secret));
        in(secret, root -> assertThat(root.resolve("alias")).hasContent("web"));
    }
}
