package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Broken;
import berth.engine.store.Contents;
import berth.engine.store.FileName;
import berth.engine.store.ObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The id ranges of a pool and the tables of their blocks.
 *
 * <p>Every block that is allocated is also held by its owner in the {@link IdLedger}, so ranges of several pools may lie over
 * each other, as the default ones do, and still no id is given twice. Safe for use by several threads.
 */
public final class IdRanges {
    private static final Logger LOG = LoggerFactory.getLogger(IdRanges.class);

    private final String pool;
    private final ObjectStore<IdRange> store;
    private final IdLedger ledger;
    private final Map<String, BlockTable> tables = new TreeMap<>();

    /** @param conf the pool's {@code conf} directory */
    public IdRanges(String pool, Path conf, IdLedger ledger) {
        this.pool = pool;
        this.store = new ObjectStore<>(conf.resolve("id-range"), IdRange.class, IdRange::name);
        this.ledger = ledger;
    }

    /** Which lines of a table are asked for. */
    public enum Show {
        ALL,
        ALLOCATED,
        FREE
    }

    /**
     * Reads what is on disk, makes the default range if it is missing, and claims every allocated block. A range whose table makes
     * no sense is reported and not used; its files stay.
     */
    public synchronized List<Broken> load() {
        Contents<IdRange> contents = store.load();
        List<Broken> broken = new ArrayList<>(contents.broken());
        for (IdRange range : contents.objects()) {
            try {
                open(range);
            } catch (BerthException e) {
                LOG.warn("Id range '{}:{}' is not used: {}", pool, range.name(), e.getMessage());
                broken.add(new Broken(range.name(), e.getMessage(), table(range.name())));
            }
        }
        if (broken.stream().noneMatch(b -> b.id().equals(IdRange.DEFAULT)) && !tables.containsKey(IdRange.DEFAULT)) {
            store(IdRange.usual());
        }
        return List.copyOf(broken);
    }

    /** Every range, by name. */
    public synchronized List<IdRange> list() {
        return tables.values().stream().map(BlockTable::range).toList();
    }

    /** Whether there is a range {@code name}. */
    public synchronized boolean has(String name) {
        return tables.containsKey(name);
    }

    /** The range {@code name}. @throws BerthException NOT_FOUND */
    public synchronized IdRange get(String name) {
        return opened(name).range();
    }

    /** The table of range {@code name}, in order. */
    public synchronized List<Block> table(String name, Show show) {
        BlockTable table = opened(name);
        return switch (show) {
            case ALLOCATED -> table.allocated();
            case FREE -> table.free();
            case ALL -> {
                List<Block> all = new ArrayList<>(table.allocated());
                all.addAll(table.free());
                all.sort(Comparator.comparingLong(Block::index));
                yield List.copyOf(all);
            }
        };
    }

    /** The allocation of range {@code name} that holds block {@code index}. */
    synchronized Optional<Block> at(String name, long index) {
        return opened(name).at(index);
    }

