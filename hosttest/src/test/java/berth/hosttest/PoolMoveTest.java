package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool of driver dir. */
final class PoolMoveTest extends PoolMoveContract {
    @RegisterExtension
    static final Host here = Host.withBusybox();

    @RegisterExtension
    static final Host there = Host.bare();

    PoolMoveTest() {
        super(here, there);
    }

    @Test
    void aDamagedFileCostsWhatItDescribes() {
        here.given("pool import tank", "ct new --image busybox whole", "pool export tank");
        idsAreTaken();
        List<String> files = List.of("conf/ct/web.yml", "conf/group/%2Fshop.yml");
        there.shell("for f in %s; do cp $f $f.sound; echo 'nonsense: [' > $f; done"
                        .formatted(String.join(
                                " ",
                                files.stream()
                                        .map(f -> here.pool("tank").resolve(f).toString())
                                        .toList())))
                .run();

        assertThat(comesIn()).succeeds();

        assertThat(there.osctl("ct start whole")).succeeds();
        assertThat(there.osctl("ct start web")).fails(Status.NOT_FOUND);
        assertThat(there.osctl("healthcheck")).mentions("container web");
        there.given("ct del -f --purge whole", "pool uninstall tank");
        there.shell("cd %s/conf; for f in ct/web group/%%2Fshop; do mv $f.yml.sound $f.yml; rm -f $f.yml.broken*; done"
                        .formatted(here.pool("tank")))
                .run();
        comesIn();
        holds(there, "web", "second");
    }
}
