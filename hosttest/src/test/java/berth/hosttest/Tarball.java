package berth.hosttest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An archive that a test makes up, entry by entry, as harmless or hostile as it likes. */
final class Tarball {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    private Tarball() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    static Tarball empty() {
        return new Tarball();
    }

    /** A system that boots: busybox as everything. */
    static Tarball busybox() {
        Tarball tarball = new Tarball();
        for (String directory : new String[] {"bin", "sbin", "etc", "proc", "sys", "dev", "run", "root", "tmp"}) {
            tarball.directory(directory);
        }
        try {
            tarball.file("bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String applet :
                new String[] {"sh", "ls", "cat", "ip", "id", "true", "sleep", "echo", "hostname", "stty"}) {
            tarball.symlink("bin/" + applet, "busybox");
        }
        return tarball.symlink("sbin/init", "../bin/busybox")
                .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
                .file("etc/group", "root:x:0:\n")
                .file("etc/inittab", "::sysinit:/bin/true\n::respawn:/bin/sleep 100000\n");
    }

    Tarball directory(String name) {
        return add(name + "/", TarConstants.LF_DIR, entry -> entry.setMode(0755));
    }

    Tarball file(String name, String content) {
        return file(name, 0644, content.getBytes(StandardCharsets.UTF_8));
    }

    Tarball file(String name, int mode, byte[] content) {
        return add(name, TarConstants.LF_NORMAL, content, entry -> entry.setMode(mode));
    }

    Tarball fileOf(String name, long uid) {
        return add(name, TarConstants.LF_NORMAL, entry -> entry.setUserId(uid));
    }

    Tarball symlink(String name, String target) {
        return add(name, TarConstants.LF_SYMLINK, entry -> entry.setLinkName(target));
    }

    Tarball hardLink(String name, String target) {
        return add(name, TarConstants.LF_LINK, entry -> entry.setLinkName(target));
    }

    Tarball device(String name, int major, int minor) {
        return add(name, TarConstants.LF_CHR, entry -> {
            entry.setDevMajor(major);
            entry.setDevMinor(minor);
        });
    }

    Tarball fifo(String name) {
        return add(name, TarConstants.LF_FIFO, entry -> entry.setMode(0644));
    }

    /** Its bytes, compressed by gzip. */
    byte[] gzip() {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(zipped)) {
            stream.write(plain());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    /** Its bytes. */
    byte[] plain() {
        try {
            tar.finish();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes it to {@code file}, compressed by gzip. */
    Path writeTo(Path file) {
        try {
            return Files.write(file, gzip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tarball add(String name, byte type, java.util.function.Consumer<TarArchiveEntry> more) {
        return add(name, type, new byte[0], more);
    }

    private Tarball add(String name, byte type, byte[] content, java.util.function.Consumer<TarArchiveEntry> more) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
        entry.setSize(content.length);
        entry.setIds(0, 0);
        more.accept(entry);
        try {
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }
}
