package berth.linux.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The program that answers whether a device may be used. The kernel calls it with a {@code struct bpf_cgroup_dev_ctx}; 1 allows, 0
 * forbids. Source: linux/bpf.h; the kernel's bpf/standardization/instruction-set.rst.
 */
final class Instructions {
    static final int SIZE = 8;

    private static final int LOAD_WORD = 0x61;
    private static final int MOVE_REGISTER_32 = 0xbc;
    private static final int MOVE_NUMBER = 0xb7;
    private static final int AND_NUMBER_32 = 0x54;
    private static final int SHIFT_RIGHT_32 = 0x74;
    private static final int JUMP_UNLESS_EQUAL_32 = 0x56;
    private static final int EXIT = 0x95;

    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    /** The context is not needed once its three words are read. */
    private static final int SCRATCH = 1;

    private static final int HIGH_HALF = 16;
    private static final int LOW_HALF = 0xffff;
    private static final int EVERY_ACCESS = 7;
    private static final int MOST_PER_RULE = 8;
    private static final int AROUND = 8;

    private final ByteBuffer code;

    private Instructions(int rules) {
        this.code = ByteBuffer.allocate((rules * MOST_PER_RULE + AROUND) * SIZE).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The program that allows what one of {@code rules} does. */
    static byte[] of(List<DeviceRule> rules) {
        Instructions all = new Instructions(rules.size());
        all.readContext();
        rules.forEach(all::rule);
        all.answer(0);
        byte[] bytes = new byte[all.code.position()];
        all.code.get(0, bytes);
        return bytes;
    }

    private void readContext() {
        put(LOAD_WORD, TYPE, CONTEXT, 0, 0);
        put(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        put(LOAD_WORD, MINOR, CONTEXT, 8, 0);
        put(MOVE_REGISTER_32, ACCESS, TYPE, 0, 0);
        put(SHIFT_RIGHT_32, ACCESS, 0, 0, HIGH_HALF);
        put(AND_NUMBER_32, TYPE, 0, 0, LOW_HALF);
    }

    private void rule(DeviceRule rule) {
        int checks = 1
                + (rule.allowsAll() ? 0 : 3)
                + (rule.major().isPresent() ? 1 : 0)
                + (rule.minor().isPresent() ? 1 : 0);
        int end = code.position() / SIZE + checks + 2;
        unless(TYPE, rule.type().number(), end);
        if (!rule.allowsAll()) {
            put(MOVE_REGISTER_32, SCRATCH, ACCESS, 0, 0);
            put(AND_NUMBER_32, SCRATCH, 0, 0, EVERY_ACCESS & ~rule.bits());
            unless(SCRATCH, 0, end);
        }
        rule.major().ifPresent(major -> unless(MAJOR, major, end));
        rule.minor().ifPresent(minor -> unless(MINOR, minor, end));
        answer(1);
    }

    private void answer(int result) {
        put(MOVE_NUMBER, RESULT, 0, 0, result);
        put(EXIT, 0, 0, 0, 0);
    }

    /** Goes to the instruction {@code end} unless {@code register} holds {@code number}. */
    private void unless(int register, int number, int end) {
        put(JUMP_UNLESS_EQUAL_32, register, 0, end - code.position() / SIZE - 1, number);
    }

    private void put(int operation, int target, int source, int offset, int number) {
        code.put((byte) operation)
                .put((byte) (source << 4 | target))
                .putShort((short) offset)
                .putInt(number);
    }
}
