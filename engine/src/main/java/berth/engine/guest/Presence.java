package berth.engine.guest;

/** How much says that a guest uses a network manager, least first. */
enum Presence {
    ABSENT,
    /** It comes with something else, so that being there says little. */
    IDLE,
    INSTALLED,
    /** The guest starts it. */
    ENABLED
}
