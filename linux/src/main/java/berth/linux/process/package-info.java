/** Processes: starting, watching, signalling and reading about them. */
@NullMarked
package berth.linux.process;

import org.jspecify.annotations.NullMarked;
