package berth.osctld.server;

/** A caller broke the protocol of the command socket; its session is closed. */
final class MalformedFrameException extends RuntimeException {
    MalformedFrameException(String message) {
        super(message);
    }
}
