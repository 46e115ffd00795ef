package berth.engine.store;

/**
 * One state of a versioned object.
 *
 * @param number counts up from 1
 * @param change who made it so, when and how
 */
public record Revision<T>(int number, Change change, T value) {}
