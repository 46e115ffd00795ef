package berth.engine.doctor;

import berth.engine.doctor.Symptom.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program that the daemon, or what it starts, runs.
 *
 * @param name its name
 * @param debianPackage what Debian calls its package
 * @param without how a host is without it
 * @param why what it is needed for
 */
record HostProgram(String name, String debianPackage, State without, String why) {
    static final List<HostProgram> ALL = List.of(
            new HostProgram("lxc-start", "lxc", State.MISSING, "runs containers"),
            new HostProgram("lxc-attach", "lxc", State.MISSING, "enters containers"),
            new HostProgram("newuidmap", "uidmap", State.MISSING, "gives containers their ids"),
            new HostProgram("newgidmap", "uidmap", State.MISSING, "gives containers their ids"),
            new HostProgram("nft", "nftables", State.ABSENT, "managed networks, and interfaces with --firewall"),
            new HostProgram("dnsmasq", "dnsmasq-base", State.ABSENT, "addresses and names on managed networks"),
            new HostProgram("lxcfs", "lxcfs", State.ABSENT, "containers see their own memory and processors in /proc"),
            new HostProgram("mkfs.btrfs", "btrfs-progs", State.ABSENT, "'pool install --driver btrfs --size'"),
            new HostProgram("busybox", "busybox-static", State.ABSENT, "'image build busybox'"),
            new HostProgram("mmdebstrap", "mmdebstrap", State.ABSENT, "'image build debian'"));

    Symptom symptom(Optional<Path> found) {
        return new Symptom(
                "program",
                name,
                found.isPresent() ? State.OK : without,
                found.map(Path::toString).orElse("-"),
                "package " + debianPackage,
                why,
                found.isPresent() ? "" : "apt-get install " + debianPackage);
    }
}
