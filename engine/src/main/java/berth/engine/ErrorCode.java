package berth.engine;

/** What kind of error a user met; scripts test it by its exit status, JSON shows its name. */
public enum ErrorCode {
    /** The words of the command are wrong: a missing argument, a malformed number. */
    USAGE(Type.USER, 2),
    /** A value is well-formed but not acceptable. */
    INVALID(Type.USER, 3),
    /** The object named does not exist. */
    NOT_FOUND(Type.USER, 4),
    /** An object of that name exists already. */
    EXISTS(Type.USER, 5),
    /** Something else still needs the object, or holds what is asked for. */
    IN_USE(Type.USER, 6),
    /** The object is not in a state that allows this. */
    WRONG_STATE(Type.USER, 7),
    /** Another command holds the object and {@code --no-wait} was given. */
    BUSY(Type.RESOURCE, 8),
    /** Space, ids, memory or another resource has run out. */
    EXHAUSTED(Type.RESOURCE, 9),
    /** It did not happen in the time given. */
    TIMEOUT(Type.RESOURCE, 10),
    /** The machine lacks what this needs: a kernel feature, a program, a right. */
    UNSUPPORTED(Type.RESOURCE, 11),
    /** An archive, index or file from outside breaks the rules of its format or of safety. */
    UNTRUSTED(Type.USER, 12),
    /** A program that was to be run inside a container is not there. */
    NO_PROGRAM(Type.USER, 127),
    /** The command was interrupted by its user. */
    CANCELLED(Type.USER, 130),
    /** The container, a file of it, or a program that was run for it failed. */
    FAILED(Type.RESOURCE, 1),
    /** A defect of Berth. */
    INTERNAL(Type.INTERNAL, 70);

    /** Whose the error is. */
    public enum Type {
        USER,
        RESOURCE,
        INTERNAL
    }

    private final Type type;
    private final int exitStatus;

    ErrorCode(Type type, int exitStatus) {
        this.type = type;
        this.exitStatus = exitStatus;
    }

    /** Whose the error is. */
    public Type type() {
        return type;
    }

    /** The exit status of a command that ended with it. */
    public int exitStatus() {
        return exitStatus;
    }
}
