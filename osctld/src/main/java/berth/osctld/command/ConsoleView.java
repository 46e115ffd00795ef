package berth.osctld.command;

import berth.engine.runtime.ConsoleViewer;
import berth.linux.socket.Terminal;
import berth.osctld.output.RawText;
import berth.osctld.server.Session;
import berth.osctld.server.StandardStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;

/**
 * Shows a container's terminal on the caller's until he leaves, is gone, or the container stops. The calling thread passes
 * keys on, another one output; whichever ends first ends the other.
 */
final class ConsoleView {
    private static final int CHUNK = 4096;

    private final Session session;

    ConsoleView(Session session) {
        this.session = session;
    }

    /** Shows {@code viewer}, and closes it. */
    void show(ConsoleViewer viewer) {
        boolean terminal = session.invocation().isTerminal(StandardStream.STDIN);
        Terminal.Size size = session.invocation().window();
        if (size.rows() > 0) {
            viewer.resize(size.rows(), size.columns());
        }
        try (viewer;
                Terminal.Mode _ = terminal ? Terminal.raw(session.descriptor(StandardStream.STDIN)) : () -> {};
                var _ = session.signals().onResize(s -> viewer.resize(s.rows(), s.columns()))) {
            if (terminal) {
                say("[Ctrl-a q leaves the console]\r\n");
            }
            converse(viewer);
            if (terminal) {
                say("\r\n");
            }
        }
    }

    private void converse(ConsoleViewer viewer) {
        Thread keys = Thread.currentThread();
        CountDownLatch over = new CountDownLatch(1);
        Thread output = Thread.ofPlatform().daemon().name("console-output").start(() -> {
            try {
                copy(viewer);
            } finally {
                over.countDown();
                keys.interrupt();
            }
        });
        try {
            if (!type(viewer)) {
                over.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            viewer.close();
            awaitEnd(output);
        }
    }

    /** Passes keys on. Returns whether the caller left; not if only his input ended. */
    private boolean type(ConsoleViewer viewer) {
        DetachKeys detach = new DetachKeys();
        byte[] buffer = new byte[CHUNK];
        var in = session.in();
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                byte[] keys = detach.filter(buffer, count);
                if (keys.length > 0) {
                    viewer.write(keys);
                }
                if (detach.isDetached()) {
                    return true;
                }
            }
            return false;
        } catch (InterruptedIOException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copy(ConsoleViewer viewer) {
        OutputStream out = session.out();
        try {
            for (var shown = viewer.read(); shown.isPresent(); shown = viewer.read()) {
                out.write(shown.get());
            }
        } catch (InterruptedException | IOException e) {
            // The caller is gone, and with him the reason to look.
        }
    }

    private static void awaitEnd(Thread output) {
        boolean interrupted = Thread.interrupted();
        try {
            output.join();
        } catch (InterruptedException e) {
            interrupted = true;
            output.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String text) {
        try {
            session.err().write(RawText.encode(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
