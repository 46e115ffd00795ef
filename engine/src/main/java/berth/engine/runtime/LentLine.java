package berth.engine.runtime;

import berth.engine.BerthException;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.socket.Terminal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A terminal other than the console: LXC lends its master side for as long as this is open. */
final class LentLine implements TerminalLine {
    private static final int CHUNK = 16 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long RETRY_NANOS = 20_000_000;

    private final RunPlan plan;
    private final int number;
    private final BooleanSupplier isUp;
    private final ReentrantLock lock = new ReentrantLock();
    private TerminalRequest.Lent terminal;

    /** @param isUp whether the container runs, so that a terminal that ends was only part of a reboot */
    LentLine(RunPlan plan, int number, BooleanSupplier isUp) {
        this.plan = plan;
        this.number = number;
        this.isUp = isUp;
        this.terminal = TerminalRequest.send(plan, number);
    }

    @Override
    public byte[] earlier() {
        return new byte[0];
    }

    @Override
    public Optional<byte[]> read(Fd wake) {
        try (Fd master = master()) {
            short[] events =
                    Poll.await(List.of(new Poll.Interest(master, Poll.IN), new Poll.Interest(wake, Poll.IN)), PATIENCE);
            if (events[0] == 0) {
                return Optional.of(new byte[0]);
            }
            byte[] buffer = new byte[CHUNK];
            int count = master.read(buffer, 0, buffer.length);
            if (count > 0) {
                return Optional.of(Arrays.copyOf(buffer, count));
            }
        } catch (KernelException e) {
            // A terminal whose other side is closed reads as an error.
        }
        return isUp.getAsBoolean() ? reopened() : Optional.empty();
    }

    /** During a reboot LXC makes its terminals anew. */
    private Optional<byte[]> reopened() {
        lock.lock();
        try {
            terminal.close();
            terminal = TerminalRequest.send(plan, number);
        } catch (BerthException | KernelException e) {
            LockSupport.parkNanos(RETRY_NANOS);
        } finally {
            lock.unlock();
        }
        return Optional.of(new byte[0]);
    }

    @Override
    public void write(byte[] keys) {
        try (Fd master = master()) {
            // A guest that reads nothing must not hold up those who only look.
            if (Poll.await(master, Poll.OUT, Duration.ZERO) == Poll.OUT) {
                master.writeSome(keys, 0, keys.length);
            }
        } catch (KernelException | IllegalStateException e) {
            // It is going away; the reading thread sees it too.
        }
    }

    @Override
    public void resize(Terminal.Size size) {
        try (Fd master = master()) {
            Terminal.resize(master, size);
        } catch (KernelException | IllegalStateException e) {
            // As above.
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            terminal.close();
        } finally {
            lock.unlock();
        }
    }

    private Fd master() {
        lock.lock();
        try {
            return terminal.master().dup();
        } finally {
            lock.unlock();
        }
    }
}
