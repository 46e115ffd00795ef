package berth.linux.socket;

import berth.linux.Fd;
import java.util.List;

/**
 * Bytes that came over a socket and the descriptors that came with them, which the receiver must close.
 *
 * @param data empty at the end of the stream
 */
public record Message(byte[] data, List<Fd> fds) implements AutoCloseable {
    public Message {
        fds = List.copyOf(fds);
    }

    /** Whether the peer will send no more. */
    public boolean isEnd() {
        return data.length == 0;
    }

    @Override
    public void close() {
        fds.forEach(Fd::close);
    }
}
