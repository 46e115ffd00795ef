package berth.osctld.output;

/**
 * How a command talks.
 *
 * @param format of results
 * @param volume what besides results is said
 * @param out colours of standard output
 * @param err colours of standard error
 */
public record Style(Format format, Volume volume, Palette out, Palette err) {
    /** What besides results is said. */
    public enum Volume {
        NORMAL,
        /** Results, warnings and errors only. */
        QUIET
    }
}
