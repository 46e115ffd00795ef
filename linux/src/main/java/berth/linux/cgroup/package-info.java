/** Control groups, the v1 hierarchies and cgroup2 behind one type. Source: cgroups(7). */
@NullMarked
package berth.linux.cgroup;

import org.jspecify.annotations.NullMarked;
