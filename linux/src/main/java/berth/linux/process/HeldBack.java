package berth.linux.process;

import java.util.Map;

/**
 * Work without the right to pass over limits: without CAP_SYS_RESOURCE, with which quotas and the blocks that a file system keeps
 * back for root bind nobody. Source: capabilities(7), capset(2), linux/capability.h.
 */
public final class HeldBack {
    private HeldBack() {}

    /** Does {@code work} on a thread of its own, which has not that right. */
    public static <T> T call(NamespaceThread.Work<T> work) {
        return NamespaceThread.call(Map.of(), () -> {
            EffectiveCapabilities.drop(EffectiveCapabilities.SYS_RESOURCE);
            return work.run();
        });
    }
}
