/**
 * Repositories: places on the network, or in a directory, that images come from. What is fetched is hostile until the index that
 * lists it is proved by a pinned key and the file by its hash.
 */
@NullMarked
package berth.engine.repository;

import org.jspecify.annotations.NullMarked;
