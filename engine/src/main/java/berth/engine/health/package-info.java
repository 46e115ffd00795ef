/** What is broken or unusual about the objects of this instance: looked for, never mended. */
@NullMarked
package berth.engine.health;

import org.jspecify.annotations.NullMarked;
