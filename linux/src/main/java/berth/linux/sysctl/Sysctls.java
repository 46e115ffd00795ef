package berth.linux.sysctl;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The kernel's settings under {@code /proc/sys}, by their paths in it, such as {@code net/ipv4/ip_forward}. Source: proc_sys(5). */
public final class Sysctls {
    private static final Path ROOT = Path.of("/proc/sys");
    private static final int LONGEST = 8192;

    private Sysctls() {}

    /** The value of a setting of the host; empty if the kernel has none of this name. */
    public static Optional<String> read(String setting) {
        try (Fd file = Fd.openForReading(file(setting))) {
            byte[] text = new byte[LONGEST];
            // In one piece: the kernel gives a reader that comes back for more nothing.
            int length = file.read(text, 0, LONGEST);
            return Optional.of(new String(text, 0, Math.max(length, 0), StandardCharsets.UTF_8).strip());
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Changes a setting of the host. @throws KernelException EINVAL for a value that it does not take; ENOENT; EACCES */
    public static void write(String setting, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        try (Fd file = Fd.openForWriting(file(setting))) {
            file.writeFully(text, 0, text.length);
        } catch (KernelException e) {
            throw new KernelException(e.call(), setting + " <- " + value, e.errno());
        }
    }

    /** Beneath {@link #ROOT}, and in the directory that the name begins with: net/../kernel is no setting of the network. */
    private static Path file(String setting) {
        Path path = ROOT.resolve(setting);
        if (!path.normalize().equals(path) || !path.startsWith(ROOT) || path.equals(ROOT)) {
            throw new IllegalArgumentException("no setting of the kernel: " + setting);
        }
        return path;
    }
}
