package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.MountedStates;
import berth.engine.operation.Progress;
import berth.engine.storage.LayerSender;
import berth.engine.storage.RootFilesystem;
import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.Iterator;
import java.util.List;

/**
 * The states of a container on their way to another pool of the same driver, sent as that can. A state that cannot be sent is written
 * file by file. Used by one thread.
 */
final class SentLayers implements AutoCloseable {
    private static final long PROGRESS_STEP = 16L << 20;

    private final LayerSender sender;
    private final MountedStates files;
    private final Iterator<Source> sources;
    private boolean doubtful;

    /**
     * One of the states.
     *
     * @param files its topmost layer, which holds all of it, as the tip
     * @param first whether none of its file system comes before
     * @param root whether it stands on an image; others begin empty
     */
    record Source(RootFilesystem files, boolean first, boolean root) {}

    /**
     * @param files the same states, to be written
     * @param sources all of them, in their order
     */
    SentLayers(LayerSender sender, MountedStates files, List<Source> sources) {
        this.sender = sender;
        this.files = files;
        this.sources = sources.iterator();
    }

    /**
     * Makes the tip of {@code target}, which is there, hold the next state: by sending it, after which the tip has no bound, or else
     * by {@code writing} its files.
     */
    void next(RootFilesystem target, Runnable writing, Progress progress) {
        Source source = sources.next();
        if (begin(source, target, progress)) {
            try {
                sender.send(source.files().directory(), target.directory(), new Told(progress)::bytes);
            } catch (BerthException e) {
                doubtful |= e.code() == ErrorCode.FAILED;
                throw e;
            } catch (KernelException e) {
                doubtful |= !e.is(Errno.ENOSPC) && !e.is(Errno.EDQUOT);
                throw e;
            }
            files.skip();
        } else {
            writing.run();
            sender.written(source.files().directory(), target.directory());
        }
    }

    private boolean begin(Source source, RootFilesystem target, Progress progress) {
        if (!source.first()) {
            return true;
        }
        if (source.root()) {
            return sender.beginOn(source.files().imageTree(), target.imageTree(), () -> files.isImageTheSame(progress));
        }
        sender.begin();
        return true;
    }

    /** What came is not what was sent, or may not be: it is to be tried without sending. */
    void doubt() {
        doubtful = true;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    @Override
    public void close() {
        sender.close();
    }

    /** Tells of what was sent now and then. */
    private static final class Told {
        private final Progress progress;
        private long next = PROGRESS_STEP;

        Told(Progress progress) {
            this.progress = progress;
        }

        void bytes(long sent) {
            if (sent >= next) {
                progress.step("sending: %d MiB".formatted(sent >> 20));
                next = sent + PROGRESS_STEP;
            }
        }
    }
}
