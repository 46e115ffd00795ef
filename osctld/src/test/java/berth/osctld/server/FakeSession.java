package berth.osctld.server;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.socket.PeerCredentials;
import berth.linux.socket.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session whose streams are in memory. */
public final class FakeSession implements Session {
    private final Invocation invocation;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Signals signals = new Signals();
    private InputStream in = InputStream.nullInputStream();

    private FakeSession(Invocation invocation) {
        this.invocation = invocation;
    }

    /** A session of the command line {@code words}, without a terminal. */
    public static FakeSession of(String... words) {
        return of(Set.of(), Map.of(), words);
    }

    /** A session on a terminal. */
    public static FakeSession onTerminal(Map<String, String> environment, String... words) {
        return of(EnumSet.allOf(StandardStream.class), environment, words);
    }

    private static FakeSession of(Set<StandardStream> terminals, Map<String, String> environment, String... words) {
        List<String> all = List.of(words);
        return new FakeSession(new Invocation(
                all.getFirst(), all.subList(1, all.size()), "/", environment, terminals, new Terminal.Size(24, 80)));
    }

    /** Gives the command {@code text} on standard input. */
    public FakeSession input(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** What came to standard output. */
    public String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What came to standard output, as bytes. */
    public byte[] outputBytes() {
        return out.toByteArray();
    }

    /** What came to standard error. */
    public String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Invocation invocation() {
        return invocation;
    }

    @Override
    public PeerCredentials peer() {
        return new PeerCredentials(1, 0, 0);
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public OutputStream err() {
        return err;
    }

    @Override
    public Fd descriptor(StandardStream stream) {
        throw new UnsupportedOperationException("a session in memory has no descriptors");
    }

    @Override
    public Signals signals() {
        return signals;
    }

    @Override
    public Fd openForReading(String path) {
        throw new KernelException("open", path, Errno.ENOENT.number());
    }

    @Override
    public Fd create(String path) {
        throw new KernelException("open", path, Errno.EACCES.number());
    }

    @Override
    public Fd createPrivate(String path) {
        throw new KernelException("open", path, Errno.EACCES.number());
    }
}
