package berth.osctld.output;

/** The few colours that output uses, where the reader can show them. */
public enum Colour {
    NONE(""),
    GREEN("\033[32m"),
    YELLOW("\033[33m"),
    RED("\033[31m"),
    BOLD("\033[1m");

    private static final String RESET = "\033[0m";

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    /** {@code text} in this colour on an ANSI terminal. */
    String paint(String text) {
        return this == NONE ? text : code + text + RESET;
    }
}
