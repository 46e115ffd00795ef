package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.linux.KernelException;
import berth.osctld.server.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes what a command threw into what its user is told; what is a defect goes to the daemon's log. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final int LONGEST = 120;

    private Failures() {}

    /** What the user of {@code session} is told of {@code error}. */
    static BerthException explain(Throwable error, Session session) {
        if (error instanceof BerthException told) {
            if (told.code() == ErrorCode.INTERNAL) {
                LOG.error("{} failed", session.invocation().arguments(), told);
            } else if (told.getCause() != null) {
                LOG.debug("{} failed", session.invocation().arguments(), told);
            }
            return told;
        }
        if (session.signals().cancelledBy().isPresent()) {
            LOG.debug("{} was cancelled", session.invocation().arguments(), error);
            return new BerthException(ErrorCode.CANCELLED, "cancelled");
        }
        if (error instanceof KernelException || error instanceof UncheckedIOException) {
            // What the host refused, a full disk for instance, is no defect, and the reason says more than a log would.
            LOG.warn("{} failed", session.invocation().arguments(), error);
            return error.getCause() instanceof IOException e && isFull(e)
                    ? new BerthException(ErrorCode.EXHAUSTED, brief(error), "free some space there and try again")
                    : new BerthException(ErrorCode.FAILED, brief(error));
        }
        LOG.error("{} broke", session.invocation().arguments(), error);
        return new BerthException(
                ErrorCode.INTERNAL, "internal error (%s), see the daemon's log".formatted(brief(error)));
    }

    private static boolean isFull(IOException error) {
        return Set.of("no space left on device", "disk quota exceeded").contains(FileFailure.reason(error));
    }

    private static String brief(Throwable thrown) {
        Throwable cause = thrown.getCause();
        Throwable error = thrown instanceof UncheckedIOException && cause != null ? cause : thrown;
        String message = error.getMessage();
        String name = error.getClass().getSimpleName();
        String text = message == null || message.isBlank()
                ? name
                : message.lines().findFirst().orElse(name);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
