/** Groups: the cgroup subtrees that containers live in. */
@NullMarked
package berth.engine.group;

import org.jspecify.annotations.NullMarked;
