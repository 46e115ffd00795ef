package berth.linux.mount;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.Pipe;
import berth.linux.process.Signal;
import berth.linux.process.Spawner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes user namespaces that exist only as descriptors, for {@link Mounts#idmap}. A JVM cannot enter one itself (the
 * kernel refuses it to a process with threads), so a small process makes each and ends. Source: user_namespaces(7).
 */
public final class UserNamespaces {
    private final List<String> maker;

    /**
     * @param maker a program with its arguments that enters a new user namespace, writes one byte to its standard output
     *     and ends when its standard input does
     */
    public UserNamespaces(List<String> maker) {
        this.maker = List.copyOf(maker);
    }

    /**
     * A new user namespace with these maps; it lives as long as the descriptor or what was made from it.
     *
     * @throws KernelException EINVAL if extents of a map overlap or are more than 340; ENOENT without the program
     */
    public Fd create(List<IdExtent> uids, List<IdExtent> gids) {
        try (Pipe hold = Pipe.open();
                Pipe made = Pipe.open();
                Fd errors = Fd.openForWriting(Path.of("/dev/null"));
                Child child = Spawner.spawn(Command.of(maker)
                        .withStdin(hold.reader())
                        .withStdout(made.writer())
                        .withStderr(errors))) {
            made.writer().close();
            hold.reader().close();
            try {
                if (made.reader().read(new byte[1], 0, 1) != 1) {
                    throw new KernelException("unshare", maker.getFirst(), Errno.EPERM.number());
                }
                write(child.pid(), "uid_map", uids);
                write(child.pid(), "gid_map", gids);
                return Fd.openForReading(Path.of("/proc/" + child.pid() + "/ns/user"));
            } finally {
                hold.writer().close();
                child.signal(Signal.KILL);
                child.await();
            }
        }
    }

    private static void write(int pid, String map, List<IdExtent> extents) {
        String lines = extents.stream().map(IdExtent::toString).collect(Collectors.joining("\n", "", "\n"));
        byte[] bytes = lines.getBytes(StandardCharsets.US_ASCII);
        // The kernel takes a map in one write only.
        try (Fd file = Fd.openForWriting(Path.of("/proc/" + pid + "/" + map))) {
            file.writeFully(bytes, 0, bytes.length);
        }
    }
}
