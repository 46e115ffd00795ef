/** Directories with backups of containers, in which no content is twice. */
@NullMarked
package berth.engine.backup;

import org.jspecify.annotations.NullMarked;
