package berth.engine.health;

import java.util.ArrayList;
import java.util.List;

/** Those found so far about one object. */
final class Concerns {
    private final List<Concern> all = new ArrayList<>();
    private final String pool;
    private final String about;

    Concerns(String pool, String about) {
        this.pool = pool;
        this.about = about;
    }

    void broken(String problem, String advice) {
        all.add(new Concern(pool, about, Concern.Weight.BROKEN, problem, advice));
    }

    void unusual(String problem, String advice) {
        all.add(new Concern(pool, about, Concern.Weight.UNUSUAL, problem, advice));
    }

    List<Concern> all() {
        return List.copyOf(all);
    }
}
