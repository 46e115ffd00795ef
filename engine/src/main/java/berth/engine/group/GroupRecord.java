package berth.engine.group;

/**
 * A group as it is kept.
 *
 * @param path its path, for instance {@code /web/front}
 */
record GroupRecord(String path) {}
