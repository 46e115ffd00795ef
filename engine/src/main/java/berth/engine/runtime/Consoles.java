package berth.engine.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The terminals of running containers that somebody looks at. Safe for use by several threads. */
public final class Consoles {
    private record Key(RunDirectory container, int number) {}

    private final Map<Key, Console> open = new ConcurrentHashMap<>();

    /**
     * Looks at terminal {@code number} of the container with {@code plan}; 0 is its console.
     *
     * @param monitor the container's monitor, empty when it has stopped
     */
    public ConsoleViewer view(RunPlan plan, int number, Supplier<Optional<Monitor>> monitor) {
        Key key = new Key(plan.paths(), number);
        Optional<ConsoleViewer> viewer = Optional.empty();
        while (viewer.isEmpty()) {
            Console console = open.computeIfAbsent(key, k -> {
                TerminalLine line = number == 0
                        ? new ConsoleLine(plan, monitor)
                        : new LentLine(plan, number, () -> monitor.get().isPresent());
                Console made = new Console(plan.name() + " " + number, line, () -> open.remove(k));
                made.start();
                return made;
            });
            viewer = console.join();
            if (viewer.isEmpty()) {
                open.remove(key, console);
            }
        }
        return viewer.get();
    }
}
