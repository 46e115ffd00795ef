package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.netlink.IpAddresses;
import java.util.List;
import java.util.Optional;

/** systemd-networkd. It takes the first file that matches, so these go before an image's own. Source: systemd.network(5). */
final class Networkd implements Dialect {
    private static final String UNIT = "systemd-networkd.service";
    private static final String DIRECTORY = "etc/systemd/network";

    /** networkd reads them as a user of its own. */
    private static final int MODE = 0644;

    private static final InterfaceFiles FILES = new InterfaceFiles(DIRECTORY, "10-berth-", ".network", MODE);

    /** Whether a guest has it, started or not. */
    static boolean isInstalled(GuestTree tree) {
        return !SystemdUnits.isMasked(tree, UNIT)
                && (tree.leadsTo("usr/lib/systemd/systemd-networkd") || tree.leadsTo("lib/systemd/systemd-networkd"));
    }

    @Override
    public Presence presence(GuestTree tree) {
        if (!isInstalled(tree) || !tree.hasDirectory(DIRECTORY)) {
            return Presence.ABSENT;
        }
        // Debian and others have it in the package of systemd itself.
        return SystemdUnits.isEnabled(tree, UNIT) ? Presence.ENABLED : Presence.IDLE;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        FILES.write(tree, interfaces, one -> Optional.of(text(one)));
    }

    private static String text(GuestInterface one) {
        StringBuilder text = new StringBuilder("[Match]\nName=%s\n".formatted(one.name()));
        if (one.mtu() != null) {
            text.append("\n[Link]\nMTUBytes=%d\n".formatted(one.mtu()));
        }
        text.append("\n[Network]\nDHCP=%s\n".formatted(one.dhcp() ? "yes" : "no"));
        one.addresses().forEach(a -> text.append("Address=%s\n".formatted(a)));
        for (GuestInterface.Hop hop : one.routes()) {
            text.append("\n[Route]\nDestination=%s\n".formatted(hop.destination()));
            if (hop.gateway().isPresent()) {
                text.append(
                        "Gateway=%s\n".formatted(IpAddresses.text(hop.gateway().get())));
            } else if (hop.destination().isIpv4()) {
                text.append("Scope=link\n");
            }
            if (hop.metric().isPresent()) {
                text.append("Metric=%d\n".formatted(hop.metric().getAsLong()));
            }
            if (hop.isOnLink()) {
                // Spelled as before systemd 244, which later ones still take.
                text.append("GatewayOnlink=yes\n");
            }
        }
        return text.toString();
    }
}
