package berth.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An error that a user is told: what was wrong with which object, what to do about it, and a code that scripts can test. */
public final class BerthException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable String hint;

    /** An error whose remedy is plain from its message. */
    public BerthException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    /** @param hint what the user can do, one sentence without a full stop */
    public BerthException(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    /** @param cause what went wrong below; logged, never shown */
    public BerthException(ErrorCode code, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    /** Its kind. */
    public ErrorCode code() {
        return code;
    }

    /** What the user can do, if there is more to say than the message does. */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** The message as every error of this type has it; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
