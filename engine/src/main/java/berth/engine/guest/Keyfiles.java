package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** NetworkManager. Source: nm-settings-keyfile(5), NetworkManager.conf(5). */
final class Keyfiles implements Dialect {
    private static final String UNIT = "NetworkManager.service";
    private static final String DIRECTORY = "etc/NetworkManager/system-connections";
    private static final String SETTINGS = "etc/NetworkManager/conf.d/10-berth.conf";
    private static final int SETTINGS_MODE = 0644;

    /** NetworkManager ignores connections that others can read. */
    private static final int MODE = 0600;

    private static final InterfaceFiles FILES = new InterfaceFiles(DIRECTORY, "berth-", ".nmconnection", MODE);

    @Override
    public Presence presence(GuestTree tree) {
        boolean isThere = tree.hasDirectory(DIRECTORY)
                && (tree.leadsTo("usr/sbin/NetworkManager") || tree.leadsTo("usr/bin/NetworkManager"));
        if (!isThere || SystemdUnits.isMasked(tree, UNIT)) {
            return Presence.ABSENT;
        }
        boolean isStarted = SystemdUnits.isEnabled(tree, UNIT)
                || tree.has("etc/runlevels/default/networkmanager")
                || tree.has("etc/runlevels/default/NetworkManager")
                || tree.has("etc/runit/runsvdir/default/NetworkManager");
        return isStarted ? Presence.ENABLED : Presence.INSTALLED;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        FILES.write(tree, interfaces, one -> Optional.of(text(one)));
        if (interfaces.isEmpty()) {
            MarkedFile.remove(tree, SETTINGS);
        } else {
            MarkedFile.write(tree, SETTINGS, managed(interfaces), SETTINGS_MODE);
        }
    }

    /** Rules of its udev files tell it to leave a veth alone. */
    private static String managed(List<GuestInterface> interfaces) {
        return "[device-berth]\nmatch-device=%s\nmanaged=1\n"
                .formatted(interfaces.stream()
                        .map(i -> "interface-name:" + i.name())
                        .collect(Collectors.joining(";")));
    }

    private static String text(GuestInterface one) {
        String id = "berth-" + one.name();
        StringBuilder text = new StringBuilder("[connection]\n");
        text.append("id=%s\n".formatted(id))
                .append("uuid=%s\n".formatted(UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8))))
                .append("type=ethernet\ninterface-name=%s\n".formatted(one.name()))
                // Above what an image has for any interface.
                .append("autoconnect=true\nautoconnect-priority=100\n")
                .append("\n[ethernet]\ncloned-mac-address=preserve\n");
        if (one.mtu() != null) {
            text.append("mtu=%d\n".formatted(one.mtu()));
        }
        text.append("\n[ipv4]\nmethod=%s\n".formatted(method(one, true, "disabled")));
        add(one, true, text);
        // Not "disabled": the kernel keeps listening for routers, as it does before the guest's manager comes.
        text.append("\n[ipv6]\nmethod=%s\n".formatted(method(one, false, "ignore")));
        add(one, false, text);
        return text.toString();
    }

    private static String method(GuestInterface one, boolean ipv4, String otherwise) {
        if (one.dhcp()) {
            return "auto";
        }
        return one.addresses(ipv4).isEmpty() ? otherwise : "manual";
    }

    private static void add(GuestInterface one, boolean ipv4, StringBuilder text) {
        int number = 1;
        for (IpPrefix address : one.addresses(ipv4)) {
            text.append("address%d=%s\n".formatted(number++, address));
        }
        number = 1;
        for (GuestInterface.Hop hop : one.routes(ipv4)) {
            text.append("route%d=%s%s\n".formatted(number, hop.destination(), way(hop)));
            if (hop.isOnLink()) {
                text.append("route%d_options=onlink=true\n".formatted(number));
            }
            number++;
        }
    }

    private static String way(GuestInterface.Hop hop) {
        Optional<String> gateway = hop.gateway().map(IpAddresses::text);
        if (hop.metric().isEmpty()) {
            return gateway.map(g -> "," + g).orElse("");
        }
        // The metric has the third place; no address is no gateway.
        String none = hop.destination().isIpv4() ? "0.0.0.0" : "::";
        return "," + gateway.orElse(none) + "," + hop.metric().getAsLong();
    }
}
