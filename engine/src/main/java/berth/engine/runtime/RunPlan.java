package berth.engine.runtime;

import berth.engine.confinement.Confinement;
import berth.engine.isolation.RunIsolation;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that LXC needs to run one container.
 *
 * @param name its name for LXC
 * @param paths its directory under {@code /run}
 * @param uid the host uid and gid that its monitor runs as
 * @param idmap lines for {@code lxc.idmap}, for instance {@code u 0 100000 65536}
 * @param cgroup its cgroup, relative to the roots of the hierarchies
 * @param hostname its host name
 * @param arch its machine, in Debian's words, for instance {@code amd64}
 * @param init its process 1 and arguments
 * @param lxcLog where LXC writes its log
 * @param consoleLog where LXC copies what is written to the console
 * @param isolation what holds it apart beyond its namespaces
 * @param startHost what LXC has its shell run before each init, when the container's namespaces exist
 * @param stage where mounts arrive for it, see {@link MountStage}
 * @param confinement what its processes are confined to
 */
public record RunPlan(
        String name,
        RunDirectory paths,
        int uid,
        List<String> idmap,
        String cgroup,
        String hostname,
        String arch,
        List<String> init,
        Path lxcLog,
        Path consoleLog,
        RunIsolation isolation,
        String startHost,
        Path stage,
        Confinement confinement) {
    /** The same with another process 1. */
    public RunPlan withInit(List<String> words) {
        return new RunPlan(
                name,
                paths,
                uid,
                idmap,
                cgroup,
                hostname,
                arch,
                words,
                lxcLog,
                consoleLog,
                isolation,
                startHost,
                stage,
                confinement);
    }
}
