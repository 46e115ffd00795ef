/** What holds a container apart from the kernel and the host, beyond its namespaces: system call filters, AppArmor, nesting. */
@NullMarked
package berth.engine.isolation;

import org.jspecify.annotations.NullMarked;
