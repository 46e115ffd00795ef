/** Pools and the file systems of containers. */
@NullMarked
package berth.engine.storage;

import org.jspecify.annotations.NullMarked;
