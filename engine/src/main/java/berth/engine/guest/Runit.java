package berth.engine.guest;

import berth.engine.network.GuestInterface;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Void, where dhcpcd takes every interface that it is not told to leave alone and nothing else takes any: a script among those
 * of runit's first stage, and a block in {@code /etc/dhcpcd.conf}. Source: runit(8), dhcpcd.conf(5).
 */
final class Runit implements Dialect {
    private static final String DIRECTORY = "etc/runit/core-services";
    private static final String SCRIPT = DIRECTORY + "/90-berth-network.sh";
    private static final String CLIENT = "etc/dhcpcd.conf";
    private static final String SERVICE = "/etc/runit/runsvdir/default/dhcpcd";
    private static final int MODE = 0644;

    @Override
    public Presence presence(GuestTree tree) {
        return tree.hasDirectory(DIRECTORY) ? Presence.INSTALLED : Presence.ABSENT;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        if (interfaces.isEmpty()) {
            MarkedFile.remove(tree, SCRIPT);
        } else {
            MarkedFile.write(tree, SCRIPT, script(interfaces), MODE);
        }
        if (tree.has(CLIENT)) {
            String fixed = interfaces.stream()
                    .filter(i -> !i.dhcp())
                    .map(GuestInterface::name)
                    .collect(Collectors.joining(" "));
            // At the bottom it would belong to the last interface that the file has settings for.
            new MarkedBlock(tree, CLIENT, MarkedBlock.Place.TOP)
                    .write(fixed.isEmpty() ? "" : "denyinterfaces %s\n".formatted(fixed));
        }
    }

    private static String script(List<GuestInterface> interfaces) {
        StringBuilder text = new StringBuilder();
        for (GuestInterface one : interfaces) {
            String mtu = one.mtu() == null ? "" : " mtu " + one.mtu();
            text.append("ip link set dev %s up%s\n".formatted(one.name(), mtu));
            IpCommands.of(one).forEach(c -> text.append(c).append('\n'));
            if (one.dhcp()) {
                text.append("[ -e %s ] || [ -e %s-%s ] || dhcpcd -q -b %s\n"
                        .formatted(SERVICE, SERVICE, one.name(), one.name()));
            }
        }
        return text.toString();
    }
}
