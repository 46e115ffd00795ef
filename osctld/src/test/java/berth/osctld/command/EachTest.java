package berth.osctld.command;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Actor;
import berth.osctld.output.Format;
import berth.osctld.output.Out;
import berth.osctld.output.Palette;
import berth.osctld.output.Style;
import berth.osctld.server.Exits;
import berth.osctld.server.FakeSession;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EachTest {
    private final FakeSession session = FakeSession.of("osctl");
    private final Call call = new Call(
            session,
            new NoEngine(),
            new Out(
                    session.out(),
                    session.err(),
                    new Style(Format.HUMAN, Style.Volume.NORMAL, Palette.PLAIN, Palette.PLAIN)),
            new Actor("root", "test"),
            new GlobalOptions(),
            CommandTree.root());

    @Test
    void everyObjectGetsItsLine() {
        List<Integer> objects = IntStream.range(0, 100).boxed().toList();

        Each.of(call, objects, (n, _) -> call.out().done("%d", n));

        assertThat(session.output().lines().map(Integer::valueOf)).containsExactlyInAnyOrderElementsOf(objects);
        assertThat(call.exit()).isEqualTo(Exits.OK);
    }

    @Test
    void oneThatFailsDoesNotStopTheOthersAndGivesTheStatus() {
        Each.of(call, List.of("a", "b", "c"), (name, _) -> {
            if (name.equals("b")) {
                throw new BerthException(ErrorCode.NOT_FOUND, "no 'b'");
            }
            call.out().done("%s", name);
        });

        assertThat(session.output().lines()).containsExactlyInAnyOrder("a", "c");
        assertThat(session.errors()).isEqualTo("osctl: no 'b'\n");
        assertThat(call.exit()).isEqualTo(Exits.of(ErrorCode.NOT_FOUND.exitStatus()));
    }

    @Test
    void failuresOfDifferentKindsGiveTheGeneralStatus() {
        Each.of(call, List.of(ErrorCode.NOT_FOUND, ErrorCode.IN_USE), (code, _) -> {
            throw new BerthException(code, "no");
        });

        assertThat(call.exit()).isEqualTo(Exits.of(ErrorCode.FAILED.exitStatus()));
    }

    @Test
    void defectsAreToldAsSuch() {
        Each.of(call, List.of(1, 2), (n, _) -> {
            throw new IllegalStateException("broken " + n);
        });

        assertThat(session.errors().lines())
                .containsExactlyInAnyOrder(
                        "osctl: internal error (broken 1), see the daemon's log",
                        "osctl: internal error (broken 2), see the daemon's log");
        assertThat(call.exit()).isEqualTo(Exits.of(70));
    }

    @Test
    void nothingToDoIsDone() {
        Each.of(call, List.of(), (n, _) -> call.out().done("%s", n));

        assertThat(session.output()).isEmpty();
    }
}
