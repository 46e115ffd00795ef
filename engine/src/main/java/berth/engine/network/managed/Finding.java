package berth.engine.network.managed;

/**
 * Something that keeps a network from working.
 *
 * @param about the network, or {@code host}
 * @param problem what is wrong
 * @param advice what to do about it
 */
public record Finding(String about, String problem, String advice) {}
