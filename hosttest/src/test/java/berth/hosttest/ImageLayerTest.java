package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images that stand on others: made, run, deleted. */
final class ImageLayerTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Path layer(String name) throws IOException {
        Path tree = Files.createDirectories(host.scratch().resolve(name + "-tree/srv"));
        Host.write(tree.resolve("app"), name + "\n");
        Path archive = host.scratch().resolve(name + ".tar");
        assertThat(host.shell("tar -cf %s -C %s .".formatted(archive, tree.getParent()))
                        .run())
                .succeeds();
        return archive;
    }

    @Test
    void aContainerRunsOnALayerOverItsBase() throws IOException {
        assertThat(host.osctl("image new --base busybox --layer %s app".formatted(layer("app"))))
                .succeeds();

        host.given("ct new --image app one", "ct start one");
        assertThat(host.osctl("ct exec one cat /srv/app")).succeeds().prints("app");
        assertThat(host.json("image show busybox").get("id").asString())
                .startsWith(host.json("image show app").get("base").asString());
        assertThat(host.osctl("image show app")).mentions("own_size");
        host.given("ct del -f one", "image del app");
    }

    @Test
    void whatAContainerHasBecomeIsALayerOverWhatItStoodOn() {
        host.given("ct new --image busybox two", "ct start two");
        assertThat(host.osctl(List.of("ct", "exec", "two", "sh", "-c", "echo mine > /srv-file; rm /etc/passwd")))
                .succeeds();

        assertThat(host.osctl("image new --from-container two become")).succeeds();

        host.given("ct new --image become three", "ct start three");
        assertThat(host.osctl("ct exec three cat /srv-file")).succeeds().prints("mine");
        assertThat(host.osctl("ct exec three test -e /etc/passwd")).exits(1);
        host.given("ct del -f two", "ct del -f three", "image del become");
    }

    @Test
    void aBaseStaysAsLongAsAnImageStandsOnIt() throws IOException {
        host.given("image new --base busybox --layer %s upper".formatted(layer("upper")));

        assertThat(host.osctl("image del busybox")).fails(Status.IN_USE).complains("upper");

        host.killDaemon();
        host.startDaemon();
        assertThat(host.osctl("image del busybox")).fails(Status.IN_USE).complains("upper");
        host.given("image del upper");
    }

    @Test
    void imagesWithoutNameAndUserArePruned() throws IOException {
        host.given(
                "image new --base busybox --layer %s pruned".formatted(layer("old")),
                "image new --base busybox --layer %s pruned".formatted(layer("new")));

        assertThat(host.osctl("image prune")).succeeds();

        assertThat(host.osctl("image ls -H -o name")).mentions("pruned", "busybox");
        assertThat(host.shell("ls %s | grep -c '^[0-9a-f]*$'"
                                .formatted(host.pool("tank").resolve("image")))
                        .run())
                .prints("2");
        host.given("image del pruned");
        assertThat(host.osctl("image prune")).succeeds().mentions("nothing to delete");
    }
}
