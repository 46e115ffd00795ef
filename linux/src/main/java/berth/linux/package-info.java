/**
 * The Linux kernel as Berth needs it, and nothing of Berth itself: system calls through the foreign function API.
 *
 * <p>Only this module touches {@code java.lang.foreign} and {@code ProcessBuilder}.
 */
@NullMarked
package berth.linux;

import org.jspecify.annotations.NullMarked;
