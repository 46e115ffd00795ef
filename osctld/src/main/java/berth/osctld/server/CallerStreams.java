package berth.osctld.server;

import berth.linux.Fd;
import berth.linux.Poll;
import berth.linux.socket.FdStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;

/**
 * Streams over a caller's descriptors that a cancelled command gets out of. A thread that stayed in read(2) would go on
 * stealing what is typed in the caller's shell.
 */
final class CallerStreams {
    private static final Duration SLICE = Duration.ofMillis(100);

    /** What poll(2) promises a pipe takes without waiting. Source: pipe(7), PIPE_BUF. */
    private static final int PIPE_BUF = 4096;

    private CallerStreams() {}

    /** Reads {@code fd}. */
    static InputStream reader(Fd fd) {
        return new Reader(fd, FdStreams.input(fd));
    }

    /** Writes {@code fd}. */
    static OutputStream writer(Fd fd) {
        return new Writer(fd, FdStreams.output(fd));
    }

    private static void await(Fd fd, short event) throws InterruptedIOException {
        while (Poll.await(fd, event, SLICE) == 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("cancelled");
            }
        }
    }

    private static final class Reader extends InputStream {
        private final Fd fd;
        private final InputStream stream;

        Reader(Fd fd, InputStream stream) {
            this.fd = fd;
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            await(fd, Poll.IN);
            return stream.read(buffer, offset, length);
        }
    }

    private static final class Writer extends OutputStream {
        private final Fd fd;
        private final OutputStream stream;

        Writer(Fd fd, OutputStream stream) {
            this.fd = fd;
            this.stream = stream;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, buffer.length);
            for (int done = 0; done < length; done += PIPE_BUF) {
                await(fd, Poll.OUT);
                stream.write(buffer, offset + done, Math.min(PIPE_BUF, length - done));
            }
        }
    }
}
