package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
    @Test
    void aRecipeSaysWhatIsMadeOfWhat() {
        Recipe recipe = Recipe.parse("""
                name: web
                base: debian
                packages: [nginx, libfoo2=1.2]
                files:
                  - {path: /etc/motd, content: hello}
                  - {path: /bin/run, content: "x", mode: "0755"}
                script: echo
                """);

        assertThat(recipe.name()).isEqualTo("web");
        assertThat(recipe.packages()).containsExactly("nginx", "libfoo2=1.2");
        assertThat(recipe.files()).extracting(Recipe.Laid::bits).containsExactly(0644, 0755);
        assertThat(recipe.script()).isEqualTo("echo");
    }

    @Test
    void aNameAndABaseAreEnough() {
        Recipe recipe = Recipe.parse("name: web\nbase: debian\n");

        assertThat(recipe.packages()).isEmpty();
        assertThat(recipe.files()).isEmpty();
        assertThat(recipe.script()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base: debian",
                "name: web",
                "name: ../web\nbase: debian",
                "name: web\nbase: debian\ntypo: 1",
                "name: web\nbase: debian\npackages: [--force]",
                "name: web\nbase: debian\npackages: ['a b']",
                "name: web\nbase: debian\nfiles: [{path: etc/x, content: a}]",
                "name: web\nbase: debian\nfiles: [{path: /a/../../x, content: a}]",
                "name: web\nbase: debian\nfiles: [{path: /a/, content: a}]",
                "name: web\nbase: debian\nfiles: [{path: /a}]",
                "name: web\nbase: debian\nfiles: [{path: /a, content: a, mode: '999'}]",
                "name: web\nbase: debian\nfiles: [{path: /a, content: a}, {path: /a, content: b}]",
                "[]",
                "name: [",
                ""
            })
    void whatIsNoRecipeIsRefused(String text) {
        assertThatThrownBy(() -> Recipe.parse(text))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }
}
