package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

/** A pool {@code kept} of driver dir, in an ext4 that keeps projects to their quotas, with the image {@code busybox}. */
public final class KeptPool {
    private KeptPool() {}

    /** Makes it. Skips the tests of {@code tests} if the kernel keeps no quotas of ext4. */
    public static void make(Host host, Class<?> tests) {
        assertThat(host.shell(
                                ("truncate -s 256M {0}.disk && mkfs.ext4 -q -O project,quota -E lazy_itable_init=0 {0}.disk"
                                                + " && mkdir -p {0}")
                                        .replace("{0}", host.pool("kept").toString()))
                        .run())
                .succeeds();
        boolean mounted = host.shell("mount -o loop,prjquota {0}.disk {0} && chmod 755 {0}"
                                .replace("{0}", host.pool("kept").toString()))
                        .run()
                        .status()
                == 0;
        if (!mounted) {
            clear(host);
        }
        Skip.unless(mounted, tests.getSimpleName(), "this kernel mounts no ext4 with project quotas");
        host.given(
                "pool install --path %s kept".formatted(host.pool("kept")),
                "pool set trash-age kept 0",
                "--pool kept image build busybox");
    }

    /** Mounts it otherwise, with {@code options}, while no daemon has it. */
    static void mount(Host host, String options) {
        assertThat(host.shell("umount {0} && mount -o loop,{1} {0}.disk {0}"
                                .replace("{0}", host.pool("kept").toString())
                                .replace("{1}", options))
                        .run())
                .succeeds();
    }

    /** Takes it away, with all its containers. */
    public static void remove(Host host) {
        if (host.shell("mountpoint " + host.pool("kept")).run().status() == 0) {
            host.given("pool uninstall kept");
            assertThat(host.shell("umount " + host.pool("kept")).run()).succeeds();
            clear(host);
        }
    }

    private static void clear(Host host) {
        assertThat(host.shell("rm -r {0} {0}.disk"
                                .replace("{0}", host.pool("kept").toString()))
                        .run())
                .succeeds();
    }
}
