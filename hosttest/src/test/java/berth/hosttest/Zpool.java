package berth.hosttest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A ZFS pool in a file, of whichever ZFS the machine has; {@code zpool.sh} makes and destroys it. */
record Zpool(String name, Path scratch) {
    private static final int CANNOT = 75;
    private static final String MIB = "512";

    /**
     * Why there can be none on this machine for containers to run on: zfs-fuse takes nobody inside for root, and keeps datasets busy
     * for minutes after they were unmounted.
     */
    static Optional<String> obstacle() {
        Done possible = script("check");
        if (possible.status() == CANNOT) {
            return Optional.of(possible.output().strip());
        }
        return Files.exists(Path.of("/sys/module/zfs"))
                ? Optional.empty()
                : Optional.of("containers are tried on the kernel's ZFS alone, which the machine of bin/vm has");
    }

    /** Makes it, mounted at {@code directory}. */
    void make(Path directory) {
        require(script("make", name, disk().toString(), MIB, directory.toString()));
    }

    /** The file that it is in. */
    Path disk() {
        return scratch.resolve("disk.img");
    }

    /** As if its disks were unplugged: it is not on the host, unmounted from {@code directory}, until {@link #bringBack}. */
    void takeAway(Path directory) {
        require(script("export", name, directory.toString()));
    }

    void bringBack() {
        require(script("import", name, scratch.toString()));
    }

    /** Destroys its dataset {@code part} with all beneath it, if there is one. */
    void clear(String part) {
        require(script("clear", name + "/" + part));
    }

    /** Destroys it, if it is there. */
    void destroy() {
        require(script("destroy", name));
    }

    private record Done(int status, String output) {}

    private static void require(Done done) {
        if (done.status() != 0) {
            throw new AssertionError(done.output());
        }
    }

    private static Done script(String... arguments) {
        try (InputStream text = Objects.requireNonNull(Zpool.class.getResourceAsStream("/zpool.sh"))) {
            List<String> words = new ArrayList<>(
                    List.of("sh", "-c", new String(text.readAllBytes(), StandardCharsets.UTF_8), "zpool.sh"));
            words.addAll(List.of(arguments));
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Done(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
