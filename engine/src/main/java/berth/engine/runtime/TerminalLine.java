package berth.engine.runtime;

import berth.linux.Fd;
import berth.linux.socket.Terminal;
import java.util.Optional;

/** The daemon's end of one terminal of a running container. Read by one thread, written by any. */
interface TerminalLine extends AutoCloseable {
    /** What the terminal showed before anybody looked. */
    byte[] earlier();

    /**
     * Waits for what the terminal shows next, a second or so at most, or until {@code wake} is readable.
     *
     * @return it, of no bytes if there was nothing; empty when the container has stopped
     */
    Optional<byte[]> read(Fd wake);

    /** Types {@code keys}; what a guest does not take is lost. */
    void write(byte[] keys);

    /** Gives the terminal another size. */
    void resize(Terminal.Size size);

    @Override
    void close();
}
