package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Errno;
import berth.linux.KernelException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** States that can be mounted on this host. Used by one thread. */
public final class MountedStates implements TreeStates {
    private static final Limits NO_LIMITS = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE);

    private final Images images;
    private final Image image;
    private final List<State> states;
    /** What the first state of the root is made of. */
    private Supplier<TreeView> base;

    /** The image as it is there. */
    private Supplier<TreeView> broughtView = () -> {
        throw new IllegalStateException("the image was not brought yet");
    };

    private final Notes notes = new Notes();
    private int written;

    /** A state, and the one that it differs from; from nothing if empty. */
    private record State(Optional<Supplier<TreeView>> former, Supplier<TreeView> present) {}

    /**
     * @param images the images of the pool that the states are in
     * @param histories nobody changes them before all is done
     */
    public MountedStates(Images images, Image image, List<TreeHistory> histories) {
        this.images = images;
        this.image = image;
        this.base = () -> images.view(image);
        this.states = histories.stream().flatMap(this::states).toList();
    }

    private Stream<State> states(TreeHistory history) {
        List<State> states = new ArrayList<>();
        Optional<Supplier<TreeView>> former = history.isRoot() ? Optional.of(() -> base.get()) : Optional.empty();
        for (Supplier<TreeView> present : history.states()) {
            states.add(new State(former, present));
            former = Optional.of(present);
        }
        return states.stream();
    }

    @Override
    public Imported bringImage(Images target, Progress progress) {
        Imported brought = target.take(images, image, progress);
        broughtView = () -> target.view(brought.image());
        if (brought.outcome() == Imported.Outcome.KNOWN) {
            // It may have come there from elsewhere, with other times.
            base = broughtView;
        }
        return brought;
    }

    @Override
    public void next(Target target, Progress progress) {
        State state = states.get(written++);
        Optional<TreeView> former = state.former().map(Supplier::get);
        try (TreeView present = state.present().get();
                ArchiveReader changes = present.changesSince(former, notes)) {
            target.write(changes, NO_LIMITS, notes, progress);
        } catch (IOException e) {
            throw unreadable(e);
        } catch (KernelException e) {
            boolean full = e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT);
            throw new BerthException(
                    full ? ErrorCode.EXHAUSTED : ErrorCode.FAILED,
                    "the files cannot be copied: %s".formatted(e.getMessage()),
                    null,
                    e);
        } finally {
            former.ifPresent(TreeView::close);
        }
    }

    /** The next state was made otherwise. */
    public void skip() {
        written++;
    }

    /** Whether nothing tells the image that was brought from the one here, not even fractions of seconds. */
    public boolean isImageTheSame(Progress progress) {
        progress.step("compare images");
        try (TreeView here = images.view(image);
                TreeView there = broughtView.get()) {
            return here.isExactly(there);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** What a state shares with the one before on either side was compared with that. */
    @Override
    public void compare(int number, Optional<Supplier<TreeView>> former, Supplier<TreeView> copy, Progress progress) {
        State state = states.get(number);
        try (TreeView original = state.present().get();
                TreeView copied = copy.get()) {
            if (former.isPresent()
                    && state.former().isPresent()
                    && changes(state.former().get(), original).equals(changes(former.get(), copied))) {
                return;
            }
            if (!original.digest(progress).equals(copied.digest(progress))) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "the copy is not what was copied: its files have another checksum",
                        "look for errors of the disks in the kernel's log, and try again");
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static String changes(Supplier<TreeView> former, TreeView now) throws IOException {
        try (TreeView before = former.get()) {
            return now.digestSince(before);
        }
    }

    /** What was left out so far, one line each. */
    public List<String> notes() {
        return notes.lines();
    }

    private static BerthException unreadable(IOException e) {
        return new BerthException(
                Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.FAILED,
                "the files cannot be copied: %s".formatted(e.getMessage()),
                null,
                e);
    }
}
