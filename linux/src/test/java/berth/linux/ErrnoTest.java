package berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void anErrorNamesTheCallItsObjectAndTheReason() {
        assertThatThrownBy(() -> Libc.check(-13, "openat2", "etc/hostname"))
                .isInstanceOf(KernelException.class)
                .hasMessage("openat2 'etc/hostname': permission denied (EACCES)");
    }

    @Test
    void aSystemCallThatFailsReturnsItsErrno() {
        assertThat(Libc.syscall(Libc.SYS_CLOSE, 987654)).isEqualTo(-Errno.EBADF.number());
    }
}
