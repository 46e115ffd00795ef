package berth.osctld.output;

/** How results are written. */
public enum Format {
    /** For a person: aligned, rounded, units. */
    HUMAN,
    /** For simple scripts: tab-separated, whole numbers without units. */
    PARSABLE,
    /** For programs: one JSON document, every field of its own type. */
    JSON
}
