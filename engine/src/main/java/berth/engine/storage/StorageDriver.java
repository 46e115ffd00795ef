package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * How a pool keeps the root file systems of its containers: as layers, of which the topmost, the tip, takes the changes, and
 * which of those are frozen is only what {@link Dataset} says. So a snapshot, a rollback and a clone are: make a layer, then
 * write down what is made of what. A layer nobody needs is destroyed afterwards.
 *
 * <p>Contract: each call may be repeated; {@link #create}, {@link #copy} and {@link #merge} on one side and {@link #destroy(Path)} on
 * the other leave a state that the other one mends, so that they can be each other's undo after a crash at any point. What
 * they made survives a crash of the host on return. The container's lock is held.
 */
public interface StorageDriver {
    /** The name users choose it by, for instance {@code dir}. */
    String name();

    /**
     * Refuses a pool whose file system it cannot use; makes in it what the driver needs, and removes what a crash has left of
     * its work. Called before anything else is done with the pool.
     *
     * @throws BerthException UNSUPPORTED
     */
    void requireUsable(Path pool);

    /** Makes the tip of {@code root}, which then shows what is below it. */
    void create(RootFilesystem root);

    /** Whether {@link #copy} takes the same short time whatever the tip holds. */
    boolean copiesInstantly();

    /** Makes layer {@code copy}, which holds what the tip of {@code root} holds now. Nobody writes to it meanwhile. */
    void copy(RootFilesystem root, String copy);

    /** What a tip that is made on {@code layers} needs of them as long as it lives, topmost first. */
    List<Layer> needed(List<Layer> layers);

    /** The most layers that a tip may be made on; more are to be merged before. */
    int deepest();

    /** On how many layers a tip is well made; those of more are merged when there is time. */
    default int comfortable() {
        return deepest();
    }

    /** Makes layer {@code merged}, which shows on the image of {@code root} what its layers below the tip show, with its ids. */
    void merge(RootFilesystem root, String merged);

    /** Whether the tip of {@code root} is known to have no changes; false is never wrong. */
    boolean isUntouched(RootFilesystem root);

    /**
     * Removes layers of one pool for good, those that are there; on return no power cut brings them back. Nothing may be mounted of
     * them.
     */
    void destroy(Collection<Path> layers);

    /** As {@link #destroy(Collection)}, of one layer. */
    default void destroy(Path layer) {
        destroy(List.of(layer));
    }

    /** Removes what was kept of an image whose tree, {@code imageTree}, is gone. No root file system is made on it any more. */
    default void imageGone(Path imageTree) {}

    /**
     * Lets the file system {@code root} take {@code bytes} at most, or as much as there is if 0: a guest that writes more gets EDQUOT
     * or ENOSPC, and no way around it. What counts is the driver's to say; a tip that was made on frozen layers must count those, so
     * that a snapshot gives a guest no more. Its tip may be in use. It is called after each {@link #create}, whose tip may have the
     * bound of what it was made of until then.
     *
     * @throws BerthException UNSUPPORTED, with the reason, if the pool cannot keep it to that; never if 0
     */
    void limit(RootFilesystem root, long bytes);

    /**
     * As {@link #limit}, of a bound that {@code root} has had: one that its pool cannot keep any more, for instance as it was mounted
     * otherwise, stands in nobody's way.
     */
    default void limitIfPossible(RootFilesystem root, long bytes) {
        try {
            limit(root, bytes);
        } catch (BerthException e) {
            if (e.code() != ErrorCode.UNSUPPORTED) {
                throw e;
            }
            LoggerFactory.getLogger(StorageDriver.class)
                    .warn("The quota of {} is not kept: {}", root.directory(), e.getMessage());
        }
    }

    /** What of {@code root} counts toward its bound now, in bytes, told at once; empty if nobody counts. */
    OptionalLong counted(RootFilesystem root);

    /** How much the files in a layer take, in bytes, also where they share it with others. Takes as long as listing them. */
    long usage(Path layer);

    /**
     * Mounts a root file system as its container sees it, with its files owned by host ids. The host's root can make files in it.
     *
     * @return the detached mount; the caller attaches and closes it
     */
    Fd mount(RootFilesystem root);

    /**
     * Makes the tip of {@code root}, which stands on nothing, as an empty tree whose files are stored with the ids that guests see, so
     * that containers of whatever ids can have it mounted at once. {@link #limit}, {@link #counted}, {@link #usage} and {@link
     * #destroy(Path)} are for such a one too.
     *
     * @throws BerthException UNSUPPORTED, with the reason, if the pool cannot have one; what was begun is left for {@link #destroy(Path)}
     */
    void createShared(RootFilesystem root);

    /**
     * Mounts what {@link #createShared} made for a container with the ids of {@code root}. Several may be mounted at once. Setuid
     * programs do nothing in it, since the root of one container would make them for the users of another.
     *
     * @return the detached mount; the caller attaches and closes it
     * @throws BerthException UNSUPPORTED, with the reason, if the pool's file system cannot map ids
     */
    Fd mountShared(RootFilesystem root);

    /** Mounts, for reading only, what the layers of {@code root} below its tip, at least one, show; otherwise as {@link #mount}. */
    Fd mountFrozen(RootFilesystem root);

    /**
     * What sends layers to another pool of this driver without reading their files; empty if files have to be read and written.
     *
     * @param from where the pool has its layers
     * @param to where the other pool has its
     * @param names new names for passing layers, in either; see {@link Datasets#newPassingLayer}
     */
    default Optional<LayerSender> sender(Path from, Path to, Supplier<String> names) {
        return Optional.empty();
    }
}
