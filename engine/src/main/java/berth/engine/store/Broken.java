package berth.engine.store;

import java.nio.file.Path;

/**
 * A file that does not hold what it should.
 *
 * @param id the object it would be, or the file's name if that names none
 * @param reason what is wrong, for a person
 * @param kept where the file is now; it is never deleted
 */
public record Broken(String id, String reason, Path kept) {}
