package berth.hosttest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Debian's smallest system with systemd, made once and kept until {@code mvn clean}. */
final class DebianImage {
    private DebianImage() {}

    /** The archive; the test is skipped if it cannot be made. */
    static Path archive() {
        return Checkout.artifact(
                "debian.tar",
                archive -> build(
                        archive, List.of("--variant=minbase", "--include=systemd-sysv,dbus,libpam-systemd,iproute2")));
    }

    /** Runs mmdebstrap, which makes {@code archive}; the test is skipped if it cannot. */
    static void build(Path archive, List<String> options) {
        Path fresh = archive.resolveSibling(archive.getFileName() + ".new");
        List<String> words = new java.util.ArrayList<>(List.of("mmdebstrap", "--quiet", "--format=tar"));
        words.addAll(options);
        words.addAll(List.of("bookworm", fresh.toString()));
        String reason = "%s cannot be made: mmdebstrap failed".formatted(archive.getFileName());
        try {
            if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
                System.err.println(reason);
                Assumptions.abort(reason);
            }
            Files.move(fresh, archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Assumptions.abort("mmdebstrap cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
