/** Which host ids belong to whom: id maps, the ranges they are cut from, and the users that own them. */
@NullMarked
package berth.engine.idmap;

import org.jspecify.annotations.NullMarked;
