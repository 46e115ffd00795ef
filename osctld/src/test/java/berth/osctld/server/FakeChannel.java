package berth.osctld.server;

import berth.linux.Fd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A channel whose other end is the test. */
final class FakeChannel implements Channel {
    private static final Piece END = new Piece(new byte[0], List.of());

    private record Piece(byte[] bytes, List<Fd> descriptors) {}

    private final BlockingQueue<Piece> incoming = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
    private final Fd[] standard = {null0(), null0(), null0()};

    /** A descriptor that is not open, so that closing it harms nobody. */
    private static Fd null0() {
        return Fd.own(1_000_000);
    }

    /** Sends the daemon a hello for {@code words}. */
    FakeChannel hello(String... words) {
        return frame(Frame.HELLO, hello(1, words), standard);
    }

    /** The payload of a hello. */
    static byte[] hello(int version, String... words) {
        ByteBuffer hello = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        hello.putInt(version).put((byte) 0b010).putShort((short) 24).putShort((short) 80);
        hello.put("/root\0".getBytes(StandardCharsets.ISO_8859_1)).putInt(words.length);
        for (String word : words) {
            hello.put(word.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
        }
        hello.putInt(1).put("TERM=xterm\0".getBytes(StandardCharsets.ISO_8859_1));
        byte[] payload = new byte[hello.position()];
        hello.flip().get(payload);
        return payload;
    }

    /** Sends the daemon a frame. */
    FakeChannel frame(byte type, byte[] payload, Fd... descriptors) {
        return piece(new Frame(type, payload).bytes(), descriptors);
    }

    /** Sends the daemon bytes. */
    FakeChannel piece(byte[] bytes, Fd... descriptors) {
        incoming.add(new Piece(bytes, List.of(descriptors)));
        return this;
    }

    /** Ends the stream to the daemon. */
    FakeChannel end() {
        incoming.add(END);
        return this;
    }

    /** All that the daemon has sent. */
    byte[] sent() {
        synchronized (outgoing) {
            return outgoing.toByteArray();
        }
    }

    /** Whether the standard descriptors that came with the hello are closed. */
    boolean hasClosedDescriptors() {
        return !standard[0].isOpen() && !standard[1].isOpen() && !standard[2].isOpen();
    }

    @Override
    public int receive(byte[] buffer, int offset, int length, Consumer<Fd> descriptors) {
        try {
            Piece piece = incoming.take();
            if (piece == END) {
                incoming.add(END);
                return -1;
            }
            piece.descriptors().forEach(descriptors);
            int count = Math.min(length, piece.bytes().length);
            System.arraycopy(piece.bytes(), 0, buffer, offset, count);
            if (count < piece.bytes().length) {
                byte[] rest = new byte[piece.bytes().length - count];
                System.arraycopy(piece.bytes(), count, rest, 0, rest.length);
                receiveLater(rest);
            }
            return count;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void receiveLater(byte[] rest) {
        List<Piece> others = new java.util.ArrayList<>();
        incoming.drainTo(others);
        incoming.add(new Piece(rest, List.of()));
        incoming.addAll(others);
    }

    @Override
    public void send(byte[] bytes) {
        synchronized (outgoing) {
            outgoing.writeBytes(bytes);
        }
    }

    @Override
    public Peer peer() {
        return new Peer(100, 0, 0);
    }

    @Override
    public void shutdown() {
        incoming.add(END);
    }

    @Override
    public void close() {}
}
