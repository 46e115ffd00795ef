package berth.linux.socket;

import berth.linux.Fd;
import java.util.List;

/** Bytes that came over a socket and the descriptors that came with them, which the receiver must close. */
public final class Message implements AutoCloseable {
    private final byte[] data;
    private final List<Fd> fds;

    Message(byte[] data, List<Fd> fds) {
        this.data = data;
        this.fds = List.copyOf(fds);
    }

    /** The bytes, none at the end of the stream. */
    public byte[] data() {
        return data.clone();
    }

    /** The descriptors, in the order in which they were sent. */
    public List<Fd> fds() {
        return fds;
    }

    /** Whether the peer will send no more. */
    public boolean isEnd() {
        return data.length == 0;
    }

    /** Closes the descriptors. To keep one, duplicate it. */
    @Override
    public void close() {
        fds.forEach(Fd::close);
    }
}
