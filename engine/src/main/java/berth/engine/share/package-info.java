/** Datasets that belong to a pool and to no container: any number of containers, of whatever pools, have them mounted at once. */
@NullMarked
package berth.engine.share;

import org.jspecify.annotations.NullMarked;
