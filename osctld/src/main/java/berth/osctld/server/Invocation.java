package berth.osctld.server;

import berth.linux.socket.Terminal;
import berth.osctld.output.RawText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a caller asked for, and from where. Words are {@link RawText}: they keep every byte that the caller gave.
 *
 * @param name the name that the relay was called by, without its directory: {@code osctl} or a shortcut such as {@code ct}
 * @param arguments the words after it
 * @param directory the caller's working directory
 * @param environment the part of the caller's environment that the relay passes on
 * @param terminals which standard streams are terminals
 * @param window size of the caller's terminal, zero if there is none
 */
public record Invocation(
        String name,
        List<String> arguments,
        String directory,
        Map<String, String> environment,
        Set<StandardStream> terminals,
        Terminal.Size window) {
    static final int PROTOCOL = 1;

    private static final int MAX_WORDS = 1 << 20;

    public Invocation {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        terminals = Set.copyOf(terminals);
    }

    /** Whether {@code stream} is a terminal. */
    public boolean isTerminal(StandardStream stream) {
        return terminals.contains(stream);
    }

    /** The version of the protocol that the payload of a hello is of; all versions begin with it. */
    static int version(ByteBuffer in) {
        require(in, Integer.BYTES);
        return in.getInt();
    }

    /** Reads the payload of a hello frame. @throws MalformedFrameException if it breaks the protocol */
    static Invocation parse(ByteBuffer in) {
        require(in, 9);
        int version = in.getInt();
        if (version != PROTOCOL) {
            throw new MalformedFrameException(
                    "protocol version %d instead of %d; osctl and osctld differ in age".formatted(version, PROTOCOL));
        }
        int bits = in.get();
        Set<StandardStream> terminals = EnumSet.noneOf(StandardStream.class);
        for (StandardStream stream : StandardStream.values()) {
            if ((bits & 1 << stream.number()) != 0) {
                terminals.add(stream);
            }
        }
        Terminal.Size window =
                new Terminal.Size(Short.toUnsignedInt(in.getShort()), Short.toUnsignedInt(in.getShort()));
        String directory = text(in);
        List<String> words = texts(in);
        if (words.isEmpty()) {
            throw new MalformedFrameException("a command line without a name");
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (String pair : texts(in)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                environment.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        if (in.hasRemaining()) {
            throw new MalformedFrameException(in.remaining() + " bytes after the end of a hello");
        }
        String name = words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1);
        return new Invocation(name, words.subList(1, words.size()), directory, environment, terminals, window);
    }

    private static List<String> texts(ByteBuffer in) {
        require(in, 4);
        int count = in.getInt();
        if (count < 0 || count > MAX_WORDS) {
            throw new MalformedFrameException("a list of " + Integer.toUnsignedString(count) + " words");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(in));
        }
        return texts;
    }

    private static String text(ByteBuffer in) {
        int start = in.position();
        int end = start;
        while (end < in.limit() && in.get(end) != 0) {
            end++;
        }
        if (end == in.limit()) {
            throw new MalformedFrameException("a word without an end");
        }
        byte[] word = new byte[end - start];
        in.get(word);
        in.get();
        return RawText.decode(word);
    }

    private static void require(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw new MalformedFrameException("a hello that ends early");
        }
    }
}
