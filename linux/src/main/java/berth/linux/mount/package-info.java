/** Mounts through the kernel's mount API, and the user namespaces whose maps they are shown through. */
@NullMarked
package berth.linux.mount;

import org.jspecify.annotations.NullMarked;
