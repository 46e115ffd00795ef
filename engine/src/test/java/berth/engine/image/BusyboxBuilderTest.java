package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class BusyboxBuilderTest {
    @TempDir
    Path scratch;

    @Test
    void theTreeBootsByItself() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        try (ImportFixture fixture = new ImportFixture(scratch)) {
            ImportRequest request = ImportRequest.of("busybox").named("busybox");
            Image image = fixture.images()
                    .build(new BusyboxBuilder(), ImportFixture.NO_SANDBOX, request, Progress.none())
                    .image();
            assertThat(image.init()).isEqualTo(InitKind.BUSYBOX);
            assertThat(image.distribution()).isEqualTo("busybox");
            assertThat(image.architecture()).isNotEqualTo("unknown");
            try (Directory tree = Directory.open(fixture.images().tree(image), Resolution.IN_ROOT)) {
                assertThat(tree.statTarget("sbin/init")).isPresent();
                assertThat(tree.readLink("bin/sh")).isEqualTo("/bin/busybox");
                assertThat(tree.stat("tmp").orElseThrow().mode()).isEqualTo(01777);
                assertThat(new String(tree.readFile("etc/shadow", 1000), StandardCharsets.UTF_8))
                        .startsWith("root:*:");
            }
        }
    }

    @Test
    void buildingItAgainGivesTheSameImage() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        try (ImportFixture fixture = new ImportFixture(scratch)) {
            Imported first = fixture.images()
                    .build(new BusyboxBuilder(), ImportFixture.NO_SANDBOX, ImportRequest.of("a"), Progress.none());
            Imported second = fixture.images()
                    .build(new BusyboxBuilder(), ImportFixture.NO_SANDBOX, ImportRequest.of("b"), Progress.none());
            assertThat(second.image()).isEqualTo(first.image());
            assertThat(second.outcome()).isEqualTo(Imported.Outcome.KNOWN);
        }
    }
}
