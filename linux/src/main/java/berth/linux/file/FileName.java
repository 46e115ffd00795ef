package berth.linux.file;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names as strings, without loss: UTF-8 where the bytes are UTF-8, and each other byte as the lone surrogate
 * {@code U+DC00 + byte}, which no valid UTF-8 decodes to. So {@code encode(decode(bytes))} is always {@code bytes}.
 */
public final class FileName {
    private static final int ESCAPE = 0xDC00;

    private FileName() {}

    /** The name whose bytes are {@code bytes}. */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The name whose bytes are the {@code length} ones of {@code bytes} from {@code offset} on. */
    public static String decode(byte[] bytes, int offset, int length) {
        if (isAscii(bytes, offset, length)) {
            return new String(bytes, offset, length, StandardCharsets.US_ASCII);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(length);
        while (in.hasRemaining()) {
            CoderResult result = decoder.decode(in, out, true);
            for (int i = 0; result.isError() && i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xff)));
            }
            decoder.reset();
        }
        return out.flip().toString();
    }

    /** The bytes of {@code name}. @throws IllegalArgumentException if it holds a surrogate that {@link #decode} never makes */
    public static byte[] encode(String name) {
        return isAscii(name) ? name.getBytes(StandardCharsets.US_ASCII) : escaped(name);
    }

    /** {@code name} for a message: what is not printable is shown as {@code ?}, and at most 200 characters. */
    public static String printable(String name) {
        StringBuilder shown = new StringBuilder();
        name.codePoints()
                .limit(200)
                .forEach(c -> shown.appendCodePoint(
                        Character.isISOControl(c)
                                        || Character.getType(c) == Character.SURROGATE
                                        || Character.getType(c) == Character.FORMAT
                                ? '?'
                                : c));
        return name.codePointCount(0, name.length()) > 200 ? shown + "…" : shown.toString();
    }

    private static byte[] escaped(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length());
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            boolean lone = i < name.length()
                    && isEscape(name.charAt(i))
                    && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
            if (i == name.length() || lone) {
                out.writeBytes(utf8(name.substring(start, i)));
                start = i + 1;
            }
            if (lone) {
                out.write(name.charAt(i) - ESCAPE);
            }
        }
        return out.toByteArray();
    }

    private static byte[] utf8(String part) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(part));
            byte[] result = new byte[bytes.remaining()];
            bytes.get(result);
            return result;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not a file name: it holds half a surrogate pair", e);
        }
    }

    private static boolean isEscape(int c) {
        return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff;
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
