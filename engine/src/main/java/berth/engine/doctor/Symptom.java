package berth.engine.doctor;

/**
 * One thing that containers need of a host, and how it is.
 *
 * @param kind what sort of thing it is: {@code kernel}, {@code program} or {@code setting}
 * @param name its name, for instance {@code kernel.pty.max}
 * @param state how it is
 * @param value what the host has
 * @param wanted what it should have
 * @param why what it is needed for
 * @param advice what to do about it; empty if it is as it should be
 */
public record Symptom(String kind, String name, State state, String value, String wanted, String why, String advice) {
    /** How it is. */
    public enum State {
        OK,
        /** Something works less well, or not at all, without it. */
        ABSENT,
        /** There is less of it than the containers may need. */
        LOW,
        /** Containers cannot run without it. */
        MISSING
    }
}
