package berth.engine.share;

import java.util.List;

/** Knows who wants a dataset of a pool mounted. */
@FunctionalInterface
public interface DatasetMounts {
    /** The containers of all pools in use whose configurations mount {@code dataset}, for a message; empty if it may go. */
    List<String> of(DatasetName dataset);
}
