package berth.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.Instance;
import berth.engine.storage.btrfs.BtrfsDisks;
import berth.engine.storage.dir.DirDriver;
import berth.engine.storage.zfs.ZfsDatasets;
import berth.linux.mount.Overlays;
import berth.linux.mount.UserNamespaces;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolsTest {
    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;
    private Pools pools;

    @BeforeEach
    void make() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        pools = pools();
    }

    @Test
    void aPoolIsThereAfterARestart() {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        Pools later = pools();
        later.load();

        assertThat(later.usable("tank").path()).isEqualTo(directory.resolve("tank"));
    }

    @Test
    void withoutAPathItLiesInTheStateDirectory() {
        assertThat(pools.install(NewPool.directory("tank", Optional.empty())).path())
                .isEqualTo(directory.resolve("state/pool/tank"));
    }

    @Test
    void imagesAndRootFileSystemsAreClosedToOtherUsersOfTheHost() throws Exception {
        Pool pool = pools.install(NewPool.directory("tank", Optional.empty()));

        assertThat(Files.getPosixFilePermissions(pool.images()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(pool.containers()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aPoolCannotLieInAnotherOne() {
        Pool outer = pools.install(NewPool.directory("tank", Optional.empty()));

        assertThatThrownBy(() -> pools.install(
                        NewPool.directory("inner", Optional.of(outer.path().resolve("ct/inner")))))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("of pool 'tank' lie in each other");
        assertThat(outer.path().resolve("ct/inner")).doesNotExist();
    }

    @Test
    void aDirectoryWithOtherThingsInItIsRefused() throws Exception {
        Path mine = Files.createDirectory(directory.resolve("mine"));
        Files.writeString(mine.resolve("letter"), "dear");

        assertThatThrownBy(() -> pools.install(NewPool.directory("tank", Optional.of(mine))))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("is not empty");
        assertThat(mine.resolve("letter")).hasContent("dear");
        assertThat(pools.all()).isEmpty();
    }

    @Test
    void anUninstalledPoolCanBeTakenBack() {
        Path path = directory.resolve("tank");
        pools.install(NewPool.directory("tank", Optional.of(path)));
        pools.uninstall("tank");

        assertThat(pools.all()).isEmpty();
        assertThat(pools.install(NewPool.directory("tank", Optional.of(path))).whyUnusable())
                .isEmpty();
    }

    @Test
    void aPoolWhoseDirectoryIsMissingSaysSoAndTheOthersWork() throws Exception {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        pools.install(NewPool.directory("other", Optional.of(directory.resolve("other"))));
        Files.move(directory.resolve("tank"), directory.resolve("elsewhere"));
        Pools later = pools();
        later.load();

        assertThatThrownBy(() -> later.usable("tank")).hasMessageContaining("does not exist");
        assertThat(later.usable("other").state()).isEqualTo("active");
    }

    @Test
    void anEmptyMountPointIsNotMistakenForThePool() throws Exception {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        Files.move(directory.resolve("tank"), directory.resolve("elsewhere"));
        Files.createDirectory(directory.resolve("tank"));
        Pools later = pools();
        later.load();

        assertThatThrownBy(() -> later.usable("tank")).hasMessageContaining("does not hold pool 'tank'");
        assertThat(directory.resolve("tank")).isEmptyDirectory();
    }

    @Test
    void anExportedPoolStaysAwayUntilItIsImported() {
        pools.install(NewPool.directory("tank", Optional.empty()));
        pools.export("tank");
        Pools later = pools();
        later.load();

        assertThat(later.all()).isEmpty();
        assertThat(later.exported()).containsExactly("tank");
        assertThat(later.reimport("tank").state()).isEqualTo("active");
    }

    @Test
    void aDirectoryThatMonitorsCannotReachIsRefused() throws Exception {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

        assertThatThrownBy(() -> pools.install(NewPool.directory("tank", Optional.of(closed.resolve("tank")))))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("may not pass through");
    }

    @Test
    void theFirstInstalledIsTheDefaultWhateverItsName() {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        now = now.plusSeconds(1);
        pools.install(NewPool.directory("data", Optional.of(directory.resolve("data"))));

        assertThat(pools.byDefault().name()).isEqualTo("tank");
        Pools later = pools();
        later.load();
        assertThat(later.all()).extracting(Pool::name).containsExactly("tank", "data");
    }

    @Test
    void nothingGoesElsewhereBecauseTheDefaultIsBroken() {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        now = now.plusSeconds(1);
        pools.install(NewPool.directory("data", Optional.of(directory.resolve("data"))));
        pools.refuse("tank", "it is broken");

        assertThatThrownBy(pools::byDefault).hasMessageContaining("'tank' cannot be used: it is broken");
    }

    @Test
    void aPoolThatHasAnsweredIsUsedWithoutBeingAskedAgain() {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        pools.refuse("tank", "its file system did not answer");

        assertThat(pools.useAnswered("tank").whyUnusable()).isEmpty();
        assertThat(pools.usable("tank").path()).isEqualTo(directory.resolve("tank"));
    }

    @Test
    void whoeverLooksAtAPoolAtTheSameTimeLooksAfterTheOther() throws Exception {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger looking = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Pools seen = pools(whenAsked(driver(), () -> {
            most.accumulateAndGet(looking.incrementAndGet(), Math::max);
            both.countDown();
            both.await(300, TimeUnit.MILLISECONDS);
            looking.decrementAndGet();
            return true;
        }));

        FutureTask<Pool> other = new FutureTask<>(() -> seen.reimport("tank"));
        Thread.startVirtualThread(other);
        Pool first = seen.reimport("tank");

        assertThat(List.of(first, other.get())).allMatch(p -> p.whyUnusable().isEmpty());
        assertThat(most).hasValue(1);
    }

    @Test
    void poolsAreLookedAtAtOnceSoThatTwoThatHangCostTheTimeOfOne() {
        pools.install(NewPool.directory("tank", Optional.of(directory.resolve("tank"))));
        pools.install(NewPool.directory("data", Optional.of(directory.resolve("data"))));
        CountDownLatch both = new CountDownLatch(2);
        Pools later = pools(whenAsked(driver(), () -> {
            both.countDown();
            both.await();
            return true;
        }));

        later.load();

        assertThat(later.all()).hasSize(2).allMatch(p -> p.whyUnusable().isEmpty());
    }

    /** As {@code driver}, which has {@code work} done first when it is asked whether a pool can be used. */
    private static StorageDriver whenAsked(StorageDriver driver, Callable<?> work) {
        return (StorageDriver) Proxy.newProxyInstance(
                StorageDriver.class.getClassLoader(), new Class<?>[] {StorageDriver.class}, (_, method, arguments) -> {
                    if (method.getName().equals("requireUsable")) {
                        work.call();
                    }
                    return method.invoke(driver, arguments);
                });
    }

    private Pools pools() {
        return pools(driver());
    }

    private Pools pools(StorageDriver driver) {
        return new Pools(instance(), List.of(driver), new BtrfsDisks(), new ZfsDatasets(), clock);
    }

    private StorageDriver driver() {
        return new DirDriver(
                new Overlays(directory.resolve("overlay")),
                new UserNamespaces(List.of("none")),
                new Trash(Runnable::run, new Random(1)));
    }

    private Instance instance() {
        return new Instance("test", directory.resolve("run"), directory.resolve("state"));
    }
}
