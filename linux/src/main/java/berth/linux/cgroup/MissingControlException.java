package berth.linux.cgroup;

/** The kernel, as it is built and mounted, has no such control. */
public final class MissingControlException extends RuntimeException {
    private final String control;

    MissingControlException(String control) {
        super("the kernel has no " + control);
        this.control = control;
    }

    /** A controller, for instance {@code io}, or a file of it, for instance {@code io.weight}. */
    public String control() {
        return control;
    }
}
