/** What happens on the host, told to those who want to know. */
@NullMarked
package berth.engine.event;

import org.jspecify.annotations.NullMarked;
