/** The settings of the kernel, of the host and in the namespaces of others. */
@NullMarked
package berth.linux.sysctl;

import org.jspecify.annotations.NullMarked;
