package berth.engine.storage.zfs;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.LayerSender;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * By {@code zfs send} and {@code zfs receive}; within one ZFS pool by clones. What a layer stands on is sent before it where the other
 * pool has not got it, each snapshot as what changed since the one before: so what is sent later finds it there. Layers are
 * clones of what comes, which stays in limbo until nothing is sent any more. Source: zfs-send(8), zfs-receive(8).
 */
final class ZfsSender implements LayerSender {
    private final ZfsDriver driver;
    private final Zfs zfs;
    private final Clones clones;
    private final Bases bases;
    private final Disposal disposal;
    private final ZfsPool from;
    private final ZfsPool to;
    /** What is in one pool can be cloned into the other. */
    private final boolean local;
    /** Snapshots that the other pool has, by the guids that they have here too. */
    private final Map<String, String> common = new HashMap<>();
    /** Datasets in the other pool's limbo, the latest first, as each may be a clone of one before. */
    private final Deque<String> received = new ArrayDeque<>();
    /** Snapshots here that are there for this alone. */
    private final Deque<String> passing = new ArrayDeque<>();
    /** What comes next stands on it; empty if on none. */
    private Optional<Image> image = Optional.empty();

    /** The trees of one image here and there. */
    private record Image(Path fromTree, Path toTree) {}

    ZfsSender(ZfsDriver driver, Zfs zfs, Clones clones, Bases bases, Disposal disposal, ZfsPool from, ZfsPool to) {
        this.driver = driver;
        this.zfs = zfs;
        this.clones = clones;
        this.bases = bases;
        this.disposal = disposal;
        this.from = from;
        this.to = to;
        this.local = zpool(from).equals(zpool(to)) && encryption(from).equals(encryption(to));
    }

    private static String zpool(ZfsPool pool) {
        return ZfsPool.zpoolOf(pool.dataset());
    }

    /** A clone has the key of what it was made of, whatever it is made beneath. */
    private String encryption(ZfsPool pool) {
        return zfs.property(pool.dataset(), "encryptionroot");
    }

    /** What it has in common with what was sent before, ZFS tells by itself. */
    @Override
    public void begin() {
        image = Optional.empty();
    }

    /** Nothing depends on the trees: what containers here were made of is sent as well, unless it is there. */
    @Override
    public boolean beginOn(Path fromTree, Path toTree, BooleanSupplier same) {
        image = Optional.of(new Image(fromTree, toTree));
        return true;
    }

    /** ZFS takes nothing for common that did not come by a stream. */
    @Override
    public void written(Path source, Path target) {}

    @Override
    public void send(Path source, Path target, LongConsumer sent) {
        String layer = from.layer(source);
        if (local) {
            clones.copy(to, layer, roomFor(target));
            return;
        }
        String snapshot = streamed(layer, to.layer(target), sent);
        clones.clone(to, snapshot, roomFor(target));
        zfs.succeeds("destroy", "-d", snapshot);
    }

    private String roomFor(Path target) {
        driver.makeRoom(target);
        String dataset = to.layer(target);
        // One that could not be moved is destroyed some day, with whatever is in it.
        if (zfs.exists(dataset)) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "%s cannot be replaced".formatted(dataset),
                    "look for what uses it: 'fuser -m', 'lsof'");
        }
        return dataset;
    }

    /** A snapshot in the other pool's limbo that holds what {@code layer} holds now, to be a clone of in the place of {@code target}. */
    private String streamed(String layer, String target, LongConsumer sent) {
        if (common.isEmpty()) {
            common.putAll(bases.snapshots(to));
        }
        Lineage lineage = Lineage.of(zfs, newSnapshot(layer), common.keySet());
        Optional<Zfs.Taken> before = lineage.known();
        Count count = new Count(sent);
        for (Zfs.Taken next : lineage.missing()) {
            Optional<Zfs.Taken> start = before;
            Clones.Reception stream = name -> stream(start, next, name, count);
            common.put(next.guid(), isOfImage(next) ? base(next, target, stream) : draft(stream));
            count.next();
            before = Optional.of(next);
        }
        removePassing();
        return requireNonNull(common.get(lineage.missing().getLast().guid()));
    }

    private String newSnapshot(String layer) {
        String name = ZfsPool.newSnapshot(layer);
        try {
            zfs.run("%s cannot be sent".formatted(layer), List.of("snapshot", name));
        } catch (BerthException e) {
            // This pool is full, of which files can be read all the same.
            throw e.code() == ErrorCode.EXHAUSTED ? new BerthException(ErrorCode.FAILED, e.getMessage()) : e;
        }
        passing.add(name);
        return name;
    }

    private boolean isOfImage(Zfs.Taken snapshot) {
        return image.filter(i -> from.isBase(ZfsPool.datasetOf(snapshot.name()), i.fromTree()))
                .isPresent();
    }

    private String base(Zfs.Taken snapshot, String target, Clones.Reception stream) {
        return bases.received(to, image.orElseThrow().toTree(), snapshot.guid(), target, stream);
    }

    private String draft(Clones.Reception stream) {
        String draft = to.newInLimbo();
        received.addFirst(draft);
        String snapshot = ZfsPool.newSnapshot(draft);
        stream.make(snapshot);
        return snapshot;
    }

    /**
     * Large blocks stay large, as an increment is refused by a dataset that has such if it has them split. How files are compressed
     * is the other pool's to say, so they are sent as they are without that.
     */
    private void stream(Optional<Zfs.Taken> before, Zfs.Taken next, String there, Count count) {
        List<String> send = new ArrayList<>(List.of("send", "-L"));
        List<String> receive = new ArrayList<>(List.of("receive", "-u", "-o", "canmount=noauto"));
        before.ifPresent(b -> {
            send.addAll(List.of("-i", b.name()));
            receive.addAll(List.of("-o", "origin=" + requireNonNull(common.get(b.guid()))));
        });
        send.add(next.name());
        receive.add(there);
        zfs.pipe("%s cannot be sent".formatted(next.name()), send, receive, count::passed);
    }

    /** Adds up what passes. */
    private static final class Count {
        private final LongConsumer sent;
        private long before;
        private long now;

        Count(LongConsumer sent) {
            this.sent = sent;
        }

        void passed(long bytes) {
            now = before + bytes;
            sent.accept(now);
        }

        void next() {
            before = now;
        }
    }

    private void removePassing() {
        while (!passing.isEmpty()) {
            zfs.succeeds("destroy", "-d", passing.getFirst());
            passing.removeFirst();
        }
    }

    @Override
    public void close() {
        Patience.undisturbed(() -> {
            removePassing();
            received.forEach(disposal::disposeLater);
            received.clear();
        });
    }
}
