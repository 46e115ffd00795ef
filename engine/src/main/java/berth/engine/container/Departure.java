package berth.engine.container;

import berth.engine.storage.Dataset;

/**
 * What a container was when another took its place in another pool, where it is not retired yet.
 *
 * @param id the container, within its pool
 * @param to what takes its place, as {@code pool:id}
 * @param revision the number of its specification
 * @param dataset what its files are made of
 */
record Departure(String id, String to, int revision, Dataset dataset) {}
