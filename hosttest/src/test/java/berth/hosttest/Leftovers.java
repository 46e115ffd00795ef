package berth.hosttest;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a test made with {@code osctl} and has not deleted. */
final class Leftovers {
    private final Host host;

    Leftovers(Host host) {
        this.host = host;
    }

    void delete() {
        for (JsonNode container : host.json("ct ls")) {
            host.given("ct del -f --purge " + qualified(container, "id"));
        }
        for (JsonNode dataset : host.json("pool dataset ls")) {
            host.given("pool dataset del --purge %s %s"
                    .formatted(
                            dataset.get("pool").asString(), dataset.get("name").asString()));
        }
        host.given("trash prune --all");
        for (JsonNode network : host.json("network ls")) {
            host.given("network del " + network.get("name").asString());
        }
        for (JsonNode user : host.json("user ls")) {
            host.given("user del " + qualified(user, "name"));
        }
        List<String> groups = new ArrayList<>();
        host.json("group ls").forEach(g -> groups.addFirst(qualified(g, "name")));
        groups.stream()
                .filter(g -> !g.endsWith(":/") && !g.endsWith(":/default"))
                .forEach(g -> host.given("group del " + g));
        for (JsonNode range : host.json("id-range ls")) {
            if (!range.get("name").asString().equals("default")) {
                host.given("id-range del " + qualified(range, "name"));
            }
        }
    }

    private static String qualified(JsonNode object, String name) {
        return requireNonNull(object.get("pool")).asString() + ":"
                + requireNonNull(object.get(name)).asString();
    }
}
