package berth.osctld.output;

/** Whether the reader shows colours. */
public enum Palette {
    PLAIN,
    ANSI;

    /** {@code text}, in {@code colour} if the reader shows it. */
    public String paint(Colour colour, String text) {
        return this == ANSI ? colour.paint(text) : text;
    }
}
