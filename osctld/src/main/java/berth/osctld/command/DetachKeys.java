package berth.osctld.command;

import java.io.ByteArrayOutputStream;

/** Watches for {@code Ctrl-a q} among the keys that go to a console; {@code Ctrl-a a} is a {@code Ctrl-a} for the console. */
final class DetachKeys {
    private static final byte CTRL_A = 1;

    private boolean prefixed;
    private boolean detached;

    /** The first {@code count} of {@code keys} without those that are for this, up to the detaching one. */
    byte[] filter(byte[] keys, int count) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream(count);
        for (int i = 0; i < count && !detached; i++) {
            if (!prefixed) {
                prefixed = keys[i] == CTRL_A;
                if (!prefixed) {
                    rest.write(keys[i]);
                }
            } else {
                prefixed = false;
                switch (keys[i]) {
                    case 'q' -> detached = true;
                    case 'a', CTRL_A -> rest.write(CTRL_A);
                    default -> {
                        rest.write(CTRL_A);
                        rest.write(keys[i]);
                    }
                }
            }
        }
        return rest.toByteArray();
    }

    /** Whether the detaching keys came. */
    boolean isDetached() {
        return detached;
    }
}
