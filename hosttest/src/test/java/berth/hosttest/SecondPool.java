package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A second pool, called fast, on a btrfs in a file, for each test; afterwards it is gone, and with it every container of the host. */
record SecondPool(Host host) implements BeforeEachCallback, AfterEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) {
        host.given(
                "pool install --driver btrfs --size 512M --path %s fast".formatted(host.pool("fast")),
                "pool set trash-age fast 0");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        host.shell("for c in $(osctl ct ls -H -o pool,id | tr '\\t' :); do osctl ct del -f --purge $c; done;"
                        + " osctl trash prune --all")
                .run();
        host.given("pool set trash-age tank 0", "pool uninstall fast");
        assertThat(host.shell("rm -rf %1$s %1$s.btrfs".formatted(host.pool("fast")))
                        .run())
                .succeeds();
    }
}
