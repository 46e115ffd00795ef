package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import berth.linux.netlink.Request;
import berth.linux.netlink.Route;
import berth.linux.netlink.RouteSocket;
import berth.linux.netlink.Routes;
import berth.linux.netlink.Rule;
import berth.linux.netlink.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets what is sent from an address of a container leave by the interface that has the address, although another one has the
 * gateway that counts: rules by source, and a table of routes for each such interface. Without it the host, which knows behind
 * which interface an address is, drops replies that come by another (rp_filter). Source: ip-rule(8).
 */
final class SourceRoutes {
    /** A link's table has the link's index added, which another of the same namespace never has. */
    private static final int FIRST_TABLE = 10_000;
    /** Before the main table's 32766. */
    private static final int PRIORITY = 10_000;

    private SourceRoutes() {}

    /** Adds what the link of index {@code link} lacks to have {@code wanted}. */
    static void complete(RouteSocket guest, int link, Ends wanted) {
        List<Request> requests = new ArrayList<>();
        routes(link, wanted).forEach(r -> requests.add(Routes.replaceLasting(r)));
        List<Rule> present = guest.rules();
        rules(link, wanted).filter(r -> !present.contains(r)).forEach(r -> requests.add(Rules.add(r)));
        guest.send(requests);
    }

    /** What the link of index {@code link} has and {@code wanted} has not, to be sent one by one. */
    static List<Request> surplus(RouteSocket guest, int link, Ends wanted) {
        List<Rule> rules = rules(link, wanted).toList();
        List<Route> routes = routes(link, wanted).toList();
        List<Request> gone = new ArrayList<>();
        guest.rules().stream()
                .filter(r -> r.table() == table(link) && !rules.contains(r))
                .forEach(r -> gone.add(Rules.delete(r)));
        guest.routes().stream()
                .filter(r -> r.table() == table(link) && routes.stream().noneMatch(w -> isSame(w, r)))
                .forEach(r -> gone.add(Routes.deleteLasting(r)));
        return gone;
    }

    /** The rules of the link of index {@code link}: unlike its routes they do not go with it. */
    static List<Request> all(RouteSocket guest, int link) {
        return guest.rules().stream()
                .filter(r -> r.table() == table(link))
                .map(Rules::delete)
                .toList();
    }

    private static Stream<Rule> rules(int link, Ends wanted) {
        return wanted.guestAddresses().stream()
                .filter(a -> hasGateway(wanted, a.isIpv4()))
                .map(a -> new Rule(IpPrefix.of(a.address()), table(link), PRIORITY));
    }

    private static Stream<Route> routes(int link, Ends wanted) {
        Stream<Route> networks = wanted.guestAddresses().stream()
                .filter(a -> !a.isSingle() && hasGateway(wanted, a.isIpv4()))
                .map(a -> Route.direct(a, link));
        Stream<Route> others = wanted.guestRoutes().stream()
                .filter(r -> hasGateway(wanted, r.destination().isIpv4()))
                .map(r -> r.withLink(link));
        return Stream.concat(networks, others).map(r -> r.withTable(table(link)));
    }

    private static boolean hasGateway(Ends ends, boolean ipv4) {
        return ends.guestRoutes().stream()
                .anyMatch(
                        r -> r.destination().isIpv4() == ipv4 && r.destination().length() == 0);
    }

    private static boolean isSame(Route one, Route other) {
        return one.destination().equals(other.destination()) && one.gateway().equals(other.gateway());
    }

    private static int table(int link) {
        return FIRST_TABLE + link;
    }
}
