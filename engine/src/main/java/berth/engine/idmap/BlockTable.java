package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which blocks of an id range are allocated, durably: a file with one line {@code index count owner} for each.
 *
 * <p>It is apart from the range's YAML file, and plain, because it is written on every creation of a container and has a line for
 * each: at 1000 lines writing YAML costs more than all other steps together. Not safe for use by several threads.
 */
final class BlockTable {
    private static final Pattern LINE = Pattern.compile("(\\d{1,10}) (\\d{1,10}) (\\S.*)");

    private final Path file;
    private final IdRange range;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private long mayBeFreeFrom;

    /** Reads the table, empty if there is no file. @throws BerthException INVALID if a line makes no sense */
    BlockTable(Path file, IdRange range) {
        this.file = file;
        this.range = range;
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                put(parse(line));
            }
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }

    IdRange range() {
        return range;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** What is allocated, in order. */
    List<Block> allocated() {
        return List.copyOf(blocks.values());
    }

    /** What is not, in order, as large pieces as there are. */
    List<Block> free() {
        List<Block> free = new ArrayList<>();
        long at = 0;
        for (Block block : blocks.values()) {
            if (block.index() > at) {
                free.add(new Block(at, block.index() - at, Optional.empty()));
            }
            at = block.end();
        }
        if (at < range.blockCount()) {
            free.add(new Block(at, range.blockCount() - at, Optional.empty()));
        }
        return free;
    }

    /** The allocation that holds block {@code index}. */
    Optional<Block> at(long index) {
        return Optional.ofNullable(blocks.floorEntry(index))
                .map(Map.Entry::getValue)
                .filter(b -> index < b.end());
    }

    /** An allocation that has one of {@code count} blocks from {@code index} on. */
    Optional<Block> allocatedWithin(long index, long count) {
        return Optional.ofNullable(blocks.lowerEntry(index + count))
                .map(Map.Entry::getValue)
                .filter(b -> index < b.end());
    }

    /** Where a search for a free block should begin; a hint, so that a thousand creations do not search a thousand blocks each. */
    long mayBeFreeFrom() {
        return mayBeFreeFrom;
    }

    void noneIsFreeBefore(long index) {
        mayBeFreeFrom = index;
    }

    /** Allocates {@code block}, durably. @throws BerthException IN_USE if some of it is allocated otherwise */
    void allocate(Block block) {
        if (at(block.index()).filter(block::equals).isPresent()) {
            return;
        }
        put(block);
        try {
            write();
        } catch (BerthException e) {
            blocks.remove(block.index());
            throw e;
        }
    }

    /** Frees everything of {@code owner}, durably; nothing happens if it has nothing. */
    void free(String owner) {
        List<Block> freed = blocks.values().stream()
                .filter(b -> b.owner().equals(Optional.of(owner)))
                .toList();
        if (freed.isEmpty()) {
            // What was only planned is free again, and where that was is not known here.
            mayBeFreeFrom = 0;
            return;
        }
        freed.forEach(b -> blocks.remove(b.index()));
        try {
            write();
        } catch (BerthException e) {
            freed.forEach(b -> blocks.put(b.index(), b));
            throw e;
        }
        mayBeFreeFrom = Math.min(mayBeFreeFrom, freed.getFirst().index());
    }

    /** Removes the file. */
    void remove() {
        try {
            DurableFile.remove(file);
        } catch (IOException e) {
            throw FileFailure.of("remove", file, e);
        }
    }

    private void put(Block block) {
        HostIds _ = range.block(block.index(), block.count());
        allocatedWithin(block.index(), block.count()).ifPresent(other -> {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "block %d of id range '%s' belongs to '%s'"
                            .formatted(
                                    other.index(), range.name(), other.owner().orElse("")),
                    "choose another block");
        });
        blocks.put(block.index(), block);
    }

    private Block parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' in %s is not an allocation".formatted(line, file.getFileName()));
        }
        return Block.of(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), matcher.group(3));
    }

    private void write() {
        StringBuilder text = new StringBuilder();
        for (Block block : blocks.values()) {
            text.append(block.index()).append(' ').append(block.count()).append(' ');
            text.append(block.owner().orElseThrow()).append('\n');
        }
        try {
            DurableFile.write(file, text.toString(), DurableFile.PRIVATE);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
    }
}
