package berth.linux.device;

/** The two sorts of devices, each with numbers of its own. Source: linux/bpf.h, BPF_DEVCG_DEV_*. */
public enum DeviceType {
    BLOCK(1),
    CHAR(2);

    private final int number;

    DeviceType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
