package berth.engine.guest;

import berth.engine.network.GuestInterface;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * ifupdown of Debian, ifupdown-ng and busybox of Alpine: a block in {@code /etc/network/interfaces}. Source: interfaces(5).
 *
 * <p>The method {@code static} would add addresses that are there already, and fail. What the file itself says about the same
 * interfaces is commented out as long as they are in the block: ifup does all that it finds for an interface, and a
 * DHCP client without an answer takes the addresses away.
 */
final class Ifupdown implements Dialect {
    private static final String FILE = "etc/network/interfaces";
    private static final String MORE = "etc/network/interfaces.d";
    private static final Pattern SOURCES_MORE =
            Pattern.compile("^\\s*source(-directory|-dir)?\\s+(/etc/network/)?interfaces\\.d\\b", Pattern.MULTILINE);

    @Override
    public Presence presence(GuestTree tree) {
        boolean isThere =
                tree.hasDirectory("etc/network") && (tree.leadsTo("sbin/ifup") || tree.leadsTo("usr/sbin/ifup"));
        if (!isThere) {
            return Presence.ABSENT;
        }
        boolean isStarted = SystemdUnits.isEnabled(tree, "networking.service")
                || tree.has("etc/runlevels/boot/networking")
                || tree.has("etc/runlevels/default/networking");
        return isStarted ? Presence.ENABLED : Presence.INSTALLED;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        MarkedBlock block = new MarkedBlock(tree, FILE, MarkedBlock.Place.BOTTOM);
        String rest = block.rest();
        Set<String> elsewhere = interfaces.isEmpty() ? Set.of() : inOtherFiles(tree, rest);
        List<GuestInterface> here =
                interfaces.stream().filter(i -> !elsewhere.contains(i.name())).toList();
        interfaces.stream()
                .filter(i -> elsewhere.contains(i.name()))
                .forEach(i -> tree.note("/%s leaves %s to a file in /%s".formatted(FILE, i.name(), MORE)));
        Set<String> names = here.stream().map(GuestInterface::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> automatic = InterfacesText.declaredWithOthers(rest, names);
        StringBuilder text = new StringBuilder();
        if (!here.isEmpty() && rest.isBlank()) {
            text.append("auto lo\niface lo inet loopback\n");
        }
        here.forEach(one -> add(one, !automatic.contains(one.name()), text));
        block.write(text.toString(), others -> InterfacesText.without(others, names));
    }

    private static void add(GuestInterface one, boolean needsAuto, StringBuilder text) {
        if (needsAuto) {
            text.append("auto %s\n".formatted(one.name()));
        }
        text.append("iface %s inet %s\n".formatted(one.name(), one.dhcp() ? "dhcp" : "manual"));
        if (one.mtu() != null) {
            text.append("    pre-up ip link set dev %s mtu %d\n".formatted(one.name(), one.mtu()));
        }
        if (!one.dhcp()) {
            text.append("    up ip link set dev %s up\n".formatted(one.name()));
        }
        IpCommands.of(one).forEach(c -> text.append("    up %s\n".formatted(c)));
        if (!one.dhcp()) {
            text.append("    down ip link set dev %s down\n".formatted(one.name()));
        }
    }

    /** Interfaces that the guest has in files that are read beside this one: they are not Berth's to change. */
    private static Set<String> inOtherFiles(GuestTree tree, String text) {
        if (!SOURCES_MORE.matcher(text).find()) {
            return Set.of();
        }
        return tree.names(MORE).stream()
                .flatMap(n -> tree.read(MORE + "/" + n).stream())
                .flatMap(t -> InterfacesText.interfaces(t).stream())
                .collect(Collectors.toSet());
    }
}
