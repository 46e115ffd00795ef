package berth.osctld.output;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Text of the system, which is mostly UTF-8 and may be any bytes. A byte {@code b} that is not part of valid UTF-8 becomes
 * the lone surrogate {@code U+DC00 + b}, which valid UTF-8 cannot make, so that {@link #encode} gives back every byte.
 */
public final class RawText {
    private static final char ESCAPED = 0xDC00;

    private RawText() {}

    /** {@code bytes} as text. */
    public static String decode(byte[] bytes) {
        if (isAscii(bytes)) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPED + (in.get() & 0xFF)));
            }
        }
    }

    /** The bytes that {@link #decode} made {@code text} of; other text as UTF-8, with {@code ?} for other lone surrogates. */
    public static byte[] encode(CharSequence text) {
        byte[] bytes = new byte[text.length() * 3];
        int end = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[end++] = (byte) c;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[end++] = (byte) (0xF0 | point >> 18);
                bytes[end++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                bytes[end++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                bytes[end++] = (byte) (0x80 | (point & 0x3F));
            } else if (isEscaped(c)) {
                bytes[end++] = (byte) (c - ESCAPED);
            } else if (Character.isSurrogate(c)) {
                bytes[end++] = '?';
            } else if (c < 0x800) {
                bytes[end++] = (byte) (0xC0 | c >> 6);
                bytes[end++] = (byte) (0x80 | (c & 0x3F));
            } else {
                bytes[end++] = (byte) (0xE0 | c >> 12);
                bytes[end++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[end++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        return Arrays.copyOf(bytes, end);
    }

    /**
     * {@code text} made fit for a person's terminal: control characters, which could move its cursor or change its title,
     * become {@code ?}.
     */
    public static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                StringBuilder clean = new StringBuilder(text);
                for (int j = i; j < clean.length(); j++) {
                    if (isControl(clean.charAt(j))) {
                        clean.setCharAt(j, '?');
                    }
                }
                return clean.toString();
            }
        }
        return text;
    }

    /** As {@link #printable}, of a text of many lines: its line breaks and tabs stay, and the carriage returns before them go. */
    public static String printableLines(String text) {
        return text.replaceAll("\\r+\n", "\n")
                .lines()
                .map(line ->
                        Stream.of(line.split("\t", -1)).map(RawText::printable).collect(Collectors.joining("\t"))
                                + "\n")
                .collect(Collectors.joining());
    }

    /** Whether {@code c} stands for a byte that was not valid UTF-8. */
    static boolean isEscaped(char c) {
        return c >= ESCAPED + 0x80 && c <= ESCAPED + 0xFF;
    }

    private static boolean isControl(char c) {
        return c < 0x20 || (c >= 0x7F && c < 0xA0);
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }
}
