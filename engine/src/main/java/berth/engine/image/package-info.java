/**
 * Images: root file systems that containers start from, each stored once per pool, with ids 0..65535, under the hash of its
 * content. Archives are hostile until unpacked: what they hold lands inside the image's tree or is refused by name.
 */
@NullMarked
package berth.engine.image;

import org.jspecify.annotations.NullMarked;
