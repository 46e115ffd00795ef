package berth.linux.mount;

/**
 * One line of a user namespace's id map. Source: user_namespaces(7).
 *
 * @param inside the first id in the namespace
 * @param outside the first id it stands for on the host
 * @param count how many, at least 1
 */
public record IdExtent(long inside, long outside, long count) {
    private static final long IDS = 1L << 32;

    public IdExtent {
        if (inside < 0 || outside < 0 || count < 1 || inside + count > IDS || outside + count > IDS) {
            throw new IllegalArgumentException("not an id map: %d %d %d".formatted(inside, outside, count));
        }
    }

    @Override
    public String toString() {
        return inside + " " + outside + " " + count;
    }
}
