package berth.osctld.server;

import berth.linux.Fd;
import java.util.function.Consumer;

/** A connected stream socket that can carry descriptors. One thread receives, any thread sends. */
public interface Channel extends AutoCloseable {
    /**
     * Waits for at least one byte and puts what is there into {@code buffer}.
     *
     * @param descriptors takes, and then owns, the descriptors that came along, in their order
     * @return number of bytes, or -1 at the end of the stream
     * @throws berth.linux.KernelException if the connection broke
     */
    int receive(byte[] buffer, int offset, int length, Consumer<Fd> descriptors);

    /** Sends all of {@code bytes}. @throws berth.linux.KernelException EPIPE if the other end is gone */
    void send(byte[] bytes);

    /** Who is at the other end. */
    Peer peer();

    /** Ends both directions, so that a thread in {@link #receive} returns. */
    void shutdown();

    @Override
    void close();
}
