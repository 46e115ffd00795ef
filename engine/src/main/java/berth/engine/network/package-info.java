/** Network interfaces of containers: what they are, and how the kernel gets them. Knows no container, only its namespace. */
@NullMarked
package berth.engine.network;

import org.jspecify.annotations.NullMarked;
