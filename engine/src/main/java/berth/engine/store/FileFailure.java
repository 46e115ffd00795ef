package berth.engine.store;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Turns what the Java library throws about a file into the error that a user is told. */
public final class FileFailure {
    private FileFailure() {}

    /**
     * The error for a file operation that failed.
     *
     * @param action what was tried, for instance {@code write}
     */
    public static BerthException of(String action, Path file, IOException cause) {
        String reason = reason(cause);
        String message = "cannot %s %s: %s".formatted(action, file, reason);
        if (cause instanceof ClosedByInterruptException) {
            return new BerthException(ErrorCode.CANCELLED, message, null, cause);
        }
        return switch (reason) {
            case "no space left on device", "disk quota exceeded" ->
                new BerthException(ErrorCode.EXHAUSTED, message, "free some space there and try again", cause);
            case "read-only file system" ->
                new BerthException(
                        ErrorCode.FAILED, message, "remount it writable, or look for disk errors in dmesg", cause);
            default -> new BerthException(ErrorCode.FAILED, message, null, cause);
        };
    }

    /** Why it failed, in the kernel's words, for a message that names the file already. */
    public static String reason(IOException cause) {
        return switch (cause) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case ClosedByInterruptException _ -> "interrupted";
            case FileSystemException e when e.getReason() != null -> lower(e.getReason());
            default -> lower(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        };
    }

    private static String lower(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
