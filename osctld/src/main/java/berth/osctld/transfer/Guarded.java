package berth.osctld.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Ends a stream that has given nothing for too long: its reader gets an error instead of waiting for ever. */
final class Guarded extends FilterInputStream {
    private final Duration patience;
    private final AtomicLong lastGiven = new AtomicLong(System.nanoTime());
    private final Thread watch;
    private volatile boolean stalled;
    private volatile boolean waiting;

    Guarded(InputStream in, Duration patience) {
        super(in);
        this.patience = patience;
        this.watch = Thread.ofVirtual().name("transfer-watch").start(this::watch);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        lastGiven.set(System.nanoTime());
        waiting = true;
        try {
            int count = super.read(buffer, offset, length);
            waiting = false;
            return count;
        } catch (IOException e) {
            throw stalled ? new IOException("nothing came for %d s".formatted(patience.toSeconds()), e) : e;
        }
    }

    @Override
    public void close() throws IOException {
        watch.interrupt();
        super.close();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(patience.dividedBy(4));
                if (waiting && System.nanoTime() - lastGiven.get() > patience.toNanos()) {
                    stalled = true;
                    in.close();
                    return;
                }
            }
        } catch (InterruptedException e) {
            // It is closed.
        } catch (IOException e) {
            // Its reader gets the error.
        }
    }
}
