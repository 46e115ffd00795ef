package berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.PollLoop;
import berth.linux.process.Signal;
import berth.linux.process.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class CgroupTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CgroupHost host = CgroupHost.detect();
    private final Cgroup top = host.at("berth-test-" + ProcessHandle.current().pid());

    @AfterEach
    void removeAll() {
        top.kill();
        top.delete(LONG);
    }

    @Test
    void aCgroupIsMadeInEveryTreeWithItsParentsAndRemovedWithItsChildren() {
        Cgroup leaf = top.child("group.a/user.b");

        leaf.create();
        leaf.create();

        assertThat(leaf.directories())
                .hasSameSizeAs(host.hierarchies())
                .allSatisfy(d -> assertThat(d).isDirectory());
        assertThat(leaf.exists()).isTrue();

        top.delete(LONG);
        top.delete(LONG);

        assertThat(top.exists()).isFalse();
        assertThat(top.directories()).allSatisfy(d -> assertThat(d).doesNotExist());
    }

    @Test
    void cgroupsAreRemovedHoweverTheyAreNamedAndHoweverDeepTheyLie() {
        Cgroup leaf = top.child("guest");
        leaf.create();
        for (Path start : leaf.directories()) {
            nest(Directory.open(start, Resolution.NO_LINKS), 600);
        }

        top.delete(LONG);

        assertThat(top.directories()).allSatisfy(d -> assertThat(d).doesNotExist());
    }

    /** Deeper than a path can tell, with a name at each level that is no text. */
    private static void nest(Directory start, int levels) {
        Directory here = start;
        for (int i = 0; i < levels; i++) {
            here.createDirectory("deeper", 0755);
            here.createDirectory("odd\udcff", 0755);
            Directory next = here.openDirectory("deeper");
            here.close();
            here = next;
        }
        here.close();
    }

    @Test
    void noMoreCgroupsAreMadeThanAreAllowed() throws IOException {
        top.create();
        top.limitCgroups(2, 1);
        Path unified = host.unified().orElseThrow().root().resolve(top.path());

        Files.createDirectory(unified.resolve("one"));
        Files.createDirectory(unified.resolve("two"));

        assertThatThrownBy(() -> Files.createDirectory(unified.resolve("three")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Files.createDirectory(unified.resolve("one/deeper")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aProcessCanEnterBeneathParentsThatSomebodyElseIsStillMaking() throws IOException {
        Cgroup leaf = top.child("a/b");
        for (Path directory : leaf.directories()) {
            Files.createDirectories(directory);
        }

        leaf.create();

        try (Child sleeper = sleepIn(leaf)) {
            assertThat(leaf.directProcesses()).containsExactly(sleeper.pid());
        }
    }

    @Test
    void aProcessCanEnterEveryTreeAndIsFoundThere() {
        Cgroup leaf = top.child("a/b");
        leaf.create();
        try (Child sleeper = sleepIn(leaf)) {
            assertThat(leaf.directProcesses()).containsExactly(sleeper.pid());
            assertThat(top.processes()).containsExactly(sleeper.pid());
            assertThat(top.directProcesses()).isEmpty();
            assertThat(top.directProcesses("a/b")).containsExactly(sleeper.pid());
            assertThat(top.directProcesses("nothing")).isEmpty();
            assertThat(host.pathOf(sleeper.pid())).contains(leaf.path());
            assertThat(top.isEmpty()).isFalse();
            assertThat(leaf.directories())
                    .allSatisfy(d -> assertThat(d.resolve("cgroup.procs")).hasContent(sleeper.pid() + "\n"));

            assertThatThrownBy(() -> top.delete(Duration.ofMillis(20)))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.is(Errno.EBUSY)).isTrue());

            top.kill();

            assertThat(sleeper.await().signal()).isEqualTo(Signal.KILL.number());
            assertThat(top.awaitEmpty(LONG)).isTrue();
        }
    }

    @Test
    void frozenProcessesStandUntilThawedAndCanBeKilledFrozen() {
        top.create();
        try (Child sleeper = sleepIn(top)) {
            assertThat(top.isFrozen()).isFalse();
            top.freeze(LONG);
            assertThat(top.isFrozen()).isTrue();
            top.thaw();
            assertThat(top.isFrozen()).isFalse();

            top.freeze(LONG);
            top.kill();

            assertThat(sleeper.await().signal()).isEqualTo(Signal.KILL.number());
        }
    }

    @Test
    void whereOnlyV1IsMountedFreezingAndKillingWorkTheOldWay() {
        List<Hierarchy> v1 = host.hierarchies().stream().filter(h -> !h.isV2()).toList();
        assumeFalse(v1.isEmpty(), "no tree of cgroup v1 is mounted here");
        Cgroup old = CgroupHost.of(v1).at(top.path());
        old.child("below").create();
        try (Child sleeper = sleepIn(old.child("below"))) {
            old.freeze(LONG);
            assertThat(old.isFrozen()).isTrue();
            assertThat(old.processes()).containsExactly(sleeper.pid());
            old.thaw();
            assertThat(old.isFrozen()).isFalse();

            old.freeze(LONG);
            old.kill();

            assertThat(sleeper.await().signal()).isEqualTo(Signal.KILL.number());
            assertThat(old.awaitEmpty(LONG)).isTrue();
        }
    }

    @Test
    void aDelegateOwnsTheDirectoryAndTheProcessListsButNoLimits() throws IOException {
        top.create();
        Cgroup delegated = top.child("delegated");

        delegated.createDelegated(700000, 700001);

        assertThat(delegated.directories())
                .filteredOn(Files::exists)
                .isNotEmpty()
                .allSatisfy(directory -> {
                    assertThat(owner(directory)).isEqualTo("700000:700001");
                    assertThat(owner(directory.resolve("cgroup.procs"))).isEqualTo("700000:700001");
                });
        assertThat(delegated.entrances()).hasSameSizeAs(delegated.directories()).allMatch(Files::isDirectory);
        Path limit = delegated.directory("pids").orElseThrow().resolve("pids.max");
        assertThat(owner(limit)).isEqualTo("0:0");
    }

    @Test
    void usageIsCounted() {
        top.create();
        try (Child sleeper = sleepIn(top)) {
            assertThat(top.tasks()).hasValue(1);
            assertThat(top.memoryBytes().orElseThrow()).isNotNegative();
            CpuUsage cpu = top.cpuUsage().orElseThrow();
            assertThat(cpu.total()).isNotNegative();
            assertThat(sleeper.signal(Signal.KILL)).isTrue();
            sleeper.await();
        }
    }

    @Test
    void ofACgroupThatIsNotThereEverythingIsEmpty() {
        assertThat(top.exists()).isFalse();
        assertThat(top.processes()).isEmpty();
        assertThat(top.isEmpty()).isTrue();
        assertThat(top.awaitEmpty(Duration.ZERO)).isTrue();
        assertThat(top.memoryBytes()).isEmpty();
        assertThat(top.tasks()).isEmpty();
        assertThat(top.cpuUsage()).isEmpty();
        assertThat(top.isFrozen()).isFalse();
        top.kill();
    }

    @Test
    void theLastProcessGoingIsAnEventOfThePollLoop() throws Exception {
        top.create();
        LinkedBlockingQueue<Boolean> empty = new LinkedBlockingQueue<>();
        try (Child sleeper = sleepIn(top);
                Fd events = Fd.openForReading(top.eventsFile().orElseThrow());
                PollLoop loop = PollLoop.start(Runnable::run)) {
            CgroupFile.text(events);
            loop.watch(
                    events, Poll.PRI, came -> empty.add(CgroupFile.text(events).contains("populated 0")));

            sleeper.signal(Signal.KILL);

            assertThat(empty.take()).isTrue();
            sleeper.await();
        }
    }

    private static Child sleepIn(Cgroup cgroup) {
        Child sleeper = Spawner.spawn(Command.of("/bin/sleep", "600"));
        cgroup.add(sleeper.pid());
        return sleeper;
    }

    private static String owner(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) + ":"
                + Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }
}
