package berth.linux.socket;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Streams over a descriptor, without buffers of their own. They do not own the descriptor: closing them leaves it open.
 * They wait also where the descriptor is non-blocking.
 */
public final class FdStreams {
    private FdStreams() {}

    /** What {@code fd} gives. A terminal that hung up reads as the end. */
    public static InputStream input(Fd fd) {
        return new Input(fd);
    }

    /** Writes to {@code fd}; throws {@link BrokenPipe} if nobody reads there any more. */
    public static OutputStream output(Fd fd) {
        return new Output(fd);
    }

    private static final class Input extends InputStream {
        private final Fd fd;

        Input(Fd fd) {
            this.fd = fd;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, buffer.length);
            if (length == 0) {
                return 0;
            }
            try {
                return fd.read(buffer, offset, length);
            } catch (KernelException e) {
                if (e.is(Errno.EIO) || e.is(Errno.ECONNRESET)) {
                    return -1;
                }
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    private static final class Output extends OutputStream {
        private final Fd fd;

        Output(Fd fd) {
            this.fd = fd;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, buffer.length);
            try {
                fd.writeFully(buffer, offset, length);
            } catch (KernelException e) {
                if (e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET)) {
                    throw new BrokenPipe(e);
                }
                throw new IOException(e.getMessage(), e);
            }
        }
    }
}
