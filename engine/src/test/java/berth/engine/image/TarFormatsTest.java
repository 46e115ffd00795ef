package berth.engine.image;

import static berth.engine.image.TarBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.image.ArchiveEntry.Extent;
import berth.engine.image.ArchiveEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the tar programs in use write, and how it is read. */
class TarFormatsTest {
    @Test
    void aPlainFileIsReadAsItIs() throws IOException {
        TarReader reader = reader(new TarBytes().mode(04711).owner(3, 4).file("a/b", "content"));
        ArchiveEntry entry = reader.next().orElseThrow();
        assertThat(entry.name()).isEqualTo("a/b");
        assertThat(entry.kind()).isEqualTo(Kind.FILE);
        assertThat(entry.mode()).isEqualTo(04711);
        assertThat(entry.uid()).isEqualTo(3);
        assertThat(entry.gid()).isEqualTo(4);
        assertThat(entry.mtime()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
        assertThat(content(reader)).isEqualTo("content");
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void dataThatAreNotReadAreSkipped() throws IOException {
        TarReader reader = reader(new TarBytes().file("a", "x".repeat(5000)).file("b", "y"));
        assertThat(reader.next()).isPresent();
        assertThat(reader.next().orElseThrow().name()).isEqualTo("b");
        assertThat(content(reader)).isEqualTo("y");
    }

    @Test
    void aUstarPrefixIsPutBeforeTheName() throws IOException {
        byte[] header = new TarBytes().file("name", "").unfinished();
        System.arraycopy(bytes("long/prefix"), 0, header, 345, 11);
        assertThat(reader(new TarBytes().header(header)).next().orElseThrow().name())
                .isEqualTo("long/prefix/name");
    }

    @Test
    void paxRecordsWinOverTheHeader() throws IOException {
        ArchiveEntry entry = reader(new TarBytes()
                        .pax("path", bytes("ünïcode"))
                        .pax("uid", bytes("60000"))
                        .pax("mtime", bytes("1700000000.25"))
                        .pax("linkpath", bytes("target"))
                        .symlink("x", "y"))
                .next()
                .orElseThrow();
        assertThat(entry.name()).isEqualTo("ünïcode");
        assertThat(entry.uid()).isEqualTo(60000);
        assertThat(entry.target()).isEqualTo("target");
        assertThat(entry.mtime()).isEqualTo(Instant.ofEpochSecond(1_700_000_000, 250_000_000));
    }

    @Test
    void paxRecordsOfOneEntryDoNotReachTheNext() throws IOException {
        TarReader reader =
                reader(new TarBytes().pax("uid", bytes("7")).file("a", "").file("b", ""));
        assertThat(reader.next().orElseThrow().uid()).isEqualTo(7);
        assertThat(reader.next().orElseThrow().uid()).isEqualTo(0);
    }

    @Test
    void attributesOfBsdTarAreDecoded() throws IOException {
        ArchiveEntry entry = reader(new TarBytes()
                        .pax("LIBARCHIVE.xattr.user.a%3Db", bytes("AAH/"))
                        .file("a", ""))
                .next()
                .orElseThrow();
        assertThat(entry.xattrs()).containsOnlyKeys("user.a=b");
        assertThat(entry.xattrs().get("user.a=b")).isEqualTo(new byte[] {0, 1, (byte) 0xff});
    }

    @Test
    void aSparseFileOfFormat10IsRead() throws IOException {
        byte[] map = Arrays.copyOf(bytes("2\n0\n3\n1000\n2\n"), 512);
        byte[] stored = Arrays.copyOf(map, 512 + 5);
        System.arraycopy(bytes("abcde"), 0, stored, 512, 5);
        TarReader reader = reader(new TarBytes()
                .pax("GNU.sparse.major", bytes("1"))
                .pax("GNU.sparse.minor", bytes("0"))
                .pax("GNU.sparse.name", bytes("real"))
                .pax("GNU.sparse.realsize", bytes("5000"))
                .file(bytes("GNUSparseFile.0/real"), stored));
        ArchiveEntry entry = reader.next().orElseThrow();
        assertThat(entry.name()).isEqualTo("real");
        assertThat(entry.size()).isEqualTo(5000);
        assertThat(entry.data()).containsExactly(new Extent(0, 3), new Extent(1000, 2));
        assertThat(content(reader)).isEqualTo("abcde");
    }

    @Test
    void aSparseFileOfFormat01IsRead() throws IOException {
        ArchiveEntry entry = reader(new TarBytes()
                        .pax("GNU.sparse.size", bytes("20"))
                        .pax("GNU.sparse.map", bytes("0,2,10,2"))
                        .file("s", "abcd"))
                .next()
                .orElseThrow();
        assertThat(entry.data()).containsExactly(new Extent(0, 2), new Extent(10, 2));
        assertThat(entry.size()).isEqualTo(20);
    }

    @Test
    void aNameThatEndsInASlashIsADirectoryInOldArchives() throws IOException {
        ArchiveEntry entry = reader(new TarBytes().entry('\0', bytes("dir/"), 0, new byte[0]))
                .next()
                .orElseThrow();
        assertThat(entry.kind()).isEqualTo(Kind.DIRECTORY);
    }

    private static TarReader reader(TarBytes tar) {
        return new TarReader(new ByteArrayInputStream(tar.toBytes()));
    }

    private static String content(TarReader reader) throws IOException {
        byte[] buffer = new byte[10_000];
        int count = reader.read(buffer, 0, buffer.length);
        return new String(buffer, 0, count, StandardCharsets.UTF_8);
    }
}
