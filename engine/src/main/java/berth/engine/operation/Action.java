package berth.engine.operation;

import java.io.IOException;

/** Something that a step does, or that undoes it. */
@FunctionalInterface
public interface Action {
    /** Does nothing. */
    Action NOTHING = () -> {};

    /** @throws InterruptedException if it was interrupted before it had an effect that its undo does not know */
    void run() throws IOException, InterruptedException;
}
