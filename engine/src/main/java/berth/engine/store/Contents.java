package berth.engine.store;

import java.util.List;

/**
 * What a directory of objects held.
 *
 * @param objects the sound ones, in the order of their file names
 * @param broken the others, set aside
 */
public record Contents<T>(List<T> objects, List<Broken> broken) {
    public Contents {
        objects = List.copyOf(objects);
        broken = List.copyOf(broken);
    }
}