    /**
     * Makes a range.
     *
     * @throws BerthException EXISTS; IN_USE if some of its ids are allocated, or lie in another range that somebody made. The
     *     default range, which goes over nearly all ids, is no obstacle: who has what of both is in the ledger
     */
    public synchronized void create(IdRange range) {
        if (tables.containsKey(range.name())) {
            throw new BerthException(ErrorCode.EXISTS, "there is already an id range '%s'".formatted(range.name()));
        }
        HostIds ids = range.block(0, range.blockCount());
        for (IdRange other : list()) {
            if (!other.name().equals(IdRange.DEFAULT) && ids.overlaps(other.block(0, other.blockCount()))) {
                throw new BerthException(
                        ErrorCode.IN_USE,
                        "id range '%s' would lie over id range '%s', ids %d to %d"
                                .formatted(range.name(), other.name(), other.startId(), other.lastId()),
                        "choose other ids");
            }
        }
        ledger.holding(ids).ifPresent(c -> {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "id range '%s' would lie over ids in use: %s %s"
                            .formatted(range.name(), c.ids().belongTo(), c.holder()),
                    "choose ids that nobody uses");
        });
        store(range);
    }

    private void store(IdRange range) {
        store.save(range);
        open(range);
    }

    /** Removes a range none of whose blocks is allocated. @throws BerthException IN_USE, NOT_FOUND */
    public synchronized void remove(String name) {
        BlockTable table = opened(name);
        if (!table.isEmpty()) {
            Block first = table.allocated().getFirst();
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "id range '%s' has allocated blocks, the first belongs to '%s'"
                            .formatted(name, first.owner().orElse("")),
                    "free them first; 'osctl id-range table ls %s allocated' shows them".formatted(name));
        }
        store.remove(name);
        table.remove();
        tables.remove(name);
    }

    /**
     * Allocates {@code count} blocks by hand, the first that fit or those from {@code index} on; {@link Users#freeBlocks} frees
     * them.
     *
     * @param owner for whom: a user of that name may take them
     * @throws BerthException IN_USE if those from {@code index} on belong to somebody else, EXHAUSTED if none fit
     */
    public synchronized Block allocate(String name, OptionalLong index, long count, String owner) {
        Block block = plan(name, index, count, owner);
        try {
            allocate(name, block);
        } catch (BerthException e) {
            unplan(owner);
            throw e;
        }
        return block;
    }

    /**
     * Chooses {@code count} blocks for {@code owner}, the first that fit or those from {@code index} on, and holds their ids in the
     * ledger. Nothing is durable until {@link #allocate}; {@link #free} lets go.
     *
     * @throws BerthException IN_USE if those from {@code index} on belong to somebody else, EXHAUSTED if none fit
     */
    synchronized Block plan(String name, OptionalLong index, long count, String owner) {
        BlockTable table = opened(name);
        IdRange range = table.range();
        long at = index.isPresent() ? index.getAsLong() : firstFit(table, count);
        Optional<Block> former = table.at(at).filter(b -> b.owner().equals(Optional.of(owner)));
        if (index.isPresent() && former.isPresent()) {
            return former.get();
        }
        List<HostIds> ids = List.of(range.block(at, count));
        if (index.isPresent()) {
            ledger.claim(holder(owner), OptionalLong.empty(), ids);
        } else {
            ledger.hold(holder(owner), ids);
        }
        return Block.of(at, count, owner);
    }

    /** Writes a block that was planned into the table; nothing happens if it is there. */
    synchronized void allocate(String name, Block block) {
        BlockTable table = opened(name);
        if (table.at(block.index()).filter(block::equals).isEmpty()) {
            List<HostIds> ids = List.of(table.range().block(block.index(), block.count()));
            ledger.hold(holder(block.owner().orElseThrow()), ids);
            table.allocate(block);
        }
    }

    /** Frees everything that {@code owner} has, in the tables of every range and in the ledger. */
    synchronized void free(String owner) {
        freeBlocks(owner);
        ledger.release(holder(owner));
    }

    /** Gives back the blocks of {@code owner}; it keeps what it holds in the ledger. */
    synchronized void freeBlocks(String owner) {
        tables.values().forEach(table -> table.free(owner));
    }

    /** Lets go of what {@code owner} holds in the ledger but has in no table. */
    synchronized void unplan(String owner) {
        ledger.release(holder(owner));
        for (BlockTable table : tables.values()) {
            for (Block block : table.allocated()) {
                if (block.owner().equals(Optional.of(owner))) {
                    ledger.restore(
                            holder(owner),
                            OptionalLong.empty(),
                            List.of(table.range().block(block.index(), block.count())));
                }
            }
        }
    }

    /** The name by which the ledger knows an owner of this pool. */
    String holder(String owner) {
        return pool + ":" + owner;
    }

    private long firstFit(BlockTable table, long count) {
        OptionalLong found = firstFit(table, count, table.mayBeFreeFrom());
        if (found.isEmpty()) {
            found = firstFit(table, count, 0);
        }
        long at = found.orElseThrow(() -> new BerthException(
                ErrorCode.EXHAUSTED,
                "id range '%s:%s' has no %d free blocks in a row"
                        .formatted(pool, table.range().name(), count),
                "delete users nobody needs, or add a range with 'osctl id-range new'"));
        if (count == 1) {
            table.noneIsFreeBefore(at);
        }
        return at;
    }

    private OptionalLong firstFit(BlockTable table, long count, long from) {
        IdRange range = table.range();
        OptionalLong found = ledger.firstFree(range.startId(), range.blockSize(), range.blockCount(), from, count);
        // The ledger knows every allocated block but those that were in conflict when the pool was opened.
        while (found.isPresent()
                && table.allocatedWithin(found.getAsLong(), count).isPresent()) {
            long past = table.allocatedWithin(found.getAsLong(), count).get().end();
            found = ledger.firstFree(range.startId(), range.blockSize(), range.blockCount(), past, count);
        }
        return found;
    }

    private BlockTable opened(String name) {
        BlockTable table = tables.get(name);
        if (table == null) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "pool '%s' has no id range '%s'".formatted(pool, name),
                    "'osctl id-range ls' shows those there are");
        }
        return table;
    }

    private void open(IdRange range) {
        BlockTable table = new BlockTable(table(range.name()), range);
        for (Block block : table.allocated()) {
            try {
                ledger.restore(
                        holder(block.owner().orElseThrow()),
                        OptionalLong.empty(),
                        List.of(range.block(block.index(), block.count())));
            } catch (BerthException e) {
                // The block stays allocated; a user that needs it is left out when the users are loaded.
                LOG.warn("Block {} of id range '{}:{}': {}", block.index(), pool, range.name(), e.getMessage());
            }
        }
        tables.put(range.name(), table);
    }

    private Path table(String name) {
        return store.directory().resolve(FileName.of(name) + ".table");
    }
}
