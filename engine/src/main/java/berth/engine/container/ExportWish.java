package berth.engine.container;

/**
 * What of a container is packed, and how.
 *
 * @param format the kind of archive
 * @param history what becomes of former settings; only STREAM has room for them
 * @param datasets what becomes of datasets
 */
public record ExportWish(Format format, History history, WithDatasets datasets) {
    /** The kinds of archives. */
    public enum Format {
        /** Its files as they are, for {@code tar}. */
        TAR,
        /** The same for {@code cpio}. */
        CPIO,
        /** Its image, and what changed since in each snapshot and until now. */
        STREAM
    }

    /** What becomes of former settings. */
    public enum History {
        LEFT_OUT,
        PACKED
    }
}
