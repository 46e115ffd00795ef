package berth.linux.process;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Work in other namespaces, on a thread that lives only for it.
 *
 * <p>A thread that enters a namespace must not start threads or processes: they would start there, and the JVM keeps
 * some of them. So the work makes system calls and touches files, nothing else: no executors, virtual threads, logging
 * to asynchronous appenders, process builders. In another mount namespace it must not be the first to load a class
 * either, since the JVM may open the class's archive by its path. Source: setns(2).
 */
public final class NamespaceThread {
    private static final long SYS_UNSHARE = 272;
    private static final long SYS_SETNS = 308;
    private static final long CLONE_FS = 0x200;

    private NamespaceThread() {}

    /** What is done there. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        T run();
    }

    /**
     * Enters {@code namespaces} on a new thread, runs {@code work} there and waits for it, not to be interrupted.
     *
     * @throws KernelException if a namespace cannot be entered
     * @throws RuntimeException whatever the work throws
     */
    public static <T extends @Nullable Object> T call(Map<NamespaceKind, Fd> namespaces, Work<T> work) {
        EnumMap<NamespaceKind, Fd> ordered = new EnumMap<>(NamespaceKind.class);
        ordered.putAll(namespaces);
        Visit<T> visit = new Visit<>(ordered, work);
        Thread thread = Thread.ofPlatform().name("namespace").daemon().unstarted(visit);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return visit.result();
    }

    private static final class Visit<T extends @Nullable Object> implements Runnable {
        private final EnumMap<NamespaceKind, Fd> namespaces;
        private final Work<T> work;
        private @Nullable T value;
        private @Nullable Throwable failure;

        Visit(EnumMap<NamespaceKind, Fd> namespaces, Work<T> work) {
            this.namespaces = namespaces;
            this.work = work;
        }

        @Override
        public void run() {
            try {
                namespaces.forEach(Visit::enter);
                value = work.run();
            } catch (Throwable e) {
                failure = e;
            }
        }

        private static void enter(NamespaceKind kind, Fd namespace) {
            if (kind == NamespaceKind.MOUNT) {
                // The kernel refuses another mount namespace to a thread that shares its root directory.
                Libc.check(Libc.syscall(SYS_UNSHARE, CLONE_FS), "unshare", "CLONE_FS");
            }
            Libc.check(Libc.syscall(SYS_SETNS, namespace.number(), kind.cloneFlag()), "setns", kind.name());
        }

        @SuppressWarnings("NullAway") // the work's own value, null only if its type allows it
        T result() {
            switch (failure) {
                case null -> {
                    return value;
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}
