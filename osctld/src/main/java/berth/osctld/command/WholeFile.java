package berth.osctld.command;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.socket.FdStreams;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/**
 * A file of the caller's that has its name only when it is complete and on disk; before, it is called so with {@value #PART}. Only
 * its owner may read it.
 */
final class WholeFile {
    private static final String PART = ".part";
    private static final int BUFFER = 1 << 16;

    private final Call call;
    private final String path;

    WholeFile(Call call, String path) {
        this.call = call;
        this.path = path;
    }

    /**
     * Makes it of what {@code content} writes. Nothing is left of one that fails.
     *
     * @throws BerthException FAILED if it cannot be made
     */
    <T> T write(Function<OutputStream, T> content) {
        if (path.isEmpty() || path.endsWith("/")) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is no name of a file".formatted(path), "give one, or - for the output");
        }
        try (Fd file = create()) {
            Path part = Path.of(file.procPath()).toRealPath();
            try {
                String name = String.valueOf(part.getFileName());
                Path target = part.resolveSibling(name.substring(0, name.length() - PART.length()));
                requireReplaceable(target);
                T result;
                try (OutputStream out = new BufferedOutputStream(new KeptOpen(FdStreams.output(file)), BUFFER)) {
                    result = content.apply(out);
                }
                try (FileChannel channel = FileChannel.open(Path.of(file.procPath()), StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                DurableFile.syncDirectory(requireNonNull(part.getParent()));
                return result;
            } catch (RuntimeException | IOException e) {
                Files.deleteIfExists(part);
                throw e;
            }
        } catch (KernelException e) {
            throw failure(e.reason(), e);
        } catch (IOException e) {
            throw failure(FileFailure.reason(e), e);
        }
    }

    /** A device, such as {@code /dev/null}, would be gone, and a file in its place. */
    private void requireReplaceable(Path target) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                && !Files.isSymbolicLink(target)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is there, and no file".formatted(path),
                    "choose another name, or - for the output");
        }
    }

    /** One that is there may be somebody else's, who would read what is written to it. */
    private Fd create() {
        try {
            return call.session().createPrivate(path + PART);
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        int slash = path.lastIndexOf('/');
        try (Directory parent = Directory.of(
                call.session().openForReading(slash < 0 ? "." : path.substring(0, slash + 1)), Resolution.NO_LINKS)) {
            parent.remove(path.substring(slash + 1) + PART);
        }
        return call.session().createPrivate(path + PART);
    }

    private BerthException failure(String reason, Exception cause) {
        return new BerthException(ErrorCode.FAILED, "cannot write '%s': %s".formatted(path, reason), null, cause);
    }
}
