package berth.engine.idmap;

import java.util.List;

/** A map. */
public record IdMap(List<IdMapping> mappings) {
    public int toHost(int id) {
        return mappings.getFirst().outside() + id;
    }
}
