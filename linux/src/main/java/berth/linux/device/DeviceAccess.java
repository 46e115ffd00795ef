package berth.linux.device;

/** What can be done with a device. Source: linux/bpf.h, BPF_DEVCG_ACC_*. */
public enum DeviceAccess {
    READ(2),
    WRITE(4),
    /** Making a file that stands for it. */
    MKNOD(1);

    private final int bit;

    DeviceAccess(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
