/**
 * Durable objects: one YAML file each, readable and editable by hand, replaced atomically, never lost to a fault of their own.
 */
@NullMarked
package berth.engine.store;

import org.jspecify.annotations.NullMarked;
