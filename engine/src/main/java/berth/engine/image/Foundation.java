package berth.engine.image;

import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images that one turns out to stand on while it is imported: its lower strata, each an image without a name, so that what
 * several have in common is there once. Closed before it is {@link #keep kept}, those that were added go again.
 */
final class Foundation implements AutoCloseable {
    private final Intake intake;
    private final Intake.Import wanted;
    private final Progress progress;
    private final List<Image> added = new ArrayList<>();
    private @Nullable Image top;
    private FileHashes hashes = new FileHashes();
    private long written;
    private boolean kept;

    Foundation(Intake intake, Intake.Import wanted, Progress progress) {
        this.intake = intake;
        this.wanted = wanted;
        this.progress = progress;
    }

    /** The image that comes next stands on it; empty if on none. */
    Optional<Image> top() {
        return Optional.ofNullable(top);
    }

    /** The tree of {@link #top}, which is there. */
    Directory openTop() {
        return intake.openTree(top().orElseThrow().id());
    }

    /** The hashes of files of {@link #top}, as far as they are known. */
    FileHashes hashes() {
        return hashes;
    }

    /** How many bytes of content are left for what comes next. */
    long left() {
        return wanted.request().maxSize() - written;
    }

    /** Makes {@code stratum} an image on those before. One that holds nothing at all is none. */
    void lay(Stratum stratum) throws IOException {
        Optional<Intake.Laid> laid = intake.lay(stratum, this, wanted, progress);
        if (laid.isEmpty()) {
            return;
        }
        top = laid.get().imported().image();
        written += laid.get().written();
        if (laid.get().imported().outcome() == Imported.Outcome.ADDED) {
            added.add(top);
        } else {
            // Its tree is not the one that was just unpacked.
            hashes = new FileHashes();
        }
    }

    /** Whether {@code image} was not there before. */
    boolean hasAdded(Image image) {
        return added.stream().anyMatch(i -> i.id().equals(image.id()));
    }

    /** Has the images stay. */
    void keep() {
        added.forEach(intake::keep);
        kept = true;
    }

    @Override
    public void close() {
        if (!kept) {
            added.reversed().forEach(intake::forget);
        }
    }
}
