package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.netlink.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The network scripts of CentOS 7 and its kin, where NetworkManager is not used. Source: initscripts, sysconfig.txt. */
final class NetworkScripts implements Dialect {
    private static final String DIRECTORY = "etc/sysconfig/network-scripts";
    private static final int MODE = 0644;
    private static final InterfaceFiles SETTINGS = new InterfaceFiles(DIRECTORY, "ifcfg-", "", MODE);
    private static final InterfaceFiles ROUTES_4 = new InterfaceFiles(DIRECTORY, "route-", "", MODE);
    private static final InterfaceFiles ROUTES_6 = new InterfaceFiles(DIRECTORY, "route6-", "", MODE);

    @Override
    public Presence presence(GuestTree tree) {
        if (!tree.leadsTo(DIRECTORY + "/ifup-eth")) {
            return Presence.ABSENT;
        }
        // Of System V make, also under systemd.
        boolean isStarted = tree.has("etc/rc.d/rc3.d/S10network") || SystemdUnits.isEnabled(tree, "network.service");
        return isStarted ? Presence.ENABLED : Presence.INSTALLED;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        SETTINGS.write(tree, interfaces, one -> Optional.of(settings(one)));
        ROUTES_4.write(tree, interfaces, one -> routes(one, true));
        ROUTES_6.write(tree, interfaces, one -> routes(one, false));
    }

    private static String settings(GuestInterface one) {
        StringBuilder text = new StringBuilder("DEVICE=%s\nTYPE=Ethernet\n".formatted(one.name()))
                .append("ONBOOT=yes\nNM_CONTROLLED=no\nBOOTPROTO=%s\n".formatted(one.dhcp() ? "dhcp" : "none"));
        if (one.mtu() != null) {
            text.append("MTU=%d\n".formatted(one.mtu()));
        }
        int number = 0;
        for (IpPrefix address : one.addresses(true)) {
            String plain = address.toString();
            int slash = plain.indexOf('/');
            String suffix = number == 0 ? "" : Integer.toString(number);
            text.append("IPADDR%s=%s\n".formatted(suffix, plain.substring(0, slash)))
                    .append("PREFIX%s=%s\n".formatted(suffix, plain.substring(slash + 1)));
            number++;
        }
        List<IpPrefix> ipv6 = one.addresses(false);
        if (!ipv6.isEmpty()) {
            text.append("IPV6INIT=yes\nIPV6_AUTOCONF=no\nIPV6ADDR=%s\n".formatted(ipv6.getFirst()));
        }
        if (ipv6.size() > 1) {
            text.append("IPV6ADDR_SECONDARIES=\"%s\"\n"
                    .formatted(ipv6.stream().skip(1).map(IpPrefix::toString).collect(Collectors.joining(" "))));
        }
        return text.toString();
    }

    private static Optional<String> routes(GuestInterface one, boolean ipv4) {
        return Optional.of(one.routes(ipv4).stream()
                        .map(r -> IpCommands.words(r, one.name()) + "\n")
                        .collect(Collectors.joining()))
                .filter(t -> !t.isEmpty());
    }
}
