/** Root file systems as subvolumes of btrfs. */
@NullMarked
package berth.engine.storage.btrfs;

import org.jspecify.annotations.NullMarked;
