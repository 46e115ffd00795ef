package berth.engine.image;

import berth.engine.store.FileFailure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a {@link Recipe} makes of an image. */
public final class RecipeBuilder extends ImageBuilder {
    private static final String SHELL = "#!/bin/sh -eu\n";

    private final Recipe recipe;

    public RecipeBuilder(Recipe recipe) {
        this.recipe = recipe;
    }

    @Override
    public String description() {
        return "recipe %s on %s".formatted(recipe.name(), recipe.base());
    }

    @Override
    Build start(Site site) {
        Image base = site.images().get(recipe.base());
        Path scratch = site.scratch();
        try {
            site.progress().step("laying out " + base.label());
            try (OutputStream out = create(scratch, "base.tar")) {
                site.images().exportWhole(base, out);
            }
            try (OutputStream out = create(scratch, "files.tar")) {
                TarWriter.writeAll(files(recipe.files()), out);
            }
            String said = recipe.script();
            String script = said == null ? "" : said;
            Files.writeString(
                    scratch.resolve("script"), script.isEmpty() || script.startsWith("#!") ? script : SHELL + script);
        } catch (IOException e) {
            throw FileFailure.of("write", scratch, e);
        }
        return site.run(new Sandbox.Job("the recipe", "build-recipe.sh", recipe.packages(), List.of()));
    }

    private static OutputStream create(Path scratch, String name) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(scratch.resolve(name)), 1 << 16);
    }

    private static MemoryArchive files(List<Recipe.Laid> files) {
        MemoryArchive archive = new MemoryArchive();
        files.forEach(file -> archive.file(file.path().substring(1), file.bits(), file.content()));
        return archive;
    }
}
