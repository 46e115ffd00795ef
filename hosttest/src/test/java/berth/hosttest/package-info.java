/** Tests that drive the real {@code osctl} against a real daemon, as root, with real containers. */
@NullMarked
package berth.hosttest;

import org.jspecify.annotations.NullMarked;
