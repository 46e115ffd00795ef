package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Errno;
import berth.linux.KernelException;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** States that can be mounted on this host. Used by one thread. */
public final class MountedStates implements TreeStates {
    private static final Limits NO_LIMITS = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE);

    private final Images images;
    private final Image image;
    private final List<Supplier<TreeView>> states;
    private final Notes notes = new Notes();
    private int written;

    /**
     * @param images the images of the pool that the states are in
     * @param states each mounts one, for reading; nobody changes them before all is done
     */
    public MountedStates(Images images, Image image, List<Supplier<TreeView>> states) {
        this.images = images;
        this.image = image;
        this.states = List.copyOf(states);
    }

    @Override
    public Imported bringImage(Images target, Progress progress) {
        return target.take(images, image, progress);
    }

    @Override
    public void next(Target target, Progress progress) {
        int number = written++;
        try (TreeView former = number == 0
                        ? images.view(image)
                        : states.get(number - 1).get();
                TreeView present = states.get(number).get();
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
        }
    }

    @Override
    public void compare(int number, TreeView copy, Progress progress) {
        try (TreeView original = states.get(number).get()) {
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
