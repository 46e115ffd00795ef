package berth.engine.confinement;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;

/**
 * How much of a resource each process of a container may have.
 *
 * @param soft what holds for it
 * @param hard how far it may raise that by itself
 */
public record Prlimit(Amount soft, Amount hard) {
    /** What programs expect that use select(2), as on any host; they may raise it as far as systemd lets them there. */
    public static final Prlimit FILES = new Prlimit(new Amount(1024), new Amount(1 << 20));

    public Prlimit {
        if (soft.value() > hard.value()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a soft limit of %s is more than the hard one of %s".formatted(soft, hard),
                    "give the soft limit first; without a second number both are the same");
        }
    }

    /** The resource that {@code word} names. @throws BerthException INVALID */
    public static Resource resource(String word) {
        return Resource.of(word)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.INVALID,
                        "there is no resource '%s'".formatted(word),
                        "the resources are as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss,"
                                + " rtprio, rttime, sigpending, stack"));
    }

    /** As the kernel takes it. */
    public ResourceLimit limit() {
        return new ResourceLimit(soft.value(), hard.value());
    }

    /** Soft and hard, as LXC and osctl-enter take them. */
    @Override
    public String toString() {
        return soft + ":" + hard;
    }
}
