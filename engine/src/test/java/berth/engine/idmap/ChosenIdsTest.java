package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class ChosenIdsTest {
    private static Supplier<String> attempts(List<Supplier<String>> each) {
        Deque<Supplier<String>> left = new ArrayDeque<>(each);
        return () -> left.remove().get();
    }

    private static String taken() {
        throw new BerthException(ErrorCode.IN_USE, "id 1000 belongs to account 'db'");
    }

    @Test
    void othersAreChosenWhereSomebodyTookThem() {
        assertThat(ChosenIds.claimed(attempts(List.of(ChosenIdsTest::taken, ChosenIdsTest::taken, () -> "third"))))
                .isEqualTo("third");
    }

    @Test
    void afterSomeAttemptsTheReasonIsTold() {
        assertThatThrownBy(() ->
                        ChosenIds.claimed(attempts(Collections.nCopies(20, (Supplier<String>) ChosenIdsTest::taken))))
                .hasMessage("id 1000 belongs to account 'db'");
    }

    @Test
    void whatFailsForAnotherReasonIsNotTriedAgain() {
        BerthException other = new BerthException(ErrorCode.EXHAUSTED, "no ids are left");

        assertThatThrownBy(() -> ChosenIds.claimed(attempts(List.of(
                        () -> {
                            throw other;
                        },
                        () -> "second"))))
                .isSameAs(other);
    }
}
