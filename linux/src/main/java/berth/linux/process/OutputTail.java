package berth.linux.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** The last bytes of a stream, and its lines one by one. */
final class OutputTail {
    private final int limit;
    private final Consumer<String> lines;
    private byte[] kept = new byte[0];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    OutputTail(int limit, Consumer<String> lines) {
        this.limit = limit;
        this.lines = lines;
    }

    void add(byte[] bytes) {
        byte[] all = Arrays.copyOf(kept, kept.length + bytes.length);
        System.arraycopy(bytes, 0, all, kept.length, bytes.length);
        kept = all.length > limit ? Arrays.copyOfRange(all, all.length - limit, all.length) : all;
        for (byte b : bytes) {
            if (b == '\n' || b == '\r') {
                finish();
            } else if (line.size() < limit) {
                line.write(b);
            }
        }
    }

    void finish() {
        if (line.size() > 0) {
            lines.accept(line.toString(StandardCharsets.UTF_8));
            line.reset();
        }
    }

    byte[] bytes() {
        return kept;
    }
}
