package berth.linux.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.Capture;
import berth.linux.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The program in the kernel, with real processes and devices. */
@Tag("root")
class DeviceFilterTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Set<DeviceAccess> ALL = EnumSet.allOf(DeviceAccess.class);
    private static final DeviceRule NULL = character(3, ALL);
    private static final DeviceRule ZERO = character(5, ALL);

    private final CgroupHost host = CgroupHost.detect();
    private final Cgroup top =
            host.at("berth-devices-" + ProcessHandle.current().pid());

    @BeforeEach
    void makeCgroup() {
        assumeTrue(host.unified().isPresent(), "no cgroup2 here");
        top.child("within").create();
    }

    @AfterEach
    void removeCgroup() {
        top.delete(LONG);
    }

    @Test
    void whatNoRuleAllowsIsForbidden() throws Exception {
        enforce(List.of(NULL));

        assertThat(works("echo x >/dev/null")).isTrue();
        assertThat(works("head -c 1 /dev/zero")).isFalse();
        assertThat(works("head -c 1 /dev/urandom")).isFalse();
    }

    @Test
    void anEmptyListForbidsEverything() throws Exception {
        enforce(List.of());

        assertThat(works("echo x >/dev/null")).isFalse();
    }

    @Test
    void aListTakesThePlaceOfTheOneBeforeIt() throws Exception {
        enforce(List.of(NULL));
        enforce(List.of(ZERO));
        enforce(List.of(ZERO));

        assertThat(works("head -c 1 /dev/zero")).isTrue();
        assertThat(works("echo x >/dev/null")).isFalse();
        assertThat(DeviceFilter.isEnforced(directory())).isTrue();
        assertThat(DeviceFilter.isEnforced(directory().resolve("within"))).isFalse();
    }

    @Test
    void readingAndWritingAreAllowedOneByOne() throws Exception {
        enforce(List.of(character(3, EnumSet.of(DeviceAccess.READ))));
        assertThat(works("cat /dev/null")).isTrue();
        assertThat(works("echo x >/dev/null")).isFalse();

        enforce(List.of(character(3, EnumSet.of(DeviceAccess.WRITE))));
        assertThat(works("cat /dev/null")).isFalse();
        assertThat(works("echo x >/dev/null")).isTrue();
    }

    @Test
    void nodesCanBeMadeOfWhatMayNotBeUsed() throws Exception {
        DeviceRule any = new DeviceRule(
                DeviceType.CHAR, OptionalInt.empty(), OptionalInt.empty(), EnumSet.of(DeviceAccess.MKNOD));
        String node = "/tmp/berth-node-" + ProcessHandle.current().pid();
        enforce(List.of(NULL, any));

        assertThat(works("mknod %1$s c 1 5; e=$?; rm -f %1$s; exit $e".formatted(node)))
                .isTrue();
        assertThat(works("mknod %1$s b 7 0; e=$?; rm -f %1$s; exit $e".formatted(node)))
                .isFalse();
        assertThat(works("head -c 1 /dev/zero")).isFalse();
    }

    @Test
    void aDriversDevicesAreAllowedTogether() throws Exception {
        enforce(List.of(new DeviceRule(DeviceType.CHAR, OptionalInt.of(1), OptionalInt.empty(), ALL)));

        assertThat(works("head -c 1 /dev/zero && head -c 1 /dev/urandom >/dev/null"))
                .isTrue();
        assertThat(works(": </dev/ptmx")).isFalse();
    }

    @Test
    void aBlockDeviceIsNoCharacterDevice() throws Exception {
        // The machine's first loop device has nothing in it: opened, it reads as empty. Some make it when one is asked
        // for.
        Capture.of(Command.of(List.of("losetup", "-f"))).run(LONG);
        assumeTrue(Files.exists(Path.of("/dev/loop0")), "no loop device here");
        enforce(List.of(new DeviceRule(DeviceType.CHAR, OptionalInt.of(7), OptionalInt.of(0), ALL)));
        assertThat(works("head -c 1 /dev/loop0")).isFalse();

        enforce(List.of(
                new DeviceRule(DeviceType.BLOCK, OptionalInt.of(7), OptionalInt.of(0), EnumSet.of(DeviceAccess.READ))));
        assertThat(works("head -c 1 /dev/loop0")).isTrue();
        assertThat(works(": >>/dev/loop0")).isFalse();
    }

    @Test
    void manyRulesAreOneProgram() throws Exception {
        List<DeviceRule> rules = new ArrayList<>();
        IntStream.range(0, 400)
                .forEach(minor ->
                        rules.add(new DeviceRule(DeviceType.BLOCK, OptionalInt.of(200), OptionalInt.of(minor), ALL)));
        rules.add(ZERO);
        enforce(rules);

        assertThat(works("head -c 1 /dev/zero")).isTrue();
        assertThat(works("cat /dev/null")).isFalse();
    }

    private void enforce(List<DeviceRule> rules) {
        try (DeviceFilter filter = DeviceFilter.load(rules)) {
            filter.enforce(directory());
        }
    }

    /** Whether a shell in a cgroup below can do it. */
    private boolean works(String script) throws Exception {
        String inside = "echo $$ >\"$0/within/cgroup.procs\" && " + script;
        return Capture.of(
                        Command.of(List.of("/bin/sh", "-c", inside, directory().toString())))
                .run(LONG)
                .status()
                .isSuccess();
    }

    private Path directory() {
        return host.unified().orElseThrow().root().resolve(top.path());
    }

    private static DeviceRule character(int minor, Set<DeviceAccess> access) {
        return new DeviceRule(DeviceType.CHAR, OptionalInt.of(1), OptionalInt.of(minor), access);
    }
}
