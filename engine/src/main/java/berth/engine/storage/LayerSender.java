package berth.engine.storage;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Sends layers, each of which holds all that it shows, to another pool of the same driver. Of each only what changed since the one
 * before is sent, and shares there what it shares here. What it needs on both sides meanwhile are passing layers, which {@link #close}
 * removes. Used by one thread; the locks of both containers are held.
 */
public interface LayerSender extends AutoCloseable {
    /** What comes next has nothing in common with what came before. */
    void begin();

    /**
     * What comes next stands on an image whose trees here and there are {@code fromTree} and {@code toTree}.
     *
     * @param same whether nothing at all tells the one from the other; asked only if that matters
     * @return whether what stands on it can be sent; otherwise {@link #written} tells what there is instead
     */
    boolean beginOn(Path fromTree, Path toTree, BooleanSupplier same);

    /** What comes next is sent as what changed since layer {@code source}: {@code target}, which was made otherwise, holds the same. */
    void written(Path source, Path target);

    /**
     * Makes the tip {@code target}, in the place of the one that is there, hold what layer {@code source} holds. It has no bound then.
     *
     * @param sent told how many bytes have been sent of it so far
     * @throws berth.engine.BerthException EXHAUSTED if the other pool is full; CANCELLED if the thread is interrupted; FAILED if what
     *     is used for it fails, which says nothing against writing the files instead
     */
    void send(Path source, Path target, LongConsumer sent);

    @Override
    void close();
}
