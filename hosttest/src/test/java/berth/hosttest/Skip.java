package berth.hosttest;

import org.junit.jupiter.api.Assumptions;

/** Tests that this machine cannot run. */
public final class Skip {
    private Skip() {}

    /** Skips the test, whose name is {@code test}, unless {@code possible}; bin/test shows the line that says why. */
    public static void unless(boolean possible, String test, String reason) {
        if (!possible) {
            System.err.println(test + " is skipped: " + reason);
            Assumptions.abort(reason);
        }
    }
}
