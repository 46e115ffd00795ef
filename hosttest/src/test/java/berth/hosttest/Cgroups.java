package berth.hosttest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The cgroups of this machine as a user looks at them, whichever of the kernel's two interfaces it has. */
public final class Cgroups {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private Cgroups() {}

    /** A control of a container: what its file of cgroup v1, or else that of v2, says. */
    public static String ofContainer(Host host, String container, String fileV1, String fileV2) {
        return Host.read(fileOfContainer(host, container, fileV1, fileV2)).strip();
    }

    /** A control of a group, while something in it runs. */
    public static String ofGroup(Host host, String group, String fileV1, String fileV2) {
        String path = host.json("group show " + group).get("path").asString();
        return Host.read(file(path, fileV1, fileV2)).strip();
    }

    /** The file of a control of a container. */
    public static Path fileOfContainer(Host host, String container, String fileV1, String fileV2) {
        return file(host.json("ct show " + container).get("cgroup_path").asString(), fileV1, fileV2);
    }

    /** The cgroups of a process, in every tree. */
    public static List<String> ofProcess(int pid) {
        return Host.read(Path.of("/proc", Integer.toString(pid), "cgroup"))
                .lines()
                .toList();
    }

    private static Path file(String cgroup, String fileV1, String fileV2) {
        String controller = fileV1.substring(0, fileV1.indexOf('.'));
        Path v1 = ROOT.resolve(controller).resolve(cgroup).resolve(fileV1);
        return Files.exists(v1) ? v1 : ROOT.resolve(cgroup).resolve(fileV2);
    }
}
