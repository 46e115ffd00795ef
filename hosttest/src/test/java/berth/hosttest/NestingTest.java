package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Debian with what makes containers, and whether it can. */
@Tag("debian")
final class NestingTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    /** A tree, and the same as an archive, of which a container can be made. */
    private static final String TREE =
            "mkdir -p /root/t/bin /root/t/usr /root/t/etc /root/t/proc /root/t/sys /root/t/dev /root/t/tmp /root/t/run"
                    + " && cp /bin/busybox /root/t/bin/sh && cp /bin/busybox /root/t/bin/id && touch /root/t/etc/os-release"
                    + " && tar cf /tmp/tree.tar -C /root/t . && chmod 644 /tmp/tree.tar && ";

    /** The usual user of podman, whose processes may use FUSE, as udev lets them on most hosts. */
    private static final String AS_ALICE = TREE
            + "useradd -m alice && echo alice:10000:50000 | tee /etc/subuid >/etc/subgid && chmod 666 /dev/fuse && su alice -c '"
            + "cd && export XDG_RUNTIME_DIR=/home/alice && p=\"podman --storage-driver overlay"
            + " --storage-opt mount_program=/usr/bin/fuse-overlayfs\""
            + " && $p import -q /tmp/tree.tar tree && $p run --rm --network none tree /bin/id'";

    @BeforeAll
    static void anImageWithWhatMakesContainers() {
        Path archive = Checkout.artifact(
                "nesting.tar",
                file -> DebianImage.build(
                        file,
                        List.of(
                                "--variant=minbase",
                                "--include=systemd-sysv,dbus,libpam-systemd,iproute2,lxc,busybox-static,systemd-container,podman,crun,uidmap,fuse-overlayfs",
                                // Services that only fail, or wait for a network, where there are no containers yet;
                                // and
                                // what is large and not
                                // looked at.
                                "--customize-hook=systemctl --root \"$1\" disable podman-restart podman-auto-update podman podman.socket lxc lxc-net",
                                "--customize-hook=cd \"$1/usr\" && rm -rf lib/cni lib/*/perl share/perl share/doc share/man share/locale share/zoneinfo")));
        assertThat(host.osctl("image import --name nesting " + archive)).succeeds();
    }

    /** Until then files in /tmp are removed, and there is no bus. */
    private static void isUp(String made) {
        host.given(made, "ct start deb");
        await("systemd is up")
                .atMost(Running.PATIENCE)
                .until(() -> inside("systemctl is-system-running").stdout().strip(), "running"::equals);
    }

    private static Result inside(String script) {
        return host.osctl(List.of("ct", "exec", "deb", "sh", "-c", script));
    }

    @Test
    void lxcRunsAContainerInside() {
        isUp("ct new --image nesting --nesting deb");

        assertThat(inside("echo lxc.net.0.type = empty >/root/config"
                        + " && lxc-create -n inner -f /root/config -t busybox >/dev/null 2>&1"
                        + " && lxc-start -n inner && lxc-wait -n inner -s RUNNING && lxc-attach -n inner -- hostname"))
                .succeeds()
                .prints("inner");

        host.given("ct stop --kill deb");
    }

    @Test
    void lxcRunsAContainerWithIdsOfItsOwnInside() {
        isUp("ct new --image nesting --nesting deb");

        assertThat(inside("echo root:10000:50000 | tee /etc/subuid >/etc/subgid"
                        + " && printf 'lxc.net.0.type = empty\nlxc.idmap = u 0 10000 50000\nlxc.idmap = g 0 10000 50000\n' >/root/config"
                        + " && chmod 755 /var/lib/lxc && lxc-create -n inner -f /root/config -t busybox >/dev/null 2>&1"
                        + " && chmod 755 /var/lib/lxc/inner && lxc-start -n inner && lxc-wait -n inner -s RUNNING"
                        + " && lxc-attach -n inner -- sh -c 'hostname && cat /proc/self/uid_map'"))
                .succeeds()
                .mentions("inner", "0      10000      50000");
    }

    @Test
    void anUnprivilegedUsersPodmanRunsAContainerInside() {
        isUp("ct new --image nesting --nesting deb");

        assertThat(inside(AS_ALICE)).succeeds().mentions("uid=0");
    }

    @Test
    void rootsPodmanUsesTheKernelsOverlaysInside() {
        isUp("ct new --image nesting --nesting deb");

        // Not on the root file system, which is an overlay itself; and cgroups of v1 cannot all be made inside.
        assertThat(
                        inside(
                                TREE + "p='podman --storage-driver overlay --root /dev/shm/s --runroot /dev/shm/r'"
                                        + " && $p import -q /tmp/tree.tar tree"
                                        + " && $p run --rm --network none --cgroups disabled tree /bin/sh -c 'id && grep \" / overlay \" /proc/mounts'"))
                .succeeds()
                .mentions("uid=0", "overlay");
    }

    @Test
    void nspawnRunsAContainerInside() {
        isUp("ct new --image nesting --nesting deb");

        // Where there is cgroup v2 alone. It takes a tree without systemd for an old one otherwise, which wants v1.
        String unified =
                "if [ -f /sys/fs/cgroup/cgroup.controllers ]; then export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1; fi; ";
        assertThat(inside(unified + TREE + "systemd-nspawn -q --register=no -D /root/t /bin/id </dev/null"))
                .succeeds()
                .mentions("uid=0");
    }

    @Test
    void systemdComesUpWithNestingAsWithout() {
        isUp("ct new --image nesting --nesting deb");

        assertThat(host.osctl("ct stop deb")).succeeds().mentions("ended by its init");
    }

    @Test
    void withoutNestingNoUserNamespaceGetsTheKernelsFileSystems() {
        isUp("ct new --image nesting deb");

        assertThat(inside("unshare -Urpf --mount-proc true")).exits(1).complains("/proc");
        // Where AppArmor refuses it, mount tries to mount it read-only, and tells of that.
        assertThat(inside("unshare -Urnm sh -c 'mount -t sysfs none /mnt'"))
                .exits(32)
                .complains("mount: /mnt: ");
        assertThat(inside(AS_ALICE)).complains("mount `proc`", "not permitted");
    }
}
