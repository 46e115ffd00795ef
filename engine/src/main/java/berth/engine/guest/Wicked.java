package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import java.util.List;
import java.util.Optional;

/** wicked of openSUSE. Source: ifcfg(5), ifroute(5) and routes(5) of wicked. */
final class Wicked implements Dialect {
    private static final String DIRECTORY = "etc/sysconfig/network";
    private static final int MODE = 0644;
    private static final InterfaceFiles SETTINGS = new InterfaceFiles(DIRECTORY, "ifcfg-", "", MODE);
    private static final InterfaceFiles ROUTES = new InterfaceFiles(DIRECTORY, "ifroute-", "", MODE);

    @Override
    public Presence presence(GuestTree tree) {
        if (!tree.hasDirectory(DIRECTORY) || !tree.leadsTo("usr/sbin/wicked")) {
            return Presence.ABSENT;
        }
        boolean isStarted = SystemdUnits.isEnabled(tree, "wicked.service")
                || tree.linkTarget("etc/systemd/system/network.service")
                        .filter(t -> t.endsWith("/wicked.service"))
                        .isPresent();
        return isStarted ? Presence.ENABLED : Presence.INSTALLED;
    }

    @Override
    public void write(GuestTree tree, List<GuestInterface> interfaces) {
        SETTINGS.write(tree, interfaces, one -> Optional.of(settings(one)));
        ROUTES.write(tree, interfaces, one -> Optional.of(routes(one)).filter(r -> !r.isEmpty()));
    }

    private static String settings(GuestInterface one) {
        StringBuilder text =
                new StringBuilder("STARTMODE='auto'\nBOOTPROTO='%s'\n".formatted(one.dhcp() ? "dhcp" : "static"));
        if (one.mtu() != null) {
            text.append("MTU='%d'\n".formatted(one.mtu()));
        }
        int number = 0;
        for (IpPrefix address : one.addresses()) {
            text.append("IPADDR%s='%s'\n".formatted(number == 0 ? "" : "_" + number, address));
            number++;
        }
        return text.toString();
    }

    private static String routes(GuestInterface one) {
        StringBuilder text = new StringBuilder();
        one.routes()
                .forEach(r -> text.append("%s %s - %s%s\n"
                        .formatted(
                                // "default" alone is of the gateway's family.
                                r.isDefault() && r.gateway().isPresent() ? "default" : r.destination(),
                                r.gateway().map(IpAddresses::text).orElse("-"),
                                one.name(),
                                r.metric().isPresent() ? " metric " + r.metric().getAsLong() : "")));
        return text.toString();
    }
}
