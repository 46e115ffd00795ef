package berth.engine.network.bird;

import berth.engine.network.Announced;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * BIRD's configuration in the words of BIRD 2. It names no container and no address of one: BIRD watches the kernel's routes, so
 * that the text stays right whatever containers do. Source: BIRD 2.0 User's Guide.
 */
public final class BirdConfiguration {
    /** Above what BIRD gives routes of OSPF (150) and BGP (100): a container that runs here is here. */
    private static final int PREFERENCE = 210;

    private static final String MINE =
            "source = RTS_INHERIT && defined(krt_source) && krt_source = " + Announced.PROTOCOL.number();

    private final Bird bird;
    private final StringBuilder text = new StringBuilder();

    private BirdConfiguration(Bird bird) {
        this.bird = bird;
    }

    /**
     * The text for {@code bird}.
     *
     * @param command what makes the same text again
     */
    public static String text(Bird bird, String command) {
        return new BirdConfiguration(bird).write(command);
    }

    private String write(String command) {
        line("# Made by Berth. It need not be made again when containers come and go. The same again:");
        line("#   " + command.replace('\n', ' '));
        if (bird.extent() == Extent.INCLUDE) {
            explainInclude();
        } else {
            line("");
            line("log syslog all;");
            routerId();
            line("");
            line("protocol device {");
            line("}");
        }
        bird.spoken().forEach(this::filters);
        if (bird.extent() == Extent.WHOLE) {
            bird.spoken().forEach(this::kernel);
        }
        bird.spokenOspf().ifPresent(ospf -> bird.spoken().forEach(family -> speak(ospf, family)));
        bird.spokenBgp().ifPresent(this::speak);
        return text.toString();
    }

    private void explainInclude() {
        line("#");
        line("# bird.conf includes this file ABOVE its own protocols, and lets its kernel protocols learn:");
        for (Family family : bird.spoken()) {
            line("#   protocol kernel { learn; %s { import filter berth_learn%d; export ...; }; }"
                    .formatted(family.channel(), family.number()));
        }
        line("# Its own OSPF and BGP tell others with: export filter berth_announce%s;"
                .formatted(bird.spoken().getFirst().number()));
    }

    private void routerId() {
        Optional<RouterId> chosen = bird.chosenRouterId();
        if (chosen.isPresent()) {
            line("router id %s;".formatted(chosen.get().text()));
        } else {
            // Not the lowest address of all: that may be a private one which other hosts have as well.
            bird.spokenOspf()
                    .ifPresent(o -> line("router id from %s;"
                            .formatted(o.links().stream()
                                    .map(BirdConfiguration::quoted)
                                    .collect(Collectors.joining(", ")))));
        }
    }

    private void filters(Family family) {
        line("");
        line("# The kernel's routes to containers: those of protocol %d.".formatted(Announced.PROTOCOL.number()));
        line("filter berth_learn%d {".formatted(family.number()));
        line("  if %s then {".formatted(MINE));
        line("    preference = %d;".formatted(PREFERENCE));
        line("    accept;");
        line("  }");
        line("  reject;");
        line("}");
        line("");
        line("# What other routers are told: these routes and no others.");
        line("filter berth_announce%d {".formatted(family.number()));
        line("  if net = %s || net ~ [ %s ] then reject;".formatted(family.everywhere(), family.unroutable()));
        limit(family);
        line("  if %s then accept;".formatted(MINE));
        line("  reject;");
        line("}");
    }

    private void limit(Family family) {
        if (bird.only().isEmpty()) {
            return;
        }
        List<String> within =
                bird.only().stream().filter(family::has).map(p -> p + "+").toList();
        line(within.isEmpty() ? "  reject;" : "  if net !~ [ %s ] then reject;".formatted(String.join(", ", within)));
    }

    /** What others tell goes to the kernel, what the kernel has goes to others. */
    private void kernel(Family family) {
        line("");
        line("protocol kernel berth_kernel%d {".formatted(family.number()));
        line("  learn;");
        line("  metric %d;".formatted(family.metric()));
        line("  %s {".formatted(family.channel()));
        line("    import filter berth_learn%d;".formatted(family.number()));
        line("    export where source ~ [ RTS_OSPF, RTS_OSPF_IA, RTS_OSPF_EXT1, RTS_OSPF_EXT2, RTS_BGP ];");
        line("  };");
        line("}");
    }

    private void speak(Ospf ospf, Family family) {
        line("");
        line("protocol ospf %s berth_ospf%d {".formatted(family.ospfVersion(), family.number()));
        ownRouterId();
        line("  %s {".formatted(family.channel()));
        policies(family);
        line("  };");
        line("  area %s {".formatted(ospf.area().text()));
        for (String link : ospf.links()) {
            line("    interface %s {".formatted(quoted(link)));
            line("      type %s;".formatted(ospf.type() == Ospf.LinkType.PTP ? "ptp" : "broadcast"));
            line("      hello %d;".formatted(ospf.hello()));
            line("      cost %d;".formatted(ospf.cost()));
            line("    };");
        }
        line("  };");
        line("}");
    }

    private void speak(Bgp bgp) {
        int number = 1;
        for (Bgp.Neighbour neighbour : bgp.neighbours()) {
            line("");
            line("protocol bgp berth_bgp%d {".formatted(number++));
            ownRouterId();
            line("  local as %d;".formatted(bgp.as()));
            line("  neighbor %s as %d;".formatted(neighbour.text(), neighbour.as()));
            line("  %s {".formatted(neighbour.family().channel()));
            policies(neighbour.family());
            line("    next hop self;");
            line("  };");
            line("}");
        }
    }

    private void ownRouterId() {
        if (bird.extent() == Extent.INCLUDE) {
            bird.chosenRouterId().ifPresent(id -> line("  router id %s;".formatted(id.text())));
        }
    }

    private void policies(Family family) {
        line("    %s;".formatted(bird.accepted().policy(family)));
        line("    export filter berth_announce%d;".formatted(family.number()));
    }

    private static String quoted(String word) {
        return '"' + word + '"';
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
