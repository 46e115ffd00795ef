package berth.engine.guest;

import java.util.List;

/** Which units a guest's systemd starts. Source: systemd.unit(5). */
final class SystemdUnits {
    private static final List<String> WANTS = List.of(
            "etc/systemd/system/multi-user.target.wants/",
            "etc/systemd/system/network-online.target.wants/",
            "etc/systemd/system/sysinit.target.wants/",
            "etc/systemd/system/network.target.wants/",
            "usr/lib/systemd/system/multi-user.target.wants/");

    private SystemdUnits() {}

    static boolean isEnabled(GuestTree tree, String unit) {
        return !isMasked(tree, unit) && WANTS.stream().anyMatch(w -> tree.has(w + unit));
    }

    static boolean isMasked(GuestTree tree, String unit) {
        return tree.linkTarget("etc/systemd/system/" + unit)
                .filter("/dev/null"::equals)
                .isPresent();
    }
}
