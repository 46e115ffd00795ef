package berth.osctld.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One message of the command socket. */
final class Frame {
    static final byte HELLO = 'H';
    static final byte SIGNAL = 'S';
    static final byte WINDOW = 'W';
    static final byte OPENED = 'O';
    static final byte OPEN = 'o';
    static final byte EXIT = 'x';

    static final int HEADER = 5;

    private final byte type;
    private final byte[] payload;

    /** @param payload becomes the frame's own */
    Frame(byte type, byte[] payload) {
        this.type = type;
        this.payload = payload;
    }

    /** What it says. */
    byte type() {
        return type;
    }

    /** The payload, to be read in the protocol's byte order. */
    ByteBuffer fields() {
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The payload. @throws MalformedFrameException if it is not {@code length} bytes long */
    ByteBuffer fields(int length) {
        if (payload.length != length) {
            throw new MalformedFrameException(
                    "a frame '%c' of %d bytes instead of %d".formatted((char) type, payload.length, length));
        }
        return fields();
    }

    /** Its bytes on the wire. */
    byte[] bytes() {
        return ByteBuffer.allocate(HEADER + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put(type)
                .put(payload)
                .array();
    }
}
