package berth.engine.repository;

import java.io.IOException;

/** Reads the documents of one repository. */
@FunctionalInterface
interface IndexDocument {
    /** The content of the file that the repository has at {@code path}. */
    byte[] read(String path) throws IOException;
}
