package berth.engine.network.managed;

/** Whether containers of one network reach each other. */
public enum Intra {
    ALLOW,
    DENY
}
