package berth.engine.operation;

/** Where work tells how far it is. Calls are cheap and never fail; whoever does not override one does not listen to it. */
public interface Progress {
    /** {@code name} begins now. */
    default void step(String name) {}

    /** The current step is done to {@code percent}, 0 to 100. */
    default void percent(double percent) {}

    /** Something worth knowing. */
    default void note(String text) {}

    /** Something that did not go as it should, but does not end the work. */
    default void warn(String text) {}

    /** Nobody listens. */
    static Progress none() {
        return new Progress() {};
    }
}
