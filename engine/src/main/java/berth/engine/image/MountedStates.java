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
        if (brought.outcome() == Imported.Outcome.KNOWN) {
            // It may have come there from elsewhere, with other times.
            base = () -> target.view(brought.image());
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

    @Override
    public void compare(int number, TreeView copy, Progress progress) {
        try (TreeView original = states.get(number).present().get()) {
            if (!original.digest(progress).equals(copy.digest(progress))) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "the copy is not what was copied: its files have another checksum",
                        "look for errors of the disks in the kernel's log, and try again");
            }
        } catch (IOException e) {
            throw unreadable(e);
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
