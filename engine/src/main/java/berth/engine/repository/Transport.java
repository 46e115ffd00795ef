package berth.engine.repository;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** Fetches files by their addresses: the engine's only way to the network. */
public interface Transport {
    /**
     * Begins to read the file at {@code address}, of scheme http, https or file.
     *
     * @param offset how many of its bytes are there already
     * @throws IOException if it cannot be had, with a message for people
     */
    Body open(URI address, long offset) throws IOException;

    /**
     * A file that is being read.
     *
     * @param stream closing it ends the transfer
     * @param offset where in the file it begins: the one asked for, or 0
     * @param size of the whole file, -1 if unknown
     */
    record Body(InputStream stream, long offset, long size) {}
}
