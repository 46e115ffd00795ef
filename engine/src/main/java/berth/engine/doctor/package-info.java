/** What this host lacks, or has too little of, for so many containers; and more of it on request. */
@NullMarked
package berth.engine.doctor;

import org.jspecify.annotations.NullMarked;
