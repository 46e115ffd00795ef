package berth.osctld.command;

import java.util.List;
import java.util.Set;

/** All commands, in the order in which help lists them. */
final class CommandTree {
    /** Names by which the relay may be called instead of {@code osctl NAME}. */
    static final Set<String> SHORTCUTS = Set.of("ct", "pool", "group", "user", "repo", "id-range", "healthcheck");

    private CommandTree() {}

    /** The tree; nothing of it is loaded yet. */
    static Group root() {
        return new Group("osctl", "Manage system containers")
                .commands(List.of(Help.class, Ping.class, Version.class, GenCompletion.class, GenMan.class));
    }
}
