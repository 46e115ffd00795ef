package berth.osctld.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Writes plain Java values as JSON text: maps, collections, numbers, booleans, {@link Optional} (absent is {@code null}),
 * and the text of anything else. Bytes that are not UTF-8 ({@link RawText}) become escaped lone surrogates, so that the
 * document stays valid and no byte is lost.
 */
public final class Json {
    private Json() {}

    /** {@code value} on one line. */
    public static String of(Object value) {
        StringBuilder out = new StringBuilder(256);
        try {
            write(value, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void write(Object value, Appendable out) throws IOException {
        switch (value) {
            case Optional<?> optional -> {
                if (optional.isPresent()) {
                    write(optional.get(), out);
                } else {
                    out.append("null");
                }
            }
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(separator);
                    text(entry.getKey().toString(), out);
                    out.append(':');
                    write(entry.getValue(), out);
                    separator = ",";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case Collection<?> list -> {
                String separator = "[";
                for (Object item : list) {
                    out.append(separator);
                    write(item, out);
                    separator = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Double d when !Double.isFinite(d) -> out.append("null");
            case Number number -> out.append(number.toString());
            case Boolean flag -> out.append(flag.toString());
            default -> text(value.toString(), out);
        }
    }

    private static void text(String text, Appendable out) throws IOException {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7F || isLoneSurrogate(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isLoneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
