package berth.linux.process;

/**
 * How much of a {@link Resource} a process may have.
 *
 * @param soft what holds for it
 * @param hard how far it may raise that by itself
 */
public record ResourceLimit(long soft, long hard) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    public ResourceLimit {
        if (soft < 0 || soft > hard) {
            throw new IllegalArgumentException("a soft limit of " + soft + " with a hard one of " + hard);
        }
    }

    /** Neither more than {@code most}. */
    public ResourceLimit within(long most) {
        return new ResourceLimit(Math.min(soft, most), Math.min(hard, most));
    }
}
