package berth.engine.image;

import berth.engine.operation.Progress;

/** Makes an image's tree out of what the machine has or can get. */
public abstract sealed class ImageBuilder permits BusyboxBuilder, DebianBuilder {
    ImageBuilder() {}

    /** What it makes, for instance {@code debian bookworm}: fit to be the image's source. */
    public abstract String description();

    /** Begins; the rest happens while the result is read. @throws BerthException UNSUPPORTED if the machine lacks a program */
    abstract Build start(Progress progress);

    /** A build that goes on while its result is read. */
    interface Build extends AutoCloseable {
        /** The tree; reading it throws FAILED where the build fails. */
        ArchiveReader reader();

        /** Ends what still runs. */
        @Override
        void close();
    }
}
