package berth.engine.container;

/**
 * What a container's root file system holds, as its image said.
 *
 * @param name for instance {@code debian}
 * @param version for instance {@code 12}
 * @param arch the machine, for instance {@code x86_64}
 */
public record Distribution(String name, String version, String arch) {}
