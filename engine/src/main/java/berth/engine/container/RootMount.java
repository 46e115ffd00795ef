package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The root file system of a container that starts, which is mounted, attached nowhere, on a thread of its own while the start makes
 * other things. Used by one thread.
 */
final class RootMount {
    /** How it is made, with somebody to be told what is odd about it. */
    @FunctionalInterface
    interface Making {
        Fd mount(Consumer<String> remarks) throws Exception;
    }

    private final Making making;
    private final List<String> remarks = new CopyOnWriteArrayList<>();
    private @Nullable FutureTask<Fd> task;

    RootMount(Making making) {
        this.making = making;
    }

    /** Begins to make it. */
    void begin() {
        Callable<Fd> work = () -> making.mount(remarks::add);
        task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name("root").start(task);
    }

    /** Waits until it is made: the mount, which the caller closes. Told once what is odd about it. */
    Fd await(Consumer<String> listener) throws InterruptedException {
        FutureTask<Fd> begun = task;
        if (begun == null) {
            throw new IllegalStateException("its making was not begun");
        }
        try {
            Fd mount = begun.get();
            task = null;
            return mount;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException own
                    ? own
                    : new BerthException(ErrorCode.FAILED, String.valueOf(e.getCause()), null, e);
        } finally {
            remarks.forEach(listener);
            remarks.clear();
        }
    }

    /** Takes it back, unless somebody has awaited it. */
    void discard() {
        FutureTask<Fd> begun = task;
        task = null;
        boolean interrupted = false;
        while (begun != null) {
            try {
                begun.get().close();
                begun = null;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                begun = null;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
