package berth.engine.isolation;

import berth.engine.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The AppArmor profiles that an instance's containers share, as apparmor.d(5) has them: one for containers in which no others run, one
 * for those in which others do, and each once more for a root file system that is read-only. All are written for containers in
 * user namespaces: the kernel bounds what their root may do, and they bound it once more where a mistake of the kernel's would
 * cost most.
 */
final class AppArmorProfiles {
    private static final String HEAD = """
            abi <abi/3.0>,
            include <tunables/global>
            """;

    private static final String USUAL = """
              # A container's /sys is that which it began with; the log says so to who wonders. Its /proc it may mount anew, as
              # systemd does for services with ProtectProc, logind among them: of Debian 12 it gives up where this is refused.
              audit deny mount fstype=sysfs,
            """;

    private static final String NESTING = """
              # They are there so that others like them can be mounted, not to be used.
              deny /dev/.lxc/{proc,sys}/** rwklx,
              # LXC inside would want a profile of its own, and nobody there may load one. This tells it that there are none.
              deny /sys/module/apparmor/parameters/enabled r,
            """;

    /** Mounted anew, or covered, a root file system would be as good as writable. */
    private static final String READ_ONLY = """
              audit deny remount /,
              audit deny mount -> /{bin,boot,lib*,sbin,usr}/{,**},
              deny /{bin,boot,lib*,sbin,usr}/** wl,
            """;

    private AppArmorProfiles() {}

    /**
     * The one for containers in which others run, if {@code nesting}, and whose root file system is as told. Debian lets lxc-start
     * change to profiles of names like this, and to no others. Instances have no dots in their names.
     */
    static String name(Instance instance, boolean nesting, boolean readOnlyRoot) {
        return "lxc-berth.%s.%s%s"
                .formatted(instance.name(), nesting ? "nesting" : "default", readOnlyRoot ? ".read-only" : "");
    }

    /** The file with all. The older ABI is one in which making user namespaces is not mediated, that is allowed. */
    static String text(Instance instance) throws IOException {
        String common = common();
        return HEAD
                + profile(name(instance, false, false), common + USUAL)
                + profile(name(instance, true, false), common + NESTING)
                + profile(name(instance, false, true), common + USUAL + READ_ONLY)
                + profile(name(instance, true, true), common + NESTING + READ_ONLY);
    }

    private static String profile(String name, String rules) {
        return "\nprofile %s flags=(attach_disconnected,mediate_deleted) {\n%s}\n".formatted(name, rules);
    }

    private static String common() throws IOException {
        try (InputStream rules = AppArmorProfiles.class.getResourceAsStream("apparmor-common")) {
            if (rules == null) {
                throw new IOException("the rules apparmor-common are not in the program");
            }
            return new String(rules.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
