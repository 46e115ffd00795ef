package berth.engine.operation;

/** Where work tells how far it is. Calls are cheap and never fail. */
public interface Progress {
    /** {@code name} begins now. */
    void step(String name);

    /** The current step is done to {@code percent}, 0 to 100. */
    void percent(double percent);

    /** Something worth knowing. */
    void note(String text);

    /** Something that did not go as it should, but does not end the work. */
    void warn(String text);

    /** Nobody listens. */
    static Progress none() {
        return Silence.SILENCE;
    }

    /** @hidden */
    enum Silence implements Progress {
        SILENCE;

        @Override
        public void step(String name) {}

        @Override
        public void percent(double percent) {}

        @Override
        public void note(String text) {}

        @Override
        public void warn(String text) {}
    }
}
