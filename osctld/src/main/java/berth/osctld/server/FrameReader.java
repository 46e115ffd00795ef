package berth.osctld.server;

import berth.linux.Fd;
import berth.linux.socket.Message;
import berth.linux.socket.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Cuts a caller's byte stream into frames. The kernel may hand out the descriptors of a frame together with bytes before it,
 * so they queue here until their frame asks for them. Used by one thread at a time.
 */
final class FrameReader implements AutoCloseable {
    /** A command line may be as long as execve(2) takes: a quarter of the stack's limit, 6 MiB at most. */
    static final int MAX_HELLO = 8 << 20;

    static final int MAX_FRAME = 64;
    private static final int MAX_DESCRIPTORS = 8;

    private final UnixStream stream;
    private final Deque<Fd> descriptors = new ArrayDeque<>();
    private byte[] buffer = new byte[8192];
    private int start;
    private int end;

    FrameReader(UnixStream stream) {
        this.stream = stream;
    }

    /**
     * The next frame; empty if the caller is gone.
     *
     * @throws MalformedFrameException if it is longer than {@code limit} bytes or the stream ends within it
     */
    Optional<Frame> next(int limit) {
        if (!fill(Frame.HEADER)) {
            if (end > start) {
                throw new MalformedFrameException("the stream ended within a frame");
            }
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.wrap(buffer, start, Frame.HEADER).order(ByteOrder.LITTLE_ENDIAN);
        int length = header.getInt();
        byte type = header.get();
        if (length < 0 || length > limit) {
            throw new MalformedFrameException("a frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        start += Frame.HEADER;
        if (!fill(length)) {
            throw new MalformedFrameException("the stream ended within a frame");
        }
        byte[] payload = new byte[length];
        System.arraycopy(buffer, start, payload, 0, length);
        start += length;
        return Optional.of(new Frame(type, payload));
    }

    /** The next descriptor that came; the caller of this owns it. @throws MalformedFrameException if none did */
    Fd descriptor() {
        Fd fd = descriptors.poll();
        if (fd == null) {
            throw new MalformedFrameException("a frame without its file descriptor");
        }
        return fd;
    }

    /** Closes descriptors that nobody asked for. */
    @Override
    public void close() {
        descriptors.forEach(Fd::close);
        descriptors.clear();
    }

    private boolean fill(int wanted) {
        makeRoom(wanted);
        while (end - start < wanted) {
            Message message = stream.receive(buffer.length - end, MAX_DESCRIPTORS);
            descriptors.addAll(message.fds());
            if (message.isEnd()) {
                return false;
            }
            System.arraycopy(message.data(), 0, buffer, end, message.data().length);
            end += message.data().length;
        }
        return true;
    }

    private void makeRoom(int wanted) {
        if (start + wanted <= buffer.length) {
            return;
        }
        byte[] roomier = wanted > buffer.length ? new byte[wanted] : buffer;
        System.arraycopy(buffer, start, roomier, 0, end - start);
        buffer = roomier;
        end -= start;
        start = 0;
    }
}
