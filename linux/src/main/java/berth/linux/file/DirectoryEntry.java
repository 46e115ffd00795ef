package berth.linux.file;

/**
 * A name in a directory.
 *
 * @param name one path component
 * @param type what it is; {@link FileType#UNKNOWN} where the file system does not tell
 */
public record DirectoryEntry(String name, FileType type) {}
