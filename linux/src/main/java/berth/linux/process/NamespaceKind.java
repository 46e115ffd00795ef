package berth.linux.process;

import berth.linux.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The namespaces a thread of the daemon can enter. Source: namespaces(7). */
public enum NamespaceKind {
    UTS("uts", 0x04000000),
    NETWORK("net", 0x40000000),
    IPC("ipc", 0x08000000),
    /** Entered last, since paths mean something else from then on. */
    MOUNT("mnt", 0x00020000);

    private final String file;
    private final long cloneFlag;

    NamespaceKind(String file, long cloneFlag) {
        this.file = file;
        this.cloneFlag = cloneFlag;
    }

    /** The namespace of this kind that {@code pid} is in; it lives as long as the descriptor. */
    public Fd of(int pid) {
        return Fd.openForReading(Path.of("/proc/" + pid + "/ns/" + file));
    }

    /** Whether {@code namespace} is the one that this process is in. */
    public boolean isOwn(Fd namespace) {
        try {
            return Files.readSymbolicLink(Path.of(namespace.procPath()))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/" + file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long cloneFlag() {
        return cloneFlag;
    }
}
