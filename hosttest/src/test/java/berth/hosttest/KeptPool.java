package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

/** A pool {@code kept} of driver dir, in an ext4 that keeps projects to their quotas, with the image {@code busybox}. */
public final class KeptPool {
    private KeptPool() {}

    /** Makes it. */
    public static void make(Host host) {
        assertThat(host.shell(("truncate -s 256M {0}.disk && mkfs.ext4 -q -O project,quota -E lazy_itable_init=0 {0}.disk"
                                        + " && mkdir -p {0} && mount -o loop,prjquota {0}.disk {0} && chmod 755 {0}")
                                .replace("{0}", host.pool("kept").toString()))
                        .run())
                .succeeds();
        host.given(
                "pool install --path %s kept".formatted(host.pool("kept")),
                "pool set trash-age kept 0",
                "--pool kept image build busybox");
    }

    /** Takes it away, with all its containers. */
    public static void remove(Host host) {
        host.given("pool uninstall kept");
        assertThat(host.shell("umount {0} && rm -r {0} {0}.disk".replace("{0}", host.pool("kept").toString()))
                        .run())
                .succeeds();
    }
}
