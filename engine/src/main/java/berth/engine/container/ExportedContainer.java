package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Instant;

/**
 * What an exported container says of itself.
 *
 * @param format the version of this
 * @param exported when it was exported
 * @param label what its image was called
 * @param standalone whether its user was made by hand; another one would be made for it alone
 * @param container what it was; its user and image are those of the host that it comes from
 */
public record ExportedContainer(
        int format, Instant exported, String label, boolean standalone, ContainerSpec container) {
    static final int FORMAT = 1;

    public ExportedContainer {
        if (format != FORMAT) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "it is an export of format %d, and this version knows %d only".formatted(format, FORMAT),
                    "use a newer osctld");
        }
    }
}
