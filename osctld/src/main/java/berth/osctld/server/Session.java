package berth.osctld.server;

import berth.linux.Fd;
import berth.linux.socket.BrokenPipe;
import berth.linux.socket.PeerCredentials;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One run of {@code osctl}: its command line, its caller and the caller's own files. Everything it gives out is closed when
 * the command ends.
 */
public interface Session {
    /** The command line and where it was given. */
    Invocation invocation();

    /** Who gave it. */
    PeerCredentials peer();

    /** The caller's standard input. Reading ends with an InterruptedIOException when the command is cancelled. */
    InputStream in();

    /** The caller's standard output, not buffered. Writing throws {@link BrokenPipe} if nobody reads it any more. */
    OutputStream out();

    /** The caller's standard error, not buffered. */
    OutputStream err();

    /** The descriptor of a standard stream, for a program that is given it; stays the session's. */
    Fd descriptor(StandardStream stream);

    /** Signals and window changes. */
    Signals signals();

    /**
     * Opens {@code path} for reading with the caller's rights, from the caller's directory; a directory too.
     *
     * @return the file, which the caller of this closes
     * @throws berth.linux.KernelException with the error that the caller's open(2) met
     */
    Fd openForReading(String path);

    /**
     * Opens {@code path} for writing with the caller's rights, made if it is missing and cut to nothing if not.
     *
     * @return the file, which the caller of this closes
     * @throws berth.linux.KernelException with the error that the caller's open(2) met
     */
    Fd create(String path);

    /**
     * Makes {@code path}, which nobody but the caller may read, and opens it for writing with the caller's rights.
     *
     * @return the file, which the caller of this closes
     * @throws berth.linux.KernelException EEXIST if it is there; the error that the caller's open(2) met
     */
    Fd createPrivate(String path);
}
