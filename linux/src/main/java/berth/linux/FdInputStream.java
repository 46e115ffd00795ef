package berth.linux;

import java.io.IOException;
import java.io.InputStream;

/** Reads a descriptor, for instance a pipe's end or a file that a user's command opened. Closing it closes the descriptor. */
public final class FdInputStream extends InputStream {
    private final Fd fd;

    /** Takes ownership of {@code fd}, open for reading. */
    public FdInputStream(Fd fd) {
        this.fd = fd;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            return fd.read(buffer, offset, length);
        } catch (KernelException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
