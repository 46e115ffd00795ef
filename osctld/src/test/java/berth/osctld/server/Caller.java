package berth.osctld.server;

import berth.linux.Fd;
import berth.linux.process.ExitStatus;
import berth.linux.process.Pipe;
import berth.linux.socket.Message;
import berth.linux.socket.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What the relay does, done by a test. Its standard streams are one pipe. */
final class Caller implements AutoCloseable {
    private final UnixStream stream;
    private final Pipe pipe;

    Caller(Path socket) {
        this.stream = UnixStream.connect(socket);
        this.pipe = Pipe.open();
    }

    /** The payload of a hello of the command line {@code words}, each character one byte. */
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

    /** Says hello with the command line {@code words}. */
    Caller hello(String... words) {
        return frame(Frame.HELLO, hello(Invocation.PROTOCOL, words), standard());
    }

    /** The three descriptors of a hello. */
    List<Fd> standard() {
        return List.of(pipe.reader(), pipe.writer(), pipe.writer());
    }

    /** Sends a frame. */
    Caller frame(byte type, byte[] payload, List<Fd> descriptors) {
        stream.send(new Frame(type, payload).bytes(), descriptors);
        return this;
    }

    /** Sends bytes. */
    Caller bytes(byte[] bytes) {
        stream.write(bytes);
        return this;
    }

    /** Sends bytes one by one, the descriptors with the first. */
    void pieces(byte[] bytes, List<Fd> descriptors) {
        List<Fd> withNext = descriptors;
        for (byte b : bytes) {
            stream.send(new byte[] {b}, withNext);
            withNext = List.of();
        }
    }

    /** Closes the connection without a word. */
    void leave() {
        stream.close();
    }

    /** Waits for the path of the next request to open a file. */
    String openRequest() {
        byte[] header = receive(Frame.HEADER);
        byte[] payload = receive(header[0]);
        return new String(payload, 8, payload.length - 9, StandardCharsets.UTF_8);
    }

    /** Waits for the end of the command: how. */
    ExitStatus exit() {
        byte[] frame = receive(Frame.HEADER + 2);
        return new ExitStatus(frame[5] & 0xFF, frame[6]);
    }

    /** Whether the daemon hung up without another word. */
    boolean wasHungUpOn() {
        return stream.receive(1, 1).isEnd();
    }

    /** What came on the pipe until the daemon closed it. */
    String output() {
        pipe.writer().close();
        byte[] buffer = new byte[Fd.CHUNK];
        int count = pipe.reader().read(buffer, 0, buffer.length);
        return count < 0 ? "" : new String(buffer, 0, count, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        stream.close();
        pipe.close();
    }

    private byte[] receive(int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            Message message = stream.receive(bytes.remaining(), 1);
            if (message.isEnd()) {
                throw new AssertionError("the daemon hung up");
            }
            bytes.put(message.data());
        }
        return bytes.array();
    }
}
