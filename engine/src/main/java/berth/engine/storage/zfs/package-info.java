/** Root file systems as datasets of ZFS. */
@NullMarked
package berth.engine.storage.zfs;

import org.jspecify.annotations.NullMarked;
