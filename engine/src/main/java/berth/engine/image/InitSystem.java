package berth.engine.image;

/** What runs as the first process of a container, as far as its files tell: it decides how the container is asked to stop. */
public enum InitSystem {
    SYSTEMD,
    BUSYBOX,
    SYSVINIT,
    OPENRC,
    RUNIT,
    /** There is an init, of a kind that Berth does not know. */
    OTHER,
    /** There is no /sbin/init: only a command can be run. */
    NONE
}
