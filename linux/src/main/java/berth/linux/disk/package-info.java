/** Loop devices, and what btrfs has beyond other file systems. */
@NullMarked
package berth.linux.disk;

import org.jspecify.annotations.NullMarked;
