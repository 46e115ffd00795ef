package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files by which the kernel is asked and told: those of the host stay the host's. */
@ParameterizedClass
@EnumSource(Kind.class)
final class KernelFilesTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    /** What belongs to the container's own namespaces, and the triggers of pressure, which everybody may watch. */
    private static final Pattern OWN = Pattern.compile("/proc/pressure/.*|/proc/sys/(net|user|fs/mqueue)/.*"
            + "|/proc/sys/kernel/(auto_msgmni|msg\\w+|sem|sem_next_id|shm\\w+|ns_last_pid|pid_max|hostname|domainname)"
            + "|/sys/devices/virtual/net/.*|/sys/fs/cgroup/.*");

    private final Kind kind;

    private Attacker bad;

    KernelFilesTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttacker() {
        bad = Attacker.in(host, kind, "bad");
    }

    @Test
    void nothingIsWritableThatIsNotTheContainersOwn() {
        bad.asRoot("for m in /proc /proc/sys /proc/sysrq-trigger /sys; do mount -o remount,rw $m; done");

        assertThat(bad.tries("writable /proc /sys").stdout().lines()).allMatch(OWN.asMatchPredicate());
    }

    @Test
    void norIsItInAMountOfItsOwn() {
        bad.asRoot("mkdir -p /tmp/p /tmp/s; mount -t proc proc /tmp/p; mount -t sysfs sysfs /tmp/s");

        assertThat(bad.tries("writable /tmp/p/sys /tmp/p/irq /tmp/p/fs /tmp/s")
                        .stdout()
                        .lines()
                        .map(file -> file.replace("/tmp/p", "/proc").replace("/tmp/s", "/sys")))
                .allMatch(OWN.asMatchPredicate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc/sys/kernel/core_pattern",
                "/proc/sys/kernel/modprobe",
                "/proc/sys/kernel/hotplug",
                "/proc/sys/kernel/usermodehelper/bset",
                "/proc/sys/kernel/poweroff_cmd",
                "/proc/sys/kernel/randomize_va_space",
                "/proc/sys/vm/overcommit_memory",
                "/proc/sys/fs/suid_dumpable",
                "/proc/sys/fs/protected_symlinks",
                "/sys/kernel/uevent_helper",
                "/sys/power/state",
                "/sys/module/kernel/parameters/panic"
            })
    void whatTheHostObeysStaysAsItIs(String file) {
        String before = host.shell("cat " + file).run().stdout();

        bad.asRoot(
                "mount -o remount,rw /proc/sys; mount -o remount,rw /sys; for v in '|/tmp/evil' /tmp/evil 1 0 2; do echo \"$v\" >%s; done"
                        .formatted(file));

        assertThat(host.shell("cat " + file).run().stdout()).isEqualTo(before);
    }

    @Test
    void theMachineIsNeitherCrashedNorRestartedByAKey() {
        bad.asRoot("mount -o remount,rw /proc/sysrq-trigger; echo c >/proc/sysrq-trigger; echo b >/proc/sysrq-trigger");

        assertThat(host.shell("echo alive").run()).prints("alive");
        assertThat(host.state("bad")).isEqualTo("running");
    }

    @Test
    void aHandlerOfBinariesIsKnownInsideAtMost() {
        bad.asRoot("mkdir -p /tmp/b; mount -t binfmt_misc none /tmp/b;"
                + " echo ':evil:M::EVIL::/root/hostile:F' >/tmp/b/register; echo ':evil:M::EVIL::/root/hostile:F'"
                + " >/proc/sys/fs/binfmt_misc/register");

        assertThat(host.shell("unshare -m sh -c 'mount -t binfmt_misc none /mnt && ls /mnt'")
                        .run())
                .doesNotMention("evil");
    }

    @ParameterizedTest
    @ValueSource(strings = {"debugfs", "tracefs", "securityfs", "pstore", "configfs", "efivarfs", "devtmpfs"})
    void aFileSystemThatSpeaksForTheKernelCannotBeMounted(String type) {
        assertThat(bad.asRoot("mkdir -p /tmp/k && mount -t %s none /tmp/k && ls /tmp/k".formatted(type))
                        .status())
                .isNotZero();
    }

    @Test
    void noImageOfADiskCanBeMounted() {
        assertThat(bad.asRoot(
                                "dd if=/dev/zero of=/tmp/disk bs=1024 count=512 2>/dev/null; mkfs.ext2 /tmp/disk >/dev/null 2>&1;"
                                        + " mkdir -p /tmp/k; mount -o loop /tmp/disk /tmp/k || mount -t ext4 /tmp/disk /tmp/k")
                        .status())
                .isNotZero();
    }

    @Test
    void aFileIsNotOpenedByItsNumberInTheFileSystem() {
        assertThat(bad.tries("handle /")).printsNothing();
        assertThat(bad.asRoot("mkdir -p /tmp/h && mount -t tmpfs none /tmp/h && /root/hostile handle /tmp/h"))
                .printsNothing();
    }

    @Test
    void theRootIsTheOutermost() {
        assertThat(bad.asRoot("mkdir -p /tmp/c && /root/hostile climb /tmp/c")).printsNothing();
    }
}
