package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.operation.Progress;
import java.nio.file.Path;

/** Makes an image's tree out of what the machine has or can get. */
public abstract sealed class ImageBuilder
        permits AlpineBuilder, BusyboxBuilder, DebianBuilder, RecipeBuilder, RpmBuilder, ScriptBuilder {
    ImageBuilder() {}

    /** What it makes, for instance {@code debian bookworm}: fit to be the image's source. */
    public abstract String description();

    /**
     * Begins; the rest happens while the result is read.
     *
     * @throws BerthException UNSUPPORTED if the machine lacks a program
     */
    abstract Build start(Site site);

    /**
     * Where it is built.
     *
     * @param scratch an absolute path of a directory for temporary files, empty, removed after the build
     * @param sandbox where programs run
     * @param images of the pool that the image is for
     */
    record Site(Path scratch, Sandbox sandbox, Images images, Progress progress) {
        Build run(Sandbox.Job job) {
            return sandbox.start(scratch, job, progress);
        }
    }

    /** A build that goes on while its result is read. */
    interface Build extends AutoCloseable {
        /** The tree; reading it throws FAILED where the build fails. */
        ArchiveReader reader();

        /** Ends what still runs. */
        @Override
        void close();
    }
}
