/** Which devices the processes of a cgroup may use: rules, and the programs by which the kernel keeps them. */
@NullMarked
package berth.linux.device;

import org.jspecify.annotations.NullMarked;
