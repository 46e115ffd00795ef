package berth.engine.container;

import berth.engine.storage.Dataset;

/**
 * What a container was when it took another's place in another pool, or another took its, where that one is not retired yet.
 *
 * @param id the container, within its pool
 * @param to what takes the place, as {@code pool:id}; itself if it is the one that came
 * @param revision the number of its specification
 * @param dataset what its files are made of
 * @param isRetiring whether it is on its way out already
 */
record Departure(String id, String to, int revision, Dataset dataset, boolean isRetiring) {
    Departure retiring() {
        return new Departure(id, to, revision, dataset, true);
    }
}
