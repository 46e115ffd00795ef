package berth.osctld.command;

import java.util.List;

/** A word of the command tree. */
sealed interface Node permits Group, Leaf {
    /** The word. */
    String name();

    /** Other words for it. */
    List<String> aliases();

    /** What it is for, in one line without a full stop. */
    String description();

    /** Whether lists of commands leave it out. */
    boolean isHidden();
}
