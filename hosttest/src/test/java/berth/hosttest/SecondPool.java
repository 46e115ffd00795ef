package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A second pool, called fast, for each test; afterwards it is gone, and with it every container of the host.
 *
 * @param zpool what it is on; a btrfs in a file if on none
 */
record SecondPool(Host host, Optional<Zpool> zpool) implements BeforeEachCallback, AfterEachCallback {
    static SecondPool onBtrfs(Host host) {
        return new SecondPool(host, Optional.empty());
    }

    /** On a ZFS pool of its own. */
    static SecondPool onZfs(Host host) {
        return new SecondPool(
                host,
                Optional.of(
                        new Zpool(host.zpool().name() + "-fast", host.scratch().resolve("fast"))));
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (zpool.isPresent()) {
            Files.createDirectories(zpool.get().scratch());
            zpool.get().make(host.pool("fast"));
            host.given("pool install --dataset %s fast".formatted(zpool.get().name()));
        } else {
            host.given("pool install --driver btrfs --size 512M --path %s fast".formatted(host.pool("fast")));
        }
        host.given("pool set trash-age fast 0");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        host.shell("for c in $(osctl ct ls -H -o pool,id | tr '\\t' :); do osctl ct del -f --purge $c; done;"
                        + " osctl trash prune --all")
                .run();
        try {
            host.given("pool set trash-age tank 0", "pool uninstall fast");
        } finally {
            zpool.ifPresent(Zpool::destroy);
        }
        if (zpool.isEmpty()) {
            // What was deleted has its space until btrfs has removed it, at leisure.
            host.shell("btrfs filesystem sync %1$s && btrfs subvolume sync %1$s".formatted(host.pool("tank")))
                    .run();
        }
        assertThat(host.shell("rm -rf %1$s %1$s.btrfs".formatted(host.pool("fast")))
                        .run())
                .succeeds();
    }
}
