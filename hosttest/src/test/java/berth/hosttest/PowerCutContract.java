package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What {@code osctl} said was done is there after a power cut in the next moment: of the pool's file system there is what it had
 * written to its disk by then, and nothing that waited in memory.
 */
abstract class PowerCutContract {
    private static final String FILES =
            "sh -c 'cd / && find root srv data etc/machine-id etc/shadow etc/ssh -type f 2>/dev/null | xargs md5sum'";

    private final Host host;
    private final String driver;
    private final Path disk;

    /** The pool {@code cut} of {@code driver} is on a btrfs, where what happened first may come to the disk last. */
    PowerCutContract(Host host, String driver) {
        this.host = host;
        this.driver = driver;
        this.disk = host.pool("cut");
    }

    private void shell(String script) {
        assertThat(host.shell(script.replace("{0}", disk.toString())).run()).succeeds();
    }

    @BeforeEach
    void aPoolOnADiskOfItsOwn() {
        shell("mkdir -p {0}/../../tree/etc && echo spare >{0}/../../tree/etc/hostname");
        shell("truncate -s 512M {0}.disk && mkfs.btrfs -q {0}.disk && mkdir -p {0} && mount -o loop {0}.disk {0}");
        host.given(
                "pool install --driver %s --path %s/pool cut".formatted(driver, disk),
                "--pool cut image build busybox",
                "--pool cut image import --name spare " + host.scratch().resolve("tree"),
                "--pool cut ct new --image busybox web",
                "ct dataset new web data",
                "ct start web",
                "ct exec web sh -c 'mkdir /srv; dd if=/dev/urandom of=/srv/large bs=1M count=3 2>/dev/null'",
                "ct exec web sh -c 'cp /srv/large /data/large; echo first > /root/file'",
                "ct snapshot new web one",
                "ct exec web sh -c 'echo 5a9d4e4fae2b4c8c9d3f6f1f2b7c8d9e > /etc/machine-id'",
                "ct exec web sh -c 'mkdir /etc/ssh; echo secret > /etc/ssh/ssh_host_rsa_key'",
                "ct exec web sh -c 'echo second > /root/file; sync'",
                "ct stop --kill web",
                "ct snapshot new web two",
                "--pool cut ct new --image busybox old",
                "ct del old",
                "pool dataset new cut media",
                "--pool tank ct new --image busybox far",
                "ct start far",
                "ct exec far sh -c 'dd if=/dev/urandom of=/root/large bs=1M count=3 2>/dev/null'",
                "ct stop --kill far",
                "ct export --compression none far %s/far.tar".formatted(disk));
        shell(
                "mkdir -p {0}/backups {0}/images {0}/other/etc && echo other >{0}/other/etc/hostname && osctl repository init {0}/images && sync -f {0}");
    }

    @AfterEach
    void itIsGone() {
        for (String container : containers()) {
            host.given("ct del -f --purge " + container);
        }
        host.osctl("pool dataset del --purge cut media");
        host.given("trash prune --all", "pool uninstall cut");
        shell("umount {0} && rm -r {0} {0}.disk");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--pool cut ct new --image busybox new",
                "ct del web",
                "ct del --purge web",
                "ct mv web renamed",
                "ct mv web --pool tank",
                "ct mv far --pool cut",
                "ct cp web copy",
                "ct cp --full-copy web copy",
                "ct reinstall web",
                "ct snapshot new web three",
                "ct snapshot del web one",
                "ct snapshot rollback web one",
                "ct dataset new web more",
                "ct dataset del --purge web data",
                "image del cut:spare",
                "--pool cut image import --name other {0}/other",
                "image new --from-container web other",
                "image publish cut:busybox {0}/images",
                "ct export --compression none web {0}/web.tar",
                "ct backup new --to {0}/backups web",
                "--pool cut ct import --as-id imported {0}/far.tar",
                "pool dataset new cut more",
                "pool dataset del --purge cut media",
                "trash restore cut:old",
                "trash prune --all"
            })
    void isThereAfterAPowerCut(String line) {
        assertThat(host.osctl(line.replace("{0}", disk.toString()))).succeeds();
        shell("cp --sparse=always {0}.disk {0}.then");
        var shown = shown();
        var files = files();

        host.killDaemon();
        await("nothing uses the file system")
                .atMost(Running.PATIENCE)
                .until(() -> host.shell("umount " + disk).run().status() == 0);
        shell("mv {0}.then {0}.disk && mount -o loop {0}.disk {0}");
        host.startDaemon();

        assertThat(shown()).containsExactlyInAnyOrderElementsOf(shown);
        assertThat(files()).containsExactlyElementsOf(files);
    }

    private Collection<String> containers() {
        var ids = new TreeSet<String>();
        for (JsonNode container : host.json("ct ls")) {
            ids.add(container.get("pool").asString() + ":" + container.get("id").asString());
        }
        return ids;
    }

    /** What osctl tells of all pools, and what there is of the pool's own files; in the trash are trees that go by themselves. */
    private Collection<String> shown() {
        var all = new TreeSet<String>();
        for (String list : new String[] {"ct ls -H -o pool,id,quota", "image ls", "trash ls", "pool dataset ls"}) {
            all.addAll(host.osctl(list).stdout().lines().toList());
        }
        containers()
                .forEach(c -> host.json("ct snapshot ls " + c)
                        .findValuesAsString("name")
                        .forEach(s -> all.add(c + " " + s)));
        all.addAll(host.shell(("cd %s && find pool/ct -maxdepth 2 && find pool/conf"
                                + " && find pool/image backups images *.tar -type f -exec md5sum {} +")
                        .formatted(disk))
                .run()
                .stdout()
                .lines()
                .toList());
        return all;
    }

    private Collection<String> files() {
        host.given("ct start --all");
        var all = new TreeMap<String, String>();
        containers()
                .forEach(c -> all.put(
                        c, host.osctl("ct exec %s %s".formatted(c, FILES)).stdout()));
        host.given("ct stop --all --kill");
        return all.entrySet().stream().map(Object::toString).toList();
    }
}
