package berth.engine.network;

import berth.linux.netlink.Link;
import berth.linux.netlink.RouteSocket;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Whether the host passes packets on. It is switched on for the first interface or network that needs it, and off again when
 * nothing does any more: if it was off before, and no link of others looks as if they count on it. Safe for use by several threads.
 */
public final class Forwarding implements AutoCloseable {
    /** Links by which somebody else may have packets passed on: bridges of Docker, libvirt or another instance, tunnels. */
    private static final Set<String> PASSING = Set.of("bridge", "tun", "wireguard");

    private static final String ROUTERS_HEARD = "1";
    private static final String ROUTERS_HEARD_THOUGH_FORWARDING = "2";

    private final HostSettings settings;
    private final String mark;
    private final RouteSocket host = RouteSocket.open();
    private final Map<String, Set<IpFamily>> needs = new HashMap<>();
    private boolean isComplete;

    /** @param mark the alias of links that are the instance's own */
    public Forwarding(HostSettings settings, String mark) {
        this.settings = settings;
        this.mark = mark;
    }

    /** Switches it on for {@code family}. */
    public synchronized void on(IpFamily family) {
        Map<String, String> values = new LinkedHashMap<>();
        boolean isOff =
                Sysctl.read(family.forwarding()).filter(v -> !v.equals("1")).isPresent();
        if (isOff && family == IpFamily.IPV6) {
            // A link that learned its address from a router would forget it: a host that forwards listens to none
            // unless told.
            Sysctl.links().stream()
                    .map(l -> "ipv6/conf/" + l + "/accept_ra")
                    .filter(s -> Sysctl.read(s).filter(ROUTERS_HEARD::equals).isPresent())
                    .forEach(s -> values.put(s, ROUTERS_HEARD_THOUGH_FORWARDING));
        }
        values.put(family.forwarding(), "1");
        settings.change(reason(family), values);
    }

    /** {@code holder} needs it for {@code families} from now on, and for no others. */
    public synchronized void need(String holder, Set<IpFamily> families) {
        Set<IpFamily> before = families.isEmpty() ? needs.remove(holder) : needs.put(holder, Set.copyOf(families));
        boolean lostSome = before != null && !families.containsAll(before);
        // Whoever goes is an occasion to look again: what of others kept it on may be gone by now.
        if (lostSome || families.isEmpty()) {
            offUnlessNeeded();
        }
    }

    /** Every holder of before the daemon's start is known: what none of them needs is switched off. */
    public synchronized void complete() {
        isComplete = true;
        offUnlessNeeded();
    }

    @Override
    public void close() {
        host.close();
    }

    private void offUnlessNeeded() {
        Set<IpFamily> unneeded = EnumSet.allOf(IpFamily.class);
        needs.values().forEach(unneeded::removeAll);
        unneeded.removeIf(f -> !settings.reasons().contains(reason(f)));
        if (isComplete && !unneeded.isEmpty() && host.links().stream().noneMatch(this::isOthers)) {
            unneeded.forEach(f -> settings.restore(reason(f)));
        }
    }

    private boolean isOthers(Link link) {
        return PASSING.contains(link.kind()) && !link.alias().equals(mark);
    }

    private static String reason(IpFamily family) {
        return "forwarding-" + family.word();
    }
}
