package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.netlink.IpAddresses;
import java.util.List;

/** netplan, which makes a configuration of systemd-networkd at every start. Source: netplan(5). */
final class Netplan implements Dialect {
    private static final String DIRECTORY = "etc/netplan";
    private static final String FILE = DIRECTORY + "/90-berth.yaml";

    /** netplan complains of files that others can read. */
    private static final int MODE = 0600;

    @Override
    public Presence presence(GuestTree tree) {
        boolean isThere =
                tree.hasDirectory(DIRECTORY) && tree.leadsTo("usr/sbin/netplan") && Networkd.isInstalled(tree);
        return isThere ? Presence.ENABLED : Presence.ABSENT;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        if (interfaces.isEmpty()) {
            MarkedFile.remove(tree, FILE);
            return;
        }
        StringBuilder text = new StringBuilder("network:\n  version: 2\n  ethernets:\n");
        interfaces.forEach(one -> add(one, text));
        MarkedFile.write(tree, FILE, text.toString(), MODE);
    }

    private static void add(GuestInterface one, StringBuilder text) {
        // Not one renderer for all: other files may have chosen another for their own interfaces.
        text.append("    \"%s\":\n      renderer: networkd\n".formatted(one.name()))
                .append("      dhcp4: %s\n      dhcp6: %s\n".formatted(one.dhcp(), one.dhcp()));
        if (one.mtu() != null) {
            text.append("      mtu: %d\n".formatted(one.mtu()));
        }
        if (!one.addresses().isEmpty()) {
            text.append("      addresses:\n");
            one.addresses().forEach(a -> text.append("        - \"%s\"\n".formatted(a)));
        }
        if (!one.routes().isEmpty()) {
            text.append("      routes:\n");
            one.routes().forEach(r -> add(r, text));
        }
    }

    private static void add(GuestInterface.Hop hop, StringBuilder text) {
        text.append("        - to: \"%s\"\n".formatted(hop.destination()));
        if (hop.gateway().isPresent()) {
            text.append("          via: \"%s\"\n"
                    .formatted(IpAddresses.text(hop.gateway().get())));
        } else {
            text.append("          scope: link\n");
        }
        if (hop.metric().isPresent()) {
            text.append("          metric: %d\n".formatted(hop.metric().getAsLong()));
        }
        if (hop.isOnLink()) {
            text.append("          on-link: true\n");
        }
    }
}
