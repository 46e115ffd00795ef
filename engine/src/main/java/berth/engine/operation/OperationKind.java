package berth.engine.operation;

import java.util.List;

/**
 * How one kind of operation is done, given a plan: data that holds every decision, so that another process can go on with it.
 *
 * @param <P> a record that {@link berth.engine.store.Yaml} can write
 */
public interface OperationKind<P> {
    /** Its name, for instance {@code ct new}. */
    String name();

    /** The type of its plans. */
    Class<P> planType();

    /** The object that {@code plan} is about, as its lock names it, for instance {@code container 'tank:web'}. */
    String subject(P plan);

    /**
     * Its steps, in order: any before the commit, exactly one commit, any after it. They follow from the plan alone and always
     * have the same names. Making them changes nothing.
     */
    List<Step> steps(P plan, Progress progress);

    /**
     * Whether the effect of the commit step exists, seen from the world and not from the journal. Asked after a crash, for kinds
     * whose commit is something that the kernel knows best, for instance a process that runs.
     */
    default Effect effect(P plan) {
        return Effect.UNKNOWN;
    }

    /** What can be said about the effect of a commit. */
    enum Effect {
        PRESENT,
        ABSENT,
        /** The journal decides: a commit that was begun is done again. */
        UNKNOWN
    }
}
