package berth.engine.image;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The extended header records of a pax archive: {@code "LENGTH KEY=VALUE\n"}. Values stay bytes, since names and attributes
 * need not be UTF-8. Source: POSIX pax(1), "pax Extended Header".
 */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";
    private static final String ENCODED_XATTR = "LIBARCHIVE.xattr.";
    private static final int MAX_DIGITS = 18;

    private final Map<String, byte[]> records = new HashMap<>();
    private final List<Long> sparseNumbers = new ArrayList<>();

    /** Adds the records in {@code block}; a later one replaces an earlier one of its key, an empty one removes it. */
    void add(byte[] block) throws CorruptArchiveException {
        int start = 0;
        while (start < block.length && block[start] != 0) {
            int space = indexOf(block, ' ', start, Math.min(block.length, start + MAX_DIGITS));
            int end = space < 0 ? -1 : start + (int) Math.min(Integer.MAX_VALUE / 2, number(block, start, space));
            int equals = space < 0 ? -1 : indexOf(block, '=', space + 1, Math.min(block.length, Math.max(0, end)));
            if (equals < 0 || end > block.length || block[end - 1] != '\n') {
                throw new CorruptArchiveException("a pax record is malformed");
            }
            String key = new String(block, space + 1, equals - space - 1, StandardCharsets.UTF_8);
            put(key, Arrays.copyOfRange(block, equals + 1, end - 1));
            start = end;
        }
    }

    /** The records of this archive-wide set and, winning over them, those of one entry. */
    PaxRecords with(PaxRecords local) {
        PaxRecords both = new PaxRecords();
        both.records.putAll(records);
        local.records.forEach((key, value) -> {
            if (value.length == 0 && !key.startsWith(XATTR)) {
                both.records.remove(key);
            } else {
                both.records.put(key, value);
            }
        });
        both.sparseNumbers.addAll(local.sparseNumbers);
        return both;
    }

    Optional<byte[]> bytes(String key) {
        return Optional.ofNullable(records.get(key));
    }

    Optional<String> text(String key) {
        return bytes(key).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    OptionalLong number(String key) throws CorruptArchiveException {
        byte[] value = records.get(key);
        return value == null ? OptionalLong.empty() : OptionalLong.of(number(value, 0, value.length));
    }

    /** A time: seconds since 1970 with a fraction. */
    Optional<Instant> time(String key) throws CorruptArchiveException {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.get().matches("-?[0-9]{1,12}(\\.[0-9]*)?")) {
            throw new CorruptArchiveException("a pax record holds a malformed time");
        }
        String[] parts = value.get().split("\\.", 2);
        String fraction = parts.length < 2 ? "" : parts[1];
        long nanos = Long.parseLong((fraction + "000000000").substring(0, 9));
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(parts[0]), parts[0].startsWith("-") ? -nanos : nanos));
    }

    /** The numbers of a sparse map that is spread over many records (GNU sparse format 0.0). */
    List<Long> sparseNumbers() {
        return sparseNumbers;
    }

    Map<String, byte[]> xattrs() throws CorruptArchiveException {
        Map<String, byte[]> attributes = new TreeMap<>();
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            String key = record.getKey();
            if (key.startsWith(XATTR)) {
                attributes.put(key.substring(XATTR.length()), record.getValue());
            } else if (key.startsWith(ENCODED_XATTR)) {
                attributes.putIfAbsent(
                        percentDecoded(key.substring(ENCODED_XATTR.length())), base64(record.getValue()));
            }
        }
        return attributes;
    }

    private void put(String key, byte[] value) throws CorruptArchiveException {
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            sparseNumbers.add(number(value, 0, value.length));
        } else {
            records.put(key, value);
        }
    }

    private static long number(byte[] text, int start, int end) throws CorruptArchiveException {
        long value = 0;
        for (int i = start; i < end; i++) {
            if (text[i] < '0' || text[i] > '9' || end - start > MAX_DIGITS) {
                throw new CorruptArchiveException("a pax record holds a malformed number");
            }
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private static int indexOf(byte[] text, char wanted, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] base64(byte[] value) throws CorruptArchiveException {
        try {
            String text = new String(value, StandardCharsets.ISO_8859_1);
            return Base64.getDecoder().decode(text.replaceAll("[=\\s]", ""));
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException("an extended attribute is malformed");
        }
    }

    private static String percentDecoded(String name) {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean escape = name.charAt(i) == '%' && name.substring(i).matches("(?s)%[0-9a-fA-F]{2}.*");
            decoded.append(escape ? (char) Integer.parseInt(name.substring(i + 1, i + 3), 16) : name.charAt(i));
            i += escape ? 2 : 0;
        }
        return decoded.toString();
    }
}
