package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.operation.Progress;

/** Makes an image's tree out of what the machine has or can get. */
public sealed interface ImageBuilder permits BusyboxBuilder, DebianBuilder {
    /** What it makes, for instance {@code debian bookworm}; the source that the image tells. */
    String description();

    /** @throws BerthException UNSUPPORTED if the machine lacks a program, naming its package */
    Build start(Progress progress);

    /** A build that goes on while its result is read. Closing it early ends what it runs. */
    interface Build extends AutoCloseable {
        /** The tree; it fails with FAILED where the build does. */
        ArchiveReader reader();

        @Override
        void close();
    }
}
