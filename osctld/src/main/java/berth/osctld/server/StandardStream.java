package berth.osctld.server;

/** One of the three streams that every process is started with. */
public enum StandardStream {
    STDIN(0),
    STDOUT(1),
    STDERR(2);

    private final int number;

    StandardStream(int number) {
        this.number = number;
    }

    /** Its descriptor in a process that was just started. */
    public int number() {
        return number;
    }
}
