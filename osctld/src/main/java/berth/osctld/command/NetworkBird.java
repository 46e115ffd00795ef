package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.AnnouncedRoute;
import berth.engine.network.IpFamily;
import berth.engine.network.Words;
import berth.engine.network.bird.Accepted;
import berth.engine.network.bird.Bgp;
import berth.engine.network.bird.Bird;
import berth.engine.network.bird.BirdConfiguration;
import berth.engine.network.bird.Extent;
import berth.engine.network.bird.Ospf;
import berth.engine.network.bird.RouterId;
import berth.osctld.output.Columns;
import berth.osctld.output.Format;
import berth.osctld.output.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What other routers are told of containers. */
final class NetworkBird {
    private NetworkBird() {}

    @Command(
            name = "routes",
            description = {
                "List the routes that other routers may be told of",
                "Those to addresses of routed interfaces of running containers, to networks behind them, and to managed networks"
                        + " of kind 'routed'. 'osctl network bird' makes BIRD tell them."
            },
            footer = {"osctl network routes", "osctl network routes -H -o route"})
    static final class Routes extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Override
        void run(Call call) {
            Columns<AnnouncedRoute> columns = Columns.<AnnouncedRoute>builder()
                    .usual("route", r -> r.destination().toString())
                    .usual("via", r -> r.gateway().map(Words::text))
                    .usual("link", AnnouncedRoute::link)
                    .build();
            list.print(call, columns, call.services().containers().network().announced());
        }
    }

    /** How OSPF is spoken. */
    static final class OspfOptions {
        @Option(
                names = "--ospf",
                paramLabel = "LINK",
                required = true,
                description = "a link to other routers, by which OSPF is spoken; can be given several times")
        List<String> links = new ArrayList<>();

        @Option(names = "--area", paramLabel = "AREA", description = "the area of these links, 0 by default")
        String area = RouterId.BACKBONE.text();

        @Option(
                names = "--ospf-type",
                paramLabel = "broadcast|ptp",
                description = "what these links are: a LAN, as by default, or a cable with one router at each end")
        String type = "broadcast";

        @Option(
                names = "--hello",
                paramLabel = "SECONDS",
                description = "how often signs of life are sent, 10 by default; without four of them a router is dead."
                        + " All routers of a link must have the same")
        int hello = Ospf.USUAL_HELLO;

        @Option(
                names = "--cost",
                paramLabel = "COST",
                description = "the cost of sending by these links, 10 by default")
        int cost = Ospf.USUAL_COST;

        Ospf ospf() {
            return new Ospf(
                    links,
                    new RouterId(area),
                    switch (type) {
                        case "broadcast" -> Ospf.LinkType.BROADCAST;
                        case "ptp" -> Ospf.LinkType.PTP;
                        default -> throw neither(type, "broadcast", "ptp");
                    },
                    hello,
                    cost);
        }
    }

    /** How BGP is spoken. */
    static final class BgpOptions {
        @Option(
                names = "--as",
                paramLabel = "AS",
                description = "the number of this host's autonomous system; --bgp needs it")
        @Nullable
        Long as;

        @Option(
                names = "--bgp",
                paramLabel = "ADDRESS[@AS]",
                required = true,
                description =
                        "a router that BGP is spoken with, and its autonomous system if it is another; can be given"
                                + " several times. A link-local address is written fe80::1%eth1")
        List<String> neighbours = new ArrayList<>();

        Bgp bgp() {
            if (as == null) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "BGP needs the number of this host's autonomous system",
                        "add --as, for instance --as 64512");
            }
            long own = as;
            return new Bgp(
                    own,
                    neighbours.stream().map(n -> Bgp.Neighbour.parse(n, own)).toList());
        }
    }

    @Command(
            name = "bird",
            description = {
                "Write a configuration by which BIRD tells other routers of containers",
                "Its routes are those that 'osctl network routes' lists, as they are at any time: the file need not be written"
                        + " again when containers come and go. Addresses of networks of kind 'nat' and 'host-only' are never told."
                        + " Without --whole it is a part for a bird.conf of yours, which says in its first lines what that must"
                        + " have. --ospf and --bgp add protocols that speak at once; without them the part has only filters,"
                        + " berth_learn4, berth_announce4 and the same for 6, for protocols of your own.",
                "Routes of others stand behind the host's own: with --whole, a default route by hand stays in force."
            },
            footer = {
                "osctl network bird --whole --ospf eth1 --output /etc/bird/bird.conf",
                "osctl network bird --whole --as 64512 --bgp 192.0.2.254@64500 --router-id 192.0.2.1 --accept default",
                "osctl network bird --only 198.51.100.0/24 --output /etc/bird/berth.conf"
            })
    static final class Configuration extends OsctlCommand {
        @Option(names = "--whole", description = "all of bird.conf instead of a part of it")
        boolean whole;

        @Option(names = "--output", paramLabel = "FILE", description = "write it there instead of printing it")
        @Nullable
        String output;

        @Option(names = "--family", paramLabel = "4|6", description = "IPv4 or IPv6 only")
        @Nullable
        String family;

        @Option(
                names = "--only",
                paramLabel = "NET",
                description = "tell of nothing outside of this network; can be given several times")
        List<String> only = new ArrayList<>();

        @Option(
                names = "--accept",
                paramLabel = "all|default|none",
                description = "which routes of others the host takes; all by default")
        String accept = "all";

        @Option(
                names = "--router-id",
                paramLabel = "ID",
                description =
                        "what the host is called among routers; with --whole and --ospf by default the address of that"
                                + " link")
        @Nullable
        String routerId;

        @ArgGroup(exclusive = false)
        @Nullable
        OspfOptions ospf;

        @ArgGroup(exclusive = false)
        @Nullable
        BgpOptions bgp;

        @Override
        void run(Call call) {
            Bird bird = new Bird(
                    whole ? Extent.WHOLE : Extent.INCLUDE,
                    families(),
                    only.stream().map(Words::prefix).toList(),
                    accepted(),
                    routerId == null ? null : new RouterId(routerId),
                    ospf == null ? null : ospf.ospf(),
                    bgp == null ? null : bgp.bgp());
            String text = BirdConfiguration.text(
                    bird, "osctl " + call.caller().actor().command());
            if (output != null) {
                call.write(output, text);
                call.out().done("%s is written; 'birdc configure' makes a BIRD that runs read it", output);
            } else if (call.out().style().format() == Format.JSON) {
                Columns<String> columns =
                        Columns.<String>builder().usual("configuration", t -> t).build();
                call.out().show(columns, text, new Listing(true, Optional.empty(), Optional.empty()));
            } else {
                call.out().text(text);
            }
        }

        private Set<IpFamily> families() {
            return switch (family) {
                case null -> Set.of(IpFamily.values());
                case "4" -> Set.of(IpFamily.IPV4);
                case "6" -> Set.of(IpFamily.IPV6);
                default -> throw neither(family, "4", "6");
            };
        }

        private Accepted accepted() {
            return switch (accept) {
                case "all" -> Accepted.ALL;
                case "default" -> Accepted.DEFAULT;
                case "none" -> Accepted.NONE;
                default ->
                    throw new BerthException(
                            ErrorCode.INVALID, "'%s' is neither all nor default nor none".formatted(accept));
            };
        }
    }

    private static BerthException neither(String word, String one, String other) {
        return new BerthException(ErrorCode.INVALID, "'%s' is neither %s nor %s".formatted(word, one, other));
    }
}
