package berth.engine.network.managed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The interfaces of all containers on bridges, managed or not. For use by one thread at a time. */
final class Ports {
    private final Map<String, List<Port>> byContainer = new HashMap<>();
    private final Map<String, Map<String, Port>> byNetwork = new HashMap<>();

    /** Those of {@code container}. */
    List<Port> of(String container) {
        return byContainer.getOrDefault(container, List.of());
    }

    /** Those on {@code network}, in the order in which they came. */
    List<Port> on(String network) {
        return List.copyOf(byNetwork.getOrDefault(network, Map.of()).values());
    }

    /** Those of {@code container} on {@code network}. */
    List<Port> of(String container, String network) {
        return of(container).stream().filter(p -> p.network().equals(network)).toList();
    }

    /** Those that are filtered although no network of {@code managed} has them. */
    List<Port> filtered(Set<String> managed) {
        return filtered(byContainer.values().stream().flatMap(List::stream).toList(), managed);
    }

    /** Those of {@code ports} that are filtered although no network of {@code managed} has them. */
    static List<Port> filtered(List<Port> ports, Set<String> managed) {
        return ports.stream()
                .filter(p -> p.isFiltered() && !managed.contains(p.network()))
                .toList();
    }

    /** Gives {@code container} these and no others. */
    void set(String container, List<Port> ports) {
        for (Port former : of(container)) {
            byNetwork.getOrDefault(former.network(), new HashMap<>()).remove(former.link());
        }
        if (ports.isEmpty()) {
            byContainer.remove(container);
        } else {
            byContainer.put(container, new ArrayList<>(ports));
        }
        for (Port port : ports) {
            byNetwork
                    .computeIfAbsent(port.network(), n -> new LinkedHashMap<>())
                    .put(port.link(), port);
        }
    }
}
