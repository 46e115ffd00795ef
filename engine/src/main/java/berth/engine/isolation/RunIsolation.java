package berth.engine.isolation;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What holds one run of a container apart beyond its namespaces.
 *
 * @param nesting whether containers can run in it
 * @param readOnlyRoot whether its root file system is mounted for reading only
 * @param standardSeccomp the file with the usual system call filter
 * @param ownSeccomp the filter that it has instead
 * @param appArmor the AppArmor profile that is loaded for it; empty where the kernel has none, or it could not be loaded
 */
public record RunIsolation(
        boolean nesting,
        boolean readOnlyRoot,
        Path standardSeccomp,
        Optional<SeccompProfile> ownSeccomp,
        Optional<String> appArmor) {}
