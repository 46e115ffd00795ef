/** What is written into the root file systems of guests. Knows no container, only a tree and whose it is. */
@NullMarked
package berth.engine.guest;

import org.jspecify.annotations.NullMarked;
