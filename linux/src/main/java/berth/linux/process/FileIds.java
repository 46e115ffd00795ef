package berth.linux.process;

import berth.linux.Libc;

/** As whom a thread meets files. Source: setfsuid(2), setfsgid(2). */
public final class FileIds {
    private static final long SYS_SETFSUID = 122;
    private static final long SYS_SETFSGID = 123;

    private FileIds() {}

    /**
     * Makes the calling thread, which lives for this only ({@link NamespaceThread}), meet files as {@code uid} and {@code gid} of
     * the host: in file systems of a user namespace the host's root is nobody, and can make no files. No directory is closed to it,
     * as none of the guest's is to the guest's root.
     */
    public static void become(int uid, int gid) {
        Libc.syscall(SYS_SETFSGID, gid);
        Libc.syscall(SYS_SETFSUID, uid);
        // They went with the host's root's number.
        EffectiveCapabilities.raise(EffectiveCapabilities.DAC_OVERRIDE | EffectiveCapabilities.DAC_READ_SEARCH);
    }
}
