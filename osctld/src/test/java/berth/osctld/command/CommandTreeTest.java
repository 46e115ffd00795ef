package berth.osctld.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CommandTreeTest {
    private static final Group ROOT = CommandTree.root();

    static Stream<Page> commands() {
        return ManPages.collect(ROOT, "osctl").stream();
    }

    static Stream<Group> groups() {
        List<Group> groups = new ArrayList<>(List.of(ROOT));
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).children().stream()
                    .filter(Group.class::isInstance)
                    .map(Group.class::cast)
                    .forEach(groups::add);
        }
        return groups.stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandIsDescribedInOneLine(Page page) {
        assertThat(page.summary()).isNotBlank().doesNotEndWith(".").hasSizeLessThan(70);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasAnExampleOfItself(Page page) {
        assertThat(page.examples()).isNotEmpty().allMatch(e -> e.line().startsWith(page.path()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyOptionAndArgumentIsDescribed(Page page) {
        assertThat(Stream.concat(page.options().stream(), page.arguments().stream()))
                .allMatch(e -> !e.text().isBlank() && !e.text().endsWith("."));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyExampleIsParsed(Page page) {
        assertThat(page.examples()).allSatisfy(e -> Examples.parse(ROOT, e.line()));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void noTwoCommandsOfAGroupShareAWord(Group group) {
        assertThat(group.children().stream().flatMap(c -> Stream.concat(Stream.of(c.name()), c.aliases().stream())))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyGroupHasAManPageAndAReference() {
        Map<String, String> pages = ManPages.of(ROOT, "1");

        assertThat(pages).containsKey("osctl.1");
        assertThat(Reference.of(ROOT)).hasSameSizeAs(pages);
    }

    @Test
    void theCompletionKnowsTheWordsOfEveryGroup() {
        assertThat(Completion.bash(ROOT))
                .contains("_osctl_words[\"osctl\"]=\"help ", "_osctl_options[\"osctl gen-completion\"]=\"");
    }
}
