package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images built of packages, of scripts and of recipes, by nobody who is anybody on the host. */
final class ImageBuildTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static Path packages;

    @BeforeAll
    static void aRepositoryOfOnePackage() throws IOException {
        packages = Files.createDirectories(host.scratch().resolve("rpm/repo"));
        Path specification = packages.resolveSibling("tiny.spec");
        Host.write(specification, """
                Name: tiny
                Version: 1
                Release: 1
                Summary: A tiny system
                License: none
                %description
                A system of busybox.
                %install
                mkdir -p %{buildroot}/etc %{buildroot}/bin %{buildroot}/sbin
                printf 'ID=tinyos\\nVERSION_ID=1\\n' > %{buildroot}/etc/os-release
                cp /bin/busybox %{buildroot}/bin/busybox
                for name in sh cat id; do ln -s busybox %{buildroot}/bin/$name; done
                ln -s ../bin/busybox %{buildroot}/sbin/init
                %files
                /etc/os-release
                /bin/busybox
                /bin/sh
                /bin/cat
                /bin/id
                /sbin/init
                %post -p /bin/sh
                cat /proc/self/uid_map > /etc/built-by
                """);
        assertThat(host.shell("HOME=%s rpmbuild -bb --define '_topdir %s' --define '_rpmdir %s' %s && createrepo_c %s"
                                .formatted(
                                        packages.getParent(), packages.getParent(), packages, specification, packages))
                        .run())
                .succeeds();
    }

    private static Path script(String name, String text) throws IOException {
        Path script = host.scratch().resolve(name);
        Files.writeString(script, "#!/bin/sh -eu\n" + text);
        return script;
    }

    private static String stored() throws IOException {
        try (Stream<Path> files = Files.list(host.pool("tank").resolve("image"))) {
            return files.map(file -> file.getFileName().toString())
                    .sorted()
                    .toList()
                    .toString();
        }
    }

    @Test
    void packagesOfARepositoryMakeASystemThatBoots() {
        assertThat(host.osctl("image build fedora --unsigned --repo %s --include tiny --name tiny".formatted(packages)))
                .succeeds();

        assertThat(host.osctl("image ls -H -o distribution tiny")).prints("tinyos");
        host.given("ct new --image tiny one", "ct start one");
        assertThat(host.osctl("ct exec one id -u")).succeeds().prints("0");
        // Whoever ran the package's script was no root of the host.
        assertThat(host.osctl("ct exec one cat /etc/built-by").stdout().strip().split("\\s+")[1])
                .isNotEqualTo("0");
        host.given("ct del -f one", "image del tiny");
    }

    @Test
    void packagesThatNobodySignedAreRefusedUnlessThatIsAllowed() throws IOException {
        Path key = host.scratch().resolve("key");
        Host.write(key, "no key at all\n");

        assertThat(host.osctl("image build centos --repo %s --include tiny".formatted(packages)))
                .fails(Status.USAGE)
                .complains("--unsigned");
        assertThat(host.osctl("image build centos --key %s --repo %s --include tiny".formatted(key, packages)))
                .fails(Status.FAILED)
                .complains("dnf");

        assertThat(host.osctl("image ls")).doesNotMention("centos");
    }

    @Test
    void aPackageThatIsNotThereIsNamed() throws IOException {
        String before = stored();

        assertThat(host.osctl("image build fedora --unsigned --repo %s --include nonsense".formatted(packages)))
                .fails(Status.FAILED)
                .complains("nonsense");

        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aMirrorThatDoesNotAnswerIsAnErrorThatSaysSo() throws IOException {
        String before = stored();

        assertThat(host.osctl("image build fedora --unsigned --repo http://127.0.0.1:9/ --include tiny"))
                .fails(Status.FAILED)
                .complains("127.0.0.1");
        assertThat(host.osctl("image build debian --mirror http://127.0.0.1:9/debian"))
                .fails(Status.FAILED)
                .complains("127.0.0.1");

        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aScriptMakesAnImageAsNobodyOnTheHost() throws IOException {
        Path script = script("make-root.sh", """
                mkdir -p "$1/bin" "$1/etc"
                cp /bin/busybox "$1/bin/sh"
                cat /proc/self/uid_map > "$1/etc/map"
                chown 5:6 "$1/etc/map"
                ! cat /etc/shadow
                ! touch /usr/escaped
                sleep 4711 &
                """);

        assertThat(host.osctl("image build from-script %s".formatted(script))).succeeds();

        host.given("ct new --image make-root made");
        assertThat(host.osctl("image show make-root")).succeeds();
        assertThat(host.shell("cat %s/*/tree/etc/map"
                                .formatted(host.pool("tank").resolve("image")))
                        .run()
                        .stdout()
                        .strip()
                        .split("\\s+")[1])
                .isNotEqualTo("0");
        assertThat(Path.of("/usr/escaped")).doesNotExist();
        assertThat(host.shell("pgrep -f 'sleep 471[1]'").run()).exits(1);
        host.given("ct del -f --purge made", "image del make-root");
    }

    @Test
    void aScriptThatFailsIsToldWithWhatItSaidAndLeavesNothing() throws IOException {
        String before = stored();
        Path script = script("broken", "echo 'the moon is missing' >&2\nexit 3\n");

        assertThat(host.osctl("image build from-script %s".formatted(script)))
                .fails(Status.FAILED)
                .complains("the moon is missing");

        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aRecipeMakesALayerOfPackagesFilesAndAScript() throws IOException {
        Path recipe = host.scratch().resolve("web.yml");
        Host.write(recipe, """
                name: web
                base: busybox
                files:
                  - path: /srv/index.html
                    content: hello
                  - path: /usr/bin/hello
                    mode: "755"
                    content: |
                      #!/bin/sh
                      cat /srv/index.html
                script: |
                  /usr/bin/hello > /srv/said
                  rm /etc/issue 2>/dev/null || true
                """);

        assertThat(host.osctl("image build recipe %s".formatted(recipe))).succeeds();

        host.given("ct new --image web two", "ct start two");
        assertThat(host.osctl("ct exec two cat /srv/said")).succeeds().prints("hello");
        assertThat(host.osctl("ct exec two hello")).succeeds().prints("hello");
        assertThat(host.json("image show web").get("own_size").asLong()).isLessThan(10_000);
        String first = host.json("image show web").get("id").asString();
        assertThat(host.osctl("image build recipe %s".formatted(recipe))).succeeds();
        assertThat(host.json("image show web").get("id").asString()).isEqualTo(first);
        host.given("ct del -f two", "image del web");
    }

    @Test
    void aRecipeThatSaysWhatMeansNothingIsRefused() {
        Path recipe = host.scratch().resolve("wrong.yml");
        Host.write(recipe, "name: wrong\nbase: busybox\npakages: [vim]\n");
        assertThat(host.osctl("image build recipe %s".formatted(recipe)))
                .fails(Status.INVALID)
                .complains("pakages");

        Host.write(recipe, "name: wrong\nbase: busybox\nfiles: [{path: ../x, content: a}]\n");
        assertThat(host.osctl("image build recipe %s".formatted(recipe)))
                .fails(Status.INVALID)
                .complains("../x");

        Host.write(recipe, "name: wrong\nbase: nowhere\n");
        assertThat(host.osctl("image build recipe %s".formatted(recipe)))
                .fails(Status.NOT_FOUND)
                .complains("nowhere");

        Host.write(recipe, "name: wrong\nbase: busybox\npackages: [vim]\n");
        assertThat(host.osctl("image build recipe %s".formatted(recipe)))
                .fails(Status.FAILED)
                .complains("apt-get");
    }

    @Test
    void aBuildEndsWithItsDaemonAndLeavesNothing() throws IOException {
        String before = stored();
        Path script = script("slow", "sleep 4712\n");
        host.command("image build from-script %s".formatted(script)).start();
        assertThat(host.shell("for i in $(seq 200); do pgrep -f 'sleep 471[2]' && exit 0; sleep 0.1; done; exit 1")
                        .run())
                .exits(0);

        host.killDaemon();
        host.startDaemon();

        assertThat(stored()).isEqualTo(before);
        assertThat(host.shell("for i in $(seq 100); do pgrep -f 'sleep 471[2]' || exit 0; sleep 0.1; done; exit 1")
                        .run())
                .exits(0);
    }

    @Test
    void aBuildThatTakesForeverKeepsNoImportWaiting() throws IOException {
        Path archive = host.scratch().resolve("quick.tar.gz");
        Tarball.busybox().writeTo(archive);
        Path script = script("forever", "sleep 4713\n");
        host.command("image build from-script %s".formatted(script)).start();
        assertThat(host.shell("for i in $(seq 200); do pgrep -f 'sleep 471[3]' && exit 0; sleep 0.1; done; exit 1")
                        .run())
                .exits(0);

        Result imported = host.shell("timeout 30 osctl image import --name quick %s".formatted(archive))
                .run();

        host.killDaemon();
        host.startDaemon();
        assertThat(imported).succeeds();
        host.given("image del quick");
    }

    @Test
    void alpinesOwnProgramIsGivenWhatItNeeds() throws IOException {
        Path apk = script("apk", """
                while [ "$1" != --root ]; do shift; done
                mkdir -p "$2/bin"
                cp /bin/busybox "$2/bin/sh"
                echo "$@" > "$2/etc/arguments"
                sed 's/^/as told /' "$2/etc/apk/repositories" > "$2/etc/told"
                tr '\\0' ' ' < /proc/$PPID/cmdline > "$2/etc/parent"
                """);

        assertThat(host.osctl(
                        "image build alpine --apk %s --unsigned --include nginx --mirror http://me:secret@127.0.0.1:9/alpine"
                                .formatted(apk)))
                .succeeds();

        String made = host.pool("tank").resolve("image") + "/*/tree/etc/";
        assertThat(host.shell("cat %1$sarguments %1$stold".formatted(made)).run())
                .mentions("add alpine-base", "nginx", "as told http://me:secret@127.0.0.1:9/alpine/v3.22/main");
        assertThat(host.shell("cat %1$sapk/repositories %1$sparent".formatted(made))
                        .run())
                .mentions("http://127.0.0.1:9/alpine/v3.22/community", "alpine-base")
                .doesNotMention("secret");
        host.given("image del alpine");
    }
}
