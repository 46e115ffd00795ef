package berth.engine.runtime;

import berth.linux.process.Child;
import berth.linux.process.ExitStatus;
import berth.linux.process.Pidfd;
import berth.linux.process.Processes;
import berth.linux.process.Signal;
import java.util.Optional;

/**
 * A program that was started inside a container, together with the {@code lxc-attach} that waits for it.
 *
 * <p>Closing it while the program runs ends both: the program gets SIGHUP, as if its terminal had gone.
 */
public final class GuestProcess implements AutoCloseable {
    private final Child attach;

    GuestProcess(Child attach) {
        this.attach = attach;
    }

    /** Waits until the program ends: how, as lxc-attach reports it (127 if it could not be run, 128+N for signal N). */
    public ExitStatus await() {
        return attach.await();
    }

    /** Gives {@code signal} to the program. */
    public void signal(Signal signal) {
        for (int pid : Processes.children(attach.pid())) {
            Optional<Pidfd> program = Pidfd.open(pid);
            try (Pidfd open = program.orElse(null)) {
                if (open != null) {
                    open.signal(signal);
                }
            }
        }
    }

    /** Tells lxc-attach that the caller's terminal has another size; it reads the size from the terminal itself. */
    public void resized() {
        attach.signal(Signal.WINCH);
    }

    @Override
    public void close() {
        if (!attach.pidfd().isExited()) {
            signal(Signal.HUP);
            attach.signal(Signal.TERM);
        }
        attach.await();
        attach.close();
    }
}
