package berth.linux.file;

/** How {@link Directory#writeFileAtomically} ended. */
public enum WriteResult {
    /** The file has the new content, owner and mode. */
    WRITTEN,
    /** It had them already; nothing was touched. */
    UNCHANGED,
    /** Refused: the file exists and its owner may not write it ({@code u-w}). */
    PROTECTED,
    /** Refused: the name is taken by something else than a regular file, for instance a link. */
    NOT_A_FILE,
    /** Refused: the directory it belongs in does not exist, is not one, or leads out of the tree. */
    NO_DIRECTORY
}
