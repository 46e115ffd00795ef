/** Programs of others that an instance keeps running beside the daemon, and that outlive it. */
@NullMarked
package berth.engine.helper;

import org.jspecify.annotations.NullMarked;
