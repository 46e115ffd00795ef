package berth.linux.process;

import berth.linux.Errno;
import berth.linux.Libc;

/** The keys that the processes of a session share. Source: session-keyring(7). */
final class SessionKeyring {
    private static final long SYS_KEYCTL = 250;
    private static final long JOIN_SESSION_KEYRING = 1;

    private SessionKeyring() {}

    /**
     * Gives the calling thread, and what it starts, a new session keyring without keys in place of the one that the daemon has from
     * whoever started it. Threads of a pool keep it, which harms nobody: the daemon has no keys.
     */
    static void leave() {
        long result = Libc.syscall(SYS_KEYCTL, JOIN_SESSION_KEYRING, 0);
        // A kernel without keys, or a filter that denies them to every descendant too.
        if (result != -Errno.ENOSYS.number() && result != -Errno.EPERM.number()) {
            Libc.check(result, "keyctl", "the session keyring");
        }
    }
}
