package berth.osctld.output;

import java.util.Optional;

/**
 * What of the objects is shown, as {@code ls} and {@code show} take it from their options.
 *
 * @param header whether fields are named
 * @param output the fields to show, see {@link Columns}; empty for the usual ones
 * @param sort the fields to sort by, see {@link Columns}; empty for the order in which they come
 */
public record Listing(boolean header, Optional<String> output, Optional<String> sort) {}
