package berth.osctld.server;

import java.util.Optional;

/** A listening socket. */
public interface Listener extends AutoCloseable {
    /** Waits for the next connection; empty once this is closed. */
    Optional<Channel> accept();

    /** Stops listening and wakes {@link #accept}. */
    @Override
    void close();
}
