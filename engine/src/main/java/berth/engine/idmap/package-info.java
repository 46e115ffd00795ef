/** Id maps. */
@NullMarked
package berth.engine.idmap;

import org.jspecify.annotations.NullMarked;
