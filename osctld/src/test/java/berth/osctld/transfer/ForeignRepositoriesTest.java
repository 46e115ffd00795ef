package berth.osctld.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.ErrorCode;
import berth.engine.repository.ImageQuery;
import berth.engine.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Repositories that others than Berth make, from a server on this machine. */
class ForeignRepositoriesTest extends RepositoryFixture {
    @Test
    void simplestreamsOffersItsNewestBuildOfEachImage() throws Exception {
        Path tree = theirs.tree(busybox);
        shell("""
                mkdir -p streams/v1 images/new
                printf 'architecture: x86_64\\nproperties:\\n  os: Busybox\\n' > metadata.yaml
                tar -cJ metadata.yaml > images/new/lxd.tar.xz
                tar -cJ -C %s . > images/new/rootfs.tar.xz""".formatted(tree));
        Files.writeString(served.resolve("streams/v1/index.json"), """
                {"index":{"images":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""");
        Files.writeString(served.resolve("streams/v1/images.json"), """
                {"products":{"busybox:1:amd64:default":{"aliases":"busybox/1/default,busybox/stable","arch":"%s",
                "os":"Busybox","release":"1","release_title":"one","variant":"default","versions":{
                "20250101_00:00":{"items":{"root.tar.xz":{"ftype":"root.tar.xz","path":"images/old","sha256":"%s","size":3}}},
                "20260101_00:00":{"items":{
                "lxd.tar.xz":{"ftype":"lxd.tar.xz","path":"images/new/lxd.tar.xz","sha256":"%s","size":%d},
                "root.tar.xz":{"ftype":"root.tar.xz","path":"images/new/rootfs.tar.xz","sha256":"%s","size":%d}}}}}}}""".formatted(
                        System.getProperty("os.arch"),
                        "0".repeat(64),
                        hash("images/new/lxd.tar.xz"),
                        Files.size(served.resolve("images/new/lxd.tar.xz")),
                        hash("images/new/rootfs.tar.xz"),
                        Files.size(served.resolve("images/new/rootfs.tar.xz"))));
        repositories.add(insecure(Repository.Kind.SIMPLESTREAMS));
        assertThat(obtain(query("busybox", "stable")).id()).isEqualTo(busybox.id());
        assertThat(obtain(query("busybox", "one")).id()).isEqualTo(busybox.id());
    }

    @Test
    void vpsAdminOsOffersItsArchives() throws Exception {
        Path tree = theirs.tree(busybox);
        shell("""
                mkdir -p v1/default/minimal rootfs
                tar -cz -C %s . > rootfs/base.tar.gz
                printf 'format: tar\\n' > metadata.yml
                tar -c metadata.yml rootfs > v1/default/minimal/image-archive.tar""".formatted(tree));
        Files.writeString(served.resolve("v1/INDEX.json"), """
                {"vendors":{"default":"default"},"images":[{"vendor":"default","variant":"minimal","arch":"x86_64",
                "distribution":"busybox","version":"1","tags":["latest"],
                "image":{"tar":"default/minimal/image-archive.tar","zfs":"x"}}]}""");
        repositories.add(insecure(Repository.Kind.VPSADMINOS));
        ImageQuery anyMachine = new ImageQuery(
                Optional.of("busybox"),
                Optional.of("latest"),
                Optional.of("x86_64"),
                Optional.empty(),
                Optional.empty());
        assertThat(obtain(anyMachine).id()).isEqualTo(busybox.id());
    }

    @Test
    void anIndexThatIsNoneIsRefusedWithTheReason() throws IOException {
        Files.createDirectories(served.resolve("v1"));
        Files.writeString(served.resolve("v1/INDEX.json"), "{\"images\":[{\"vendor\":null}]}");
        assertRefused(() -> repositories.add(insecure(Repository.Kind.VPSADMINOS)), ErrorCode.UNTRUSTED, "is broken");
        Files.writeString(served.resolve("v1/INDEX.json"), "<html>");
        assertRefused(() -> repositories.add(insecure(Repository.Kind.VPSADMINOS)), ErrorCode.UNTRUSTED, "is broken");
    }

    private void shell(String script) throws Exception {
        Process process = new ProcessBuilder("/bin/bash", "-ec", script)
                .directory(served.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private String hash(String file) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(served.resolve(file))));
    }
}
