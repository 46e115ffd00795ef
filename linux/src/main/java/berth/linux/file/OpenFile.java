package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A regular file that is open for reading or for writing, with a position. Buffers must be direct: the kernel reads and writes
 * them in place. One thread at a time.
 */
public final class OpenFile implements AutoCloseable {
    private static final long SYS_LSEEK = 8;
    private static final long SYS_FSYNC = 74;
    private static final long SYS_FTRUNCATE = 77;
    private static final long SYS_COPY_FILE_RANGE = 326;
    private static final long FICLONE = 0x40049409;
    private static final int SEEK_SET = 0;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final Fd fd;

    OpenFile(Fd fd) {
        this.fd = fd;
    }

    /** Its descriptor, which stays the file's to close. */
    public Fd fd() {
        return fd;
    }

    /** What the kernel knows of it now. */
    public FileStat stat() {
        return FileCalls.fstat(fd.number());
    }

    /** Fills {@code buffer} from the position on, as far as it goes: the bytes read, 0 at the end of the file. */
    public int read(ByteBuffer buffer) {
        long address = MemorySegment.ofBuffer(direct(buffer)).address();
        int count = Libc.check(Libc.syscall(Libc.SYS_READ, fd.number(), address, buffer.remaining()), "read", "");
        buffer.position(buffer.position() + count);
        return count;
    }

    /** Writes all that remains in {@code buffer}. */
    public void write(ByteBuffer buffer) {
        long address = MemorySegment.ofBuffer(direct(buffer)).address();
        long start = buffer.position();
        while (buffer.hasRemaining()) {
            long at = address + buffer.position() - start;
            long count = Libc.syscall(Libc.SYS_WRITE, fd.number(), at, buffer.remaining());
            buffer.position(buffer.position() + Libc.check(count, "write", ""));
        }
    }

    /** Moves the position to {@code offset} bytes from the start. */
    public void seek(long offset) {
        seek(offset, SEEK_SET);
    }

    /** Where the next data begins at or after {@code offset}; the file's size if only a hole follows. Source: lseek(2). */
    public long nextData(long offset) {
        long result = Libc.syscall(SYS_LSEEK, fd.number(), offset, SEEK_DATA);
        return result == -Errno.ENXIO.number() ? stat().size() : checkLong(result, "lseek");
    }

    /** Where the next hole begins at or after {@code offset}; the end of the file counts as one. */
    public long nextHole(long offset) {
        return seek(offset, SEEK_HOLE);
    }

    /** Makes it {@code size} bytes long; what is added is a hole. */
    public void truncate(long size) {
        Libc.check(Libc.syscall(SYS_FTRUNCATE, fd.number(), size), "ftruncate", "");
    }

    /** Gives it to {@code uid} and {@code gid}; the kernel then drops setuid, setgid and capabilities. */
    public void chown(int uid, int gid) {
        FileCalls.fchownat(fd.number(), "", uid, gid, FileCalls.AT_EMPTY_PATH);
    }

    /** Sets its permission, setuid, setgid and sticky bits. */
    public void chmod(int mode) {
        FileCalls.chmod(fd.procPath(), mode);
    }

    /** Sets when its content last changed. */
    public void setTime(Instant mtime) {
        FileCalls.utimensat(fd.number(), "", mtime, FileCalls.AT_EMPTY_PATH);
    }

    /** Returns when its content and attributes are on disk. Source: fsync(2). */
    public void sync() {
        Libc.check(Libc.syscall(SYS_FSYNC, fd.number()), "fsync", "");
    }

    /** Copies {@code length} bytes from {@code offset} on to the same place of {@code target}. */
    void copyRange(OpenFile target, long offset, long length) {
        seek(offset);
        target.seek(offset);
        long left = length;
        while (left > 0) {
            long result =
                    Libc.syscall(SYS_COPY_FILE_RANGE, fd.number(), 0, target.fd.number(), 0, Math.min(left, 1 << 30));
            if (result == -Errno.EXDEV.number() || result == -Errno.ENOTSUP.number()) {
                copyByHand(target, left);
                return;
            }
            if (checkLong(result, "copy_file_range") == 0) {
                return;
            }
            left -= result;
        }
    }

    /** Some pairs of file systems have no way to copy inside the kernel. Source: copy_file_range(2), EXDEV. */
    private void copyByHand(OpenFile target, long length) {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(length, 1 << 18));
        long left = length;
        while (left > 0) {
            buffer.clear().limit((int) Math.min(left, buffer.capacity()));
            int count = read(buffer);
            if (count == 0) {
                return;
            }
            target.write(buffer.flip());
            left -= count;
        }
    }

    /** Makes {@code target} share this file's blocks; false if the file system cannot. Source: ioctl_ficlone(2). */
    boolean cloneTo(OpenFile target) {
        return Libc.syscall(Libc.SYS_IOCTL, target.fd.number(), FICLONE, fd.number()) == 0;
    }

    @Override
    public void close() {
        fd.close();
    }

    private long seek(long offset, int whence) {
        return checkLong(Libc.syscall(SYS_LSEEK, fd.number(), offset, whence), "lseek");
    }

    private static long checkLong(long result, String call) {
        if (result < 0) {
            throw new KernelException(call, "", (int) -result);
        }
        return result;
    }

    private static ByteBuffer direct(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("the buffer is not direct");
        }
        return buffer;
    }
}
