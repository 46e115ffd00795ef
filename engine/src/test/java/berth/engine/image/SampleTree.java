package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/** A small root file system with one of everything, and programs of the host that pack it. */
final class SampleTree {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private SampleTree() {}

    /** Writes it to {@code root}, which must not exist. */
    static Path make(Path root) throws IOException {
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("etc/empty"));
        Files.writeString(root.resolve("etc/os-release"), "ID=sample\nVERSION_ID=1\n");
        Files.writeString(root.resolve("etc/nothing"), "");
        Files.write(root.resolve("bin/sh"), random(300_000));
        Files.createLink(root.resolve("bin/ash"), root.resolve("bin/sh"));
        Files.createLink(root.resolve("bin/bash"), root.resolve("bin/sh"));
        Files.createSymbolicLink(root.resolve("sbin"), Path.of("bin"));
        Files.createSymbolicLink(root.resolve("etc/out"), Path.of("../../../etc/passwd"));
        try (Directory tree = Directory.open(root, Resolution.BENEATH)) {
            tree.createFifo("etc/pipe", 0600);
            tree.chown("bin/sh", 3, 4);
            tree.chmod("bin/sh", 04755);
            tree.chown("etc/os-release", 1000, 60_000);
            tree.chmod("etc/empty", 01777);
        }
        return root;
    }

    /** Adds what not every format can hold: extended attributes, a hole. */
    static Path makeRich(Path root) throws IOException {
        make(root);
        try (RandomAccessFile sparse =
                new RandomAccessFile(root.resolve("etc/sparse").toFile(), "rw")) {
            sparse.seek(5 << 20);
            sparse.write(random(100));
            sparse.setLength(9 << 20);
        }
        try (Directory tree = Directory.open(root, Resolution.BENEATH)) {
            tree.setXattr("bin/sh", "user.note", "kept".getBytes(StandardCharsets.UTF_8));
            tree.setXattr("etc/os-release", "user.note", new byte[3000]);
        }
        return root;
    }

    /** The id of the image of the tree {@code root} itself. */
    static String id(ImportFixture fixture, Path root) {
        return importDirectory(fixture, root).image().id();
    }

    static Imported importDirectory(ImportFixture fixture, Path directory) {
        return importDirectory(fixture, directory, ImportRequest.of("directory"));
    }

    static Imported importDirectory(ImportFixture fixture, Path directory, ImportRequest request) {
        try (Fd opened = Fd.openDirectory(directory)) {
            return fixture.images().importDirectory(opened, request, Progress.none());
        }
    }

    /** Runs a line of shell in {@code directory}; the test is skipped if this machine lacks {@code program}. */
    static byte[] shell(Path directory, String program, String line) {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin", program)) || Files.isExecutable(Path.of("/bin", program)),
                "no program '%s'".formatted(program));
        try {
            Captured ran = Capture.of(Command.of("/bin/bash", "-o", "pipefail", "-c", line)
                            .withEnvironment(Map.of("PATH", Programs.PATH))
                            .in(directory))
                    .keeping(64 << 20)
                    .run(PATIENCE);
            assertThat(ran.status().isSuccess()).as(ran.errorText()).isTrue();
            return ran.output();
        } catch (TimeoutException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
