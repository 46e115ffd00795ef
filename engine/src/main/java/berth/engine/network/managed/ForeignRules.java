package berth.engine.network.managed;

import berth.engine.store.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * The nftables rules of others, those of iptables among them, as {@code nft -j list ruleset} tells them. Source:
 * libnftables-json(5).
 */
final class ForeignRules {
    private static final String FORWARD = "forward";
    private static final Set<String> HOOKS = Set.of(FORWARD, "input");
    /** Statements that let no packet pass and hold none up. */
    private static final Set<String> REMARKS = Set.of("counter", "log", "comment");

    private final List<JsonNode> chains;
    private final List<JsonNode> rules;
    private final boolean isOwnThere;

    /** @param own the name of the tables that are not others' */
    ForeignRules(String json, String own) {
        List<JsonNode> objects =
                stream(Yaml.readJson(json, JsonNode.class).path("nftables")).toList();
        isOwnThere =
                objects.stream().anyMatch(o -> text(o.path("chain"), "table").equals(own));
        chains = all(objects, "chain", own);
        rules = all(objects, "rule", own);
    }

    /** Whether there is any chain that is not others'. */
    boolean isOwnThere() {
        return isOwnThere;
    }

    /** Which chains swallow packets of {@code networks}. */
    List<Finding> findings(List<Network> networks) {
        List<Finding> findings = new ArrayList<>();
        for (JsonNode chain : chains) {
            if (HOOKS.contains(text(chain, "hook")) && refusesByDefault(chain)) {
                networks.stream()
                        .filter(n -> isAbout(chain, n) && !letsPass(chain, n.bridge()))
                        .map(n -> finding(chain, n))
                        .forEach(findings::add);
            }
        }
        return findings;
    }

    private static boolean isAbout(JsonNode chain, Network network) {
        boolean family = switch (text(chain, "family")) {
            case "ip" -> network.host(true).isPresent();
            case "ip6" -> network.host(false).isPresent();
            case "inet" -> true;
            default -> false;
        };
        return family && (!isForward(chain) || network.kind().isForwarded());
    }

    /** By its policy as iptables has it, or as firewalld by a rule that everything meets. */
    private boolean refusesByDefault(JsonNode chain) {
        return text(chain, "policy").equals("drop")
                || rulesOf(chain, text(chain, "name"))
                        .map(ForeignRules::statements)
                        .anyMatch(s -> s.size() == 1
                                && (s.getFirst().has("drop") || s.getFirst().has("reject")));
    }

    /** Whether what comes from {@code bridge} is let through, and what answers it. */
    private boolean letsPass(JsonNode chain, String bridge) {
        return inTable(chain).anyMatch(r -> names(r, "iifname", bridge) && accepts(chain, r))
                && (!isForward(chain)
                        || inTable(chain).anyMatch(r -> names(r, "oifname", bridge) && accepts(chain, r))
                        || inTable(chain).anyMatch(r -> isForAnswers(r) && accepts(chain, r)));
    }

    private boolean accepts(JsonNode chain, JsonNode rule) {
        List<JsonNode> statements = statements(rule);
        if (statements.isEmpty()) {
            return false;
        }
        JsonNode verdict = statements.getLast();
        String target = Stream.of("goto", "jump")
                .map(v -> text(verdict.path(v), "target"))
                .filter(t -> !t.isEmpty())
                .findFirst()
                .orElse("");
        return verdict.has("accept")
                || rulesOf(chain, target)
                        .map(ForeignRules::statements)
                        .anyMatch(s -> s.size() == 1 && s.getFirst().has("accept"));
    }

    /** Answers of whatever link; those of one link are another's. */
    private static boolean isForAnswers(JsonNode rule) {
        return statements(rule).stream()
                        .noneMatch(s -> Set.of("iifname", "oifname").contains(text(key(s), "key")))
                && statements(rule).stream()
                        .anyMatch(s -> text(s.path("xt"), "name").equals("conntrack")
                                || text(s.path("match").path("left").path("ct"), "key")
                                        .equals("state"));
    }

