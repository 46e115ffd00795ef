package berth.hosttest.attack;

import java.util.List;

/** What a container is allowed beyond the usual; every attack is tried from each kind. */
enum Kind {
    USUAL(""),
    NESTING("ct set nesting %1$s enabled");

    private final String settings;

    /** @param settings commands, a line each, in which {@code %1$s} is the container */
    Kind(String settings) {
        this.settings = settings;
    }

    /** The commands that make {@code container} one of this kind. */
    List<String> settings(String container) {
        return settings.formatted(container).lines().toList();
    }
}
