/**
 * Hostile guests: each test has root inside a container try one thing that no guest may do. It fails, and whoever is beside it notices
 * nothing. What could harm the machine if a defence failed is bounded by the test itself.
 */
@NullMarked
package berth.hosttest.attack;

import org.jspecify.annotations.NullMarked;
