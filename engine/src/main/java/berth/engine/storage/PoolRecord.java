package berth.engine.storage;

/**
 * What the instance remembers of a pool, outside of it.
 *
 * @param name unique on the host
 * @param path its directory
 * @param driver the name of its storage driver
 * @param imported whether its containers are to be managed; false between an export and the next import
 */
record PoolRecord(String name, String path, String driver, boolean imported) {}
