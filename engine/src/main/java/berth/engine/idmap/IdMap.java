package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** The user ids, or the group ids, of a user namespace and the host ids they stand for, in the order of the former. */
public record IdMap(@JsonValue List<IdMapping> mappings) {
    /** The kernel's limit. Source: user_namespaces(7), Linux 4.15. */
    private static final int LONGEST = 340;

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public IdMap(List<IdMapping> mappings) {
        this.mappings = mappings.stream()
                .sorted(Comparator.comparingLong(IdMapping::inside))
                .toList();
        if (mappings.isEmpty() || mappings.size() > LONGEST) {
            throw new BerthException(ErrorCode.INVALID, "an id map has 1 to %d mappings".formatted(LONGEST));
        }
        for (int i = 0; i < mappings.size(); i++) {
            for (int j = i + 1; j < mappings.size(); j++) {
                IdMapping a = mappings.get(i);
                IdMapping b = mappings.get(j);
                if (a.insideIds().overlaps(b.insideIds()) || a.outsideIds().overlaps(b.outsideIds())) {
                    throw new BerthException(ErrorCode.INVALID, "the id mappings %s and %s overlap".formatted(a, b));
                }
            }
        }
    }

    /** Ids from 0 on are the host ids {@code ids}. */
    public static IdMap from(HostIds ids) {
        return new IdMap(List.of(new IdMapping(0, ids.start(), ids.count())));
    }

    /** The map whose mappings are written as {@code texts}. @throws BerthException INVALID if they make none */
    public static IdMap parse(Collection<String> texts) {
        return new IdMap(texts.stream().map(IdMapping::parse).toList());
    }

    /** The host id for {@code id} of the namespace; empty if it has none. */
    public OptionalLong toHost(long id) {
        return mappings.stream()
                .filter(m -> m.inside() <= id && id - m.inside() < m.count())
                .mapToLong(m -> m.outside() + (id - m.inside()))
                .findFirst();
    }

    /** The id in the namespace for host id {@code id}; empty if it has none. */
    public OptionalLong fromHost(long id) {
        return mappings.stream()
                .filter(m -> m.outside() <= id && id - m.outside() < m.count())
                .mapToLong(m -> m.inside() + (id - m.outside()))
                .findFirst();
    }

    /** The host id for id 0. @throws BerthException INVALID if it has none */
    public long root() {
        return toHost(0)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.INVALID,
                        "the id map %s has no id 0".formatted(this),
                        "map id 0, a container needs a root"));
    }

    /** How many ids it maps. */
    public long total() {
        return mappings.stream().mapToLong(IdMapping::count).sum();
    }

    /** The host ids it maps to. */
    public List<HostIds> hostIds() {
        return mappings.stream().map(IdMapping::outsideIds).toList();
    }

    /** The same ids inside, on the first host ids of {@code ids}, in their order. @throws BerthException EXHAUSTED if those are too few */
    IdMap movedTo(HostIds ids) {
        if (total() > ids.count()) {
            throw new BerthException(
                    ErrorCode.EXHAUSTED,
                    "%d ids do not fit into a block of %d".formatted(total(), ids.count()),
                    "make an id range with larger blocks");
        }
        List<IdMapping> moved = new ArrayList<>();
        long next = ids.start();
        for (IdMapping mapping : mappings) {
            moved.add(new IdMapping(mapping.inside(), next, mapping.count()));
            next += mapping.count();
        }
        return new IdMap(moved);
    }

    /** Whether both map onto a common host id, so that one namespace could touch files of the other. */
    public boolean overlaps(IdMap other) {
        return hostIds().stream().anyMatch(a -> other.hostIds().stream().anyMatch(a::overlaps));
    }

    @Override
    public String toString() {
        return String.join(",", mappings.stream().map(IdMapping::toString).toList());
    }
}
