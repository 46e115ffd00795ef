package berth.engine.image;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the content of a file is that an archive does not hold: as text, one line for what the file was when it was read, then one
 * for each piece.
 *
 * @param inode its number when it was read
 * @param changed when anything of it had last changed
 * @param pieces its content, in order
 */
public record ContentList(long inode, Instant changed, List<Piece> pieces) {
    /** The longest text that is read, enough for a file of several hundred GiB. */
    static final int LIMIT = 32 << 20;

    private static final Pattern SEEN = Pattern.compile("seen ([0-9]{1,19}) (-?[0-9]{1,12})\\.([0-9]{1,9})");
    private static final Pattern PIECE = Pattern.compile("(?:chunk ([0-9a-f]{64})|hole) ([0-9]{1,18})");

    public ContentList {
        pieces = List.copyOf(pieces);
    }

    /** A stretch of a file. */
    public sealed interface Piece {
        /** How many bytes it is. */
        long length();
    }

    /** What a chunk holds: {@code hash} is its SHA-256 in hexadecimal. */
    public record Chunk(String hash, long length) implements Piece {}

    /** Zeros. */
    public record Hole(long length) implements Piece {}

    /** How many bytes the file has. */
    public long size() {
        return pieces.stream().mapToLong(Piece::length).sum();
    }

    /** The chunks of it. */
    public List<Chunk> chunks() {
        return pieces.stream()
                .filter(Chunk.class::isInstance)
                .map(Chunk.class::cast)
                .toList();
    }

    /** Where in the file its chunks belong. */
    List<ArchiveEntry.Extent> extents() {
        List<ArchiveEntry.Extent> extents = new ArrayList<>();
        long position = 0;
        for (Piece piece : pieces) {
            if (piece instanceof Chunk) {
                extents.add(new ArchiveEntry.Extent(position, piece.length()));
            }
            position += piece.length();
        }
        return extents;
    }

    byte[] text() {
        StringBuilder text = new StringBuilder();
        text.append(
                "seen %s %d.%d\n".formatted(Long.toUnsignedString(inode), changed.getEpochSecond(), changed.getNano()));
        for (Piece piece : pieces) {
            switch (piece) {
                case Chunk chunk ->
                    text.append("chunk ").append(chunk.hash()).append(' ').append(chunk.length());
                case Hole hole -> text.append("hole ").append(hole.length());
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The list that {@code text} is. @throws CorruptArchiveException if it is none */
    static ContentList parse(byte[] text) throws CorruptArchiveException {
        String[] lines = new String(text, StandardCharsets.US_ASCII).split("\n");
        Matcher seen = SEEN.matcher(lines[0]);
        if (!seen.matches()) {
            throw new CorruptArchiveException("what it says of a file's content begins in no known way");
        }
        List<Piece> pieces = new ArrayList<>();
        long size = 0;
        for (int i = 1; i < lines.length; i++) {
            Matcher piece = PIECE.matcher(lines[i]);
            if (!piece.matches()) {
                throw new CorruptArchiveException("what it says of a file's content is malformed");
            }
            long length = Long.parseLong(piece.group(2));
            size += length;
            if (length == 0 || size < 0) {
                throw new CorruptArchiveException("what it says of a file's size is malformed");
            }
            pieces.add(piece.group(1) == null ? new Hole(length) : new Chunk(piece.group(1), length));
        }
        try {
            return new ContentList(
                    Long.parseUnsignedLong(seen.group(1)),
                    Instant.ofEpochSecond(Long.parseLong(seen.group(2)), Long.parseLong(seen.group(3))),
                    pieces);
        } catch (NumberFormatException e) {
            throw new CorruptArchiveException("what it says of a file is malformed");
        }
    }
}
