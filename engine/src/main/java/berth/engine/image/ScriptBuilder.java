package berth.engine.image;

import berth.linux.Fd;
import java.util.List;

/** What a program of the user's own puts into an empty directory. */
public final class ScriptBuilder extends ImageBuilder {
    private final String name;
    private final Fd script;

    /**
     * @param name what it is called, for messages
     * @param script the program; stays the caller's
     */
    public ScriptBuilder(String name, Fd script) {
        this.name = name;
        this.script = script;
    }

    @Override
    public String description() {
        return "script " + name;
    }

    @Override
    Build start(Site site) {
        return site.run(new Sandbox.Job(name, "build-script.sh", List.of(), List.of(script)));
    }
}
