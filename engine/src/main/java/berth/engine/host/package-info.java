/** What holds for the host as a whole: pools coming and going, and finding again what ran before the daemon did. */
@NullMarked
package berth.engine.host;

import org.jspecify.annotations.NullMarked;
