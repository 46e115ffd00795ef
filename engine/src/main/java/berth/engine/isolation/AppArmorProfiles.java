package berth.engine.isolation;

import berth.engine.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The two AppArmor profiles that an instance's containers share, as apparmor.d(5) has them. Both are written for containers in user
 * namespaces: the kernel bounds what their root may do, and they bound it once more where a mistake of the kernel's would cost most.
 */
final class AppArmorProfiles {
    /** Debian lets lxc-start change to profiles of names like this, and to no others. Instances have no dots in their names. */
    private static final String NAME = "lxc-berth.%s.%s";

    private AppArmorProfiles() {}

    /** The one for containers in which no others run. */
    static String usual(Instance instance) {
        return NAME.formatted(instance.name(), "default");
    }

    /** The one for containers in which others run. */
    static String nesting(Instance instance) {
        return NAME.formatted(instance.name(), "nesting");
    }

    /** The file with both. The older ABI is one in which making user namespaces is not mediated, that is allowed. */
    static String text(Instance instance) throws IOException {
        String common = common();
        return """
                abi <abi/3.0>,
                include <tunables/global>

                profile %s flags=(attach_disconnected,mediate_deleted) {
                %s
                  # A container's /proc and /sys are those that it began with, of which parts are covered;
                  # the log says so to who wonders why nothing can be nested.
                  audit deny mount fstype=proc,
                  audit deny mount fstype=sysfs,
                }

                profile %s flags=(attach_disconnected,mediate_deleted) {
                %s
                  # They are there so that others like them can be mounted, not to be used.
                  deny /dev/.lxc/{proc,sys}/** rwklx,
                }
                """.formatted(usual(instance), common, nesting(instance), common);
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
