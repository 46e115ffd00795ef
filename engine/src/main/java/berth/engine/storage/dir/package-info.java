/** Root file systems in plain directories, stacked by overlayfs. */
@NullMarked
package berth.engine.storage.dir;

import org.jspecify.annotations.NullMarked;
