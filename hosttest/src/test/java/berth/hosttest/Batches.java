package berth.hosttest;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Many containers, a few on each command line. */
final class Batches {
    private Batches() {}

    /** {@code c1 c2 …} up to {@code containers}, {@code atOnce} of them in each line. */
    static Stream<String> of(int containers, int atOnce) {
        return IntStream.range(0, containers / atOnce)
                .mapToObj(batch -> IntStream.rangeClosed(batch * atOnce + 1, (batch + 1) * atOnce)
                        .mapToObj(i -> "c" + i)
                        .collect(Collectors.joining(" ")));
    }
}