    private static boolean names(JsonNode rule, String direction, String bridge) {
        return statements(rule).stream()
                .filter(s -> text(key(s), "key").equals(direction)
                        && text(s.path("match"), "op").equals("=="))
                .map(s -> s.path("match").path("right"))
                .flatMap(right -> right.has("set") ? stream(right.path("set")) : Stream.of(right))
                .map(name -> name.asString(""))
                .anyMatch(name -> name.endsWith("*")
                        ? bridge.startsWith(name.substring(0, name.length() - 1))
                        : bridge.equals(name));
    }

    private static JsonNode key(JsonNode statement) {
        return statement.path("match").path("left").path("meta");
    }

    private Finding finding(JsonNode chain, Network network) {
        String name = "%s %s %s".formatted(text(chain, "family"), text(chain, "table"), text(chain, "name"));
        String what = isForward(chain)
                ? "what passes between the network and the world"
                : "what containers ask the host: DHCP and names";
        return new Finding(
                network.name(),
                "chain '%s'%s refuses %s".formatted(name, owner(chain), what),
                advice(chain, network.bridge()));
    }

    private String owner(JsonNode chain) {
        return isFirewalld(chain)
                ? ", of firewalld,"
                : has(chain, "ufw-") ? ", of ufw," : has(chain, "DOCKER") ? ", of Docker," : "";
    }

    private String advice(JsonNode chain, String bridge) {
        if (isFirewalld(chain)) {
            return "trust its bridge: 'firewall-cmd --permanent --zone=trusted --add-interface=%s', then 'firewall-cmd --reload'"
                    .formatted(bridge);
        }
        String program = text(chain, "family").equals("ip6") ? "ip6tables" : "iptables";
        if (!isForward(chain)) {
            return has(chain, "ufw-")
                    ? "'ufw allow in on %s'".formatted(bridge)
                    : "accept UDP 67 and port 53 there, for instance '%s -I INPUT -i %s -j ACCEPT'"
                            .formatted(program, bridge);
        }
        if (has(chain, "ufw-")) {
            return "'ufw route allow in on %s'".formatted(bridge);
        }
        return "'%1$s -I %2$s -i %3$s -j ACCEPT' and '%1$s -I %2$s -o %3$s -j ACCEPT', after each start of the host"
                .formatted(program, has(chain, "DOCKER-USER") ? "DOCKER-USER" : "FORWARD", bridge);
    }

    private boolean has(JsonNode chain, String prefix) {
        return chains.stream()
                .anyMatch(c -> isSameTable(c, chain) && text(c, "name").startsWith(prefix));
    }

    private static boolean isFirewalld(JsonNode chain) {
        return text(chain, "table").toLowerCase(Locale.ROOT).contains("firewalld");
    }

    private static boolean isForward(JsonNode chain) {
        return text(chain, "hook").equals(FORWARD);
    }

    private Stream<JsonNode> inTable(JsonNode chain) {
        return rules.stream().filter(r -> isSameTable(r, chain));
    }

    private Stream<JsonNode> rulesOf(JsonNode chain, String name) {
        return inTable(chain).filter(r -> text(r, "chain").equals(name));
    }

    private static boolean isSameTable(JsonNode one, JsonNode other) {
        return text(one, "family").equals(text(other, "family"))
                && text(one, "table").equals(text(other, "table"));
    }

    private static List<JsonNode> statements(JsonNode rule) {
        return stream(rule.path("expr"))
                .filter(s -> REMARKS.stream().noneMatch(s::has))
                .toList();
    }

    private static List<JsonNode> all(List<JsonNode> objects, String kind, String own) {
        return objects.stream()
                .map(o -> o.path(kind))
                .filter(o -> o.isObject() && !text(o, "table").equals(own))
                .toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).asString("");
    }
}
