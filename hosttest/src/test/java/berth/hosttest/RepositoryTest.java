package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images come from a repository, and go into one of one's own. */
final class RepositoryTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Path served;
    private static String key;

    @BeforeAll
    static void aRepositoryWithOneImage() throws IOException {
        served = host.scratch().resolve("served");
        Result made = host.osctl("repository init " + served);
        assertThat(made).succeeds();
        key = Files.readString(served.resolve("key.pub")).strip();
        assertThat(made).mentions(key);
        assertThat(host.osctl("image publish --version 1 --tag stable busybox " + served))
                .succeeds();
    }

    private static Result add(String name, String trust) {
        return host.osctl("repository add %s %s file://%s".formatted(trust, name, served));
    }

    @Test
    void aContainerOfADistributionStandsOnTheImageOfARepository() {
        assertThat(add("acme", "--key " + key)).succeeds();
        assertThat(host.osctl("repository ls")).succeeds().mentions("acme", "berth", "signed");
        assertThat(host.osctl("repository images acme")).succeeds().mentions("busybox", "1", "default");

        assertThat(host.osctl("ct new --distribution busybox --version stable web"))
                .succeeds();

        host.given("ct start web");
        assertThat(host.osctl("ct exec web true")).succeeds();
        assertThat(host.json("image show busybox-1").get("id"))
                .isEqualTo(host.json("image show busybox").get("id"));
        assertThat(host.osctl("ct new --distribution plan9 x"))
                .fails(Status.NOT_FOUND)
                .complains("plan9");
        host.given("repository del acme");
    }

    @Test
    void aRepositoryIsKnownToTheNextDaemonToo() {
        assertThat(add("kept", "--insecure")).succeeds();
        host.given("repository disable kept");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.osctl("repository show kept")).succeeds().mentions("insecure", "no");
        host.given("repository enable kept", "repository del kept");
        assertThat(host.osctl("repository show kept")).fails(Status.NOT_FOUND);
    }

    @Test
    void anIndexThatSomebodyElseWroteIsRefused() throws IOException {
        Path other = Files.createDirectories(host.scratch().resolve("other"));
        assertThat(host.shell("cp %s/* %s && sed -i 's/\"stable\"/\"steady\"/' %s/berth-index"
                                .formatted(served, other, other))
                        .run())
                .succeeds();

        assertThat(host.osctl("repository add --key %s other file://%s".formatted(key, other)))
                .fails(Status.UNTRUSTED)
                .complains("not signed by the key");

        assertThat(host.osctl("repository ls")).doesNotMention("other");
    }

    @Test
    void whatSomebodyElsePutIntoAnIndexIsNotSignedWithTheNextImage() throws IOException {
        Path open = Files.createDirectories(host.scratch().resolve("open"));
        assertThat(host.shell("cp %s/* %s && sed -i 's/\"stable\"/\"steady\"/' %s/berth-index"
                                .formatted(served, open, open))
                        .run())
                .succeeds();

        assertThat(host.osctl("image publish --version 2 busybox " + open))
                .fails(Status.UNTRUSTED)
                .complains("repository sign");

        assertThat(Files.readString(open.resolve("berth-index"))).doesNotContain("\"version\":\"2\"");
        assertThat(host.osctl("repository sign " + open)).succeeds();
        assertThat(host.osctl("image publish --version 2 busybox " + open)).succeeds();
    }

    @Test
    void aRepositoryNeedsAKeyOrThatItIsCalledInsecure() {
        assertThat(add("none", "")).fails(Status.USAGE);
        assertThat(add("none", "--key nonsense")).fails(Status.INVALID).complains("no public key");
        assertThat(host.osctl("ct new --image busybox --version 3 x")).fails(Status.USAGE);
    }

    @Test
    void theSeedsMinimalTreeImportsAsACpioArchive() throws IOException {
        Path minimal = Files.createDirectories(host.scratch().resolve("minimal"));
        Tarball.busybox().writeTo(host.scratch().resolve("busybox.tar.gz"));
        assertThat(host.shell(
                                "cd %s && tar -xzf busybox.tar.gz -C minimal && find minimal -print | cpio -o | bzip2 > minimal.cpio.bz2"
                                        .formatted(host.scratch()))
                        .run())
                .succeeds();
        assertThat(minimal).isNotEmptyDirectory();

        assertThat(host.osctl("ct new --template %s/minimal.cpio.bz2 tiny".formatted(host.scratch())))
                .succeeds();

        host.given("ct start tiny");
        assertThat(host.osctl("ct exec tiny true")).succeeds();
    }

    @Test
    void aSquashfsBecomesAnImageThatBoots() {
        Tarball.busybox().writeTo(host.scratch().resolve("squash.tar.gz"));
        assertThat(host.shell(
                                "cd %s && mkdir squash && tar -xzf squash.tar.gz -C squash && mksquashfs squash small.squashfs -quiet -no-progress"
                                        .formatted(host.scratch()))
                        .run())
                .succeeds();

        assertThat(host.osctl("image import --name squash %s/small.squashfs".formatted(host.scratch())))
                .succeeds();

        host.given("ct new --image squash dense", "ct start dense");
        assertThat(host.osctl("ct exec dense true")).succeeds();
    }
}
