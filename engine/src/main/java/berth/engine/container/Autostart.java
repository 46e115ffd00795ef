package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;

/**
 * That a container starts with the daemon's first start after a boot.
 *
 * @param priority lower numbers start first
 * @param delay seconds to wait after its start before the next one of the same queue
 */
public record Autostart(int priority, int delay) {
    public static final int DEFAULT_PRIORITY = 1000;
    public static final int DEFAULT_DELAY = 0;

    public Autostart {
        if (priority < 0 || delay < 0) {
            throw new BerthException(ErrorCode.INVALID, "autostart priority and delay cannot be negative");
        }
    }
}
