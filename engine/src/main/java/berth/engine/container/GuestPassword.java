package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.KernelException;
import berth.linux.PasswordHash;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.WriteResult;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Sets passwords in the shadow file of a guest that has no chpasswd. Source: shadow(5). */
final class GuestPassword {
    private static final String SHADOW = "etc/shadow";
    private static final int LONGEST = 1 << 20;
    private static final long SECONDS_PER_DAY = 86_400;
    private static final int PERMISSIONS = 07777;

    private final Directory rootfs;
    private final String container;
    private final InstantSource clock;

    /** @param rootfs the guest's root, resolving as the guest would */
    GuestPassword(Directory rootfs, String container, InstantSource clock) {
        this.rootfs = rootfs;
        this.container = container;
        this.clock = clock;
    }

    /** @throws BerthException NOT_FOUND if the guest has no such user; FAILED if it has no shadow file that can be written */
    void set(String user, String password) {
        FileStat shadow = rootfs.stat(SHADOW).orElseThrow(() -> refused("it has neither chpasswd nor /etc/shadow"));
        List<String> lines = new ArrayList<>(lines());
        int at = 0;
        while (at < lines.size() && !lines.get(at).startsWith(user + ":")) {
            at++;
        }
        if (at == lines.size()) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "container '%s' has no user '%s'".formatted(container, user),
                    "its users are in its /etc/shadow");
        }
        String[] fields = lines.get(at).split(":", 4);
        long today = clock.instant().getEpochSecond() / SECONDS_PER_DAY;
        String rest = fields.length == 4 ? fields[3] : ":::::";
        lines.set(at, "%s:%s:%d:%s".formatted(user, PasswordHash.of(password, new SecureRandom()), today, rest));
        WriteResult result = rootfs.writeFileDurably(
                SHADOW,
                (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1),
                shadow.mode() & PERMISSIONS,
                shadow.uid(),
                shadow.gid());
        if (result != WriteResult.WRITTEN) {
            throw refused("its /etc/shadow cannot be written");
        }
    }

    private List<String> lines() {
        try {
            return new String(rootfs.readFile(SHADOW, LONGEST), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (KernelException e) {
            throw refused("its /etc/shadow cannot be read: " + e.reason());
        }
    }

    private BerthException refused(String why) {
        return new BerthException(
                ErrorCode.FAILED, "no password can be set in container '%s': %s".formatted(container, why));
    }
}
