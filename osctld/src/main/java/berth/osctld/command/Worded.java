package berth.osctld.command;

import java.util.List;

/** A command whose words depend on more than its class: several commands of the tree are made of one class. */
interface Worded {
    /** Its words. */
    Words words();

    /**
     * What help says of a command.
     *
     * @param name its last word
     * @param description its summary, and then paragraphs
     * @param examples lines that begin with {@code osctl}
     */
    record Words(String name, List<String> description, List<String> examples) {}
}
