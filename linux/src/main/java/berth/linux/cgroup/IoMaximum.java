package berth.linux.cgroup;

import java.util.OptionalLong;

/** How much may be read from and written to one disk in a second; what is empty is not limited. */
public record IoMaximum(OptionalLong readBytes, OptionalLong writeBytes, OptionalLong reads, OptionalLong writes) {
    /** No limit at all. */
    public static final IoMaximum NONE =
            new IoMaximum(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
}
