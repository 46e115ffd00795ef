package berth.engine.image;

/** What will run as the first process of a container, as far as an image's files tell. */
public enum InitKind {
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
