package berth.engine.guest;

import berth.engine.network.GuestInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * netifrc of Gentoo: a block in {@code /etc/conf.d/net}, and for each interface a service that is a link to that of lo.
 * Source: net.example of netifrc.
 */
final class Netifrc implements Dialect {
    private static final String FILE = "etc/conf.d/net";
    /** Says which links go when their interface does: the variables do not have its name as it is. */
    private static final String INTERFACES = "# interfaces: ";

    private static final String SERVICES = "etc/init.d/net.";
    private static final String STARTED = "etc/runlevels/default/net.";

    @Override
    public Presence presence(GuestTree tree) {
        return tree.leadsTo(SERVICES + "lo") && tree.hasDirectory("etc/conf.d") ? Presence.INSTALLED : Presence.ABSENT;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        MarkedBlock block = new MarkedBlock(tree, FILE, MarkedBlock.Place.BOTTOM);
        List<String> former = formerNames(block);
        StringBuilder text = new StringBuilder();
        if (!interfaces.isEmpty()) {
            text.append(INTERFACES)
                    .append(interfaces.stream().map(GuestInterface::name).collect(Collectors.joining(" ")))
                    .append('\n');
        }
        interfaces.forEach(one -> add(one, text));
        block.write(text.toString());
        for (GuestInterface one : interfaces) {
            former.remove(one.name());
            tree.link(SERVICES + one.name(), "net.lo");
            tree.link(STARTED + one.name(), "/" + SERVICES + one.name());
        }
        for (String name : former) {
            removeLink(tree, STARTED + name, "/" + SERVICES + name);
            removeLink(tree, SERVICES + name, "net.lo");
        }
    }

    private static void add(GuestInterface one, StringBuilder text) {
        String variable = one.name().replaceAll("[^A-Za-z0-9]", "_");
        List<String> addresses = new ArrayList<>();
        if (one.dhcp()) {
            addresses.add("dhcp");
        }
        one.addresses().forEach(a -> addresses.add(a.toString()));
        if (addresses.isEmpty()) {
            addresses.add("null");
        }
        text.append("config_%s=\"%s\"\n".formatted(variable, String.join("\n", addresses)));
        if (!one.routes().isEmpty()) {
            text.append("routes_%s=\"%s\"\n"
                    .formatted(
                            variable,
                            one.routes().stream().map(IpCommands::words).collect(Collectors.joining("\n"))));
        }
        if (one.mtu() != null) {
            text.append("mtu_%s=\"%d\"\n".formatted(variable, one.mtu()));
        }
    }

    private static List<String> formerNames(MarkedBlock block) {
        return block.lines().orElse(List.of()).stream()
                .filter(l -> l.startsWith(INTERFACES))
                .flatMap(l -> List.of(l.substring(INTERFACES.length()).split(" ")).stream())
                .filter(Names::isInterface)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static void removeLink(GuestTree tree, String path, String target) {
        if (tree.linkTarget(path).filter(target::equals).isPresent()) {
            tree.remove(path);
        }
    }
}
