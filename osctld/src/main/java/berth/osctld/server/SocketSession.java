package berth.osctld.server;

import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import berth.linux.socket.PeerCredentials;
import berth.linux.socket.Terminal;
import berth.linux.socket.UnixStream;
import berth.osctld.output.RawText;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session on a socket. The command's thread uses it as {@link Session}; the receiving thread runs {@link #receive} until
 * the caller is gone.
 */
final class SocketSession implements Session, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketSession.class);
    private static final int O_READ = 02000000;
    private static final int O_CREATE = 02000000 | 01 | 0100 | 01000;
    private static final int NEW_FILE_MODE = 0666;
    private static final int O_EXCLUSIVE = 0200;
    private static final int PRIVATE_MODE = 0600;
    private static final Opened GONE = new Opened(Errno.ECONNRESET.number(), Optional.empty());

    private record Opened(int errno, Optional<Fd> fd) {}

    private final UnixStream stream;
    private final FrameReader frames;
    private final Invocation invocation;
    private final List<Fd> standard;
    private final Signals signals = new Signals();
    private final BlockingQueue<Opened> opened = new ArrayBlockingQueue<>(1);

    private SocketSession(UnixStream stream, FrameReader frames, Invocation invocation, List<Fd> standard) {
        this.stream = stream;
        this.frames = frames;
        this.invocation = invocation;
        this.standard = standard;
    }

    /**
     * Waits for the hello of a new connection; empty if the caller left without one. The session owns the descriptors that
     * came with it; the connection stays with whoever called this.
     *
     * @throws MalformedFrameException if something else came
     */
    static Optional<SocketSession> greet(UnixStream stream, FrameReader frames) {
        Optional<Frame> hello = frames.next(FrameReader.MAX_HELLO);
        if (hello.isEmpty()) {
            return Optional.empty();
        }
        if (hello.get().type() != Frame.HELLO) {
            throw new MalformedFrameException(
                    "a first frame '%c'".formatted((char) hello.get().type()));
        }
        Frame frame = hello.get();
        if (Invocation.version(frame.fields()) != Invocation.PROTOCOL) {
            refuse(stream, frames);
            return Optional.empty();
        }
        Invocation invocation = Invocation.parse(frame.fields());
        List<Fd> standard = List.of(frames.descriptor(), frames.descriptor(), frames.descriptor());
        return Optional.of(new SocketSession(stream, frames, invocation, standard));
    }

    private static void refuse(UnixStream stream, FrameReader frames) {
        List<Fd> standard = List.of(frames.descriptor(), frames.descriptor(), frames.descriptor());
        try {
            LOG.warn("refused a relay of another version, pid {}", stream.peer().pid());
            byte[] message = RawText.encode("osctl: osctl and osctld are of different versions; restart osctld\n");
            standard.get(StandardStream.STDERR.number()).writeFully(message, 0, message.length);
        } finally {
            standard.forEach(Fd::close);
        }
        stream.write(exitFrame(Exits.of(ErrorCode.INTERNAL.exitStatus())));
    }

    private static byte[] exitFrame(ExitStatus status) {
        return new Frame(Frame.EXIT, new byte[] {(byte) status.code(), (byte) status.signal()}).bytes();
    }

    /** Handles what the caller sends until it is gone, which hangs up the command. */
    void receive() {
        try {
            Optional<Frame> frame = frames.next(FrameReader.MAX_FRAME);
            while (frame.isPresent()) {
                handle(frame.get());
                frame = frames.next(FrameReader.MAX_FRAME);
            }
        } finally {
            signals.deliver(Signal.HUP);
            var _ = opened.offer(GONE);
        }
    }

    /** Tells the caller to end. */
    void exit(ExitStatus status) {
        stream.write(exitFrame(status));
    }

    @Override
    public Invocation invocation() {
        return invocation;
    }

    @Override
    public PeerCredentials peer() {
        return stream.peer();
    }

    @Override
    public InputStream in() {
        return CallerStreams.reader(descriptor(StandardStream.STDIN));
    }

    @Override
    public OutputStream out() {
        return CallerStreams.writer(descriptor(StandardStream.STDOUT));
    }

    @Override
    public OutputStream err() {
        return CallerStreams.writer(descriptor(StandardStream.STDERR));
    }

    @Override
    public Fd descriptor(StandardStream stream) {
        return standard.get(stream.number());
    }

    @Override
    public Signals signals() {
        return signals;
    }

    @Override
    public Fd openForReading(String path) {
        return open(path, O_READ, 0);
    }

    @Override
    public Fd create(String path) {
        return open(path, O_CREATE, NEW_FILE_MODE);
    }

    @Override
    public Fd createPrivate(String path) {
        return open(path, O_CREATE | O_EXCLUSIVE, PRIVATE_MODE);
    }

    /** Closes the standard streams, so that whoever reads the output sees its end. */
    @Override
    public void close() {
        standard.forEach(Fd::close);
    }

    private synchronized Fd open(String path, int flags, int mode) {
        byte[] name = RawText.encode(path);
        ByteBuffer payload =
                ByteBuffer.allocate(2 * Integer.BYTES + name.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        payload.putInt(flags).putInt(mode).put(name).put((byte) 0);
        stream.write(new Frame(Frame.OPEN, payload.array()).bytes());
        try {
            Opened answer = opened.take();
            return answer.fd().orElseThrow(() -> new KernelException("open", path, answer.errno()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException("open", path, Errno.EINTR.number());
        }
    }

    private void handle(Frame frame) {
        switch (frame.type()) {
            case Frame.SIGNAL -> Signal.of(frame.fields(1).get()).ifPresent(signals::deliver);
            case Frame.WINDOW -> {
                ByteBuffer fields = frame.fields(4);
                signals.resize(new Terminal.Size(
                        Short.toUnsignedInt(fields.getShort()), Short.toUnsignedInt(fields.getShort())));
            }
            case Frame.OPENED -> answer(frame.fields(4).getInt());
            default -> throw new MalformedFrameException("a frame '%c'".formatted((char) frame.type()));
        }
    }

    private void answer(int errno) {
        Optional<Fd> fd = errno == 0 ? Optional.of(frames.descriptor()) : Optional.empty();
        if (!opened.offer(new Opened(errno, fd))) {
            fd.ifPresent(Fd::close);
            throw new MalformedFrameException("an opened file that nobody asked for");
        }
    }
}
