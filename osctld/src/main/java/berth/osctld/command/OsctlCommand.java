package berth.osctld.command;

/**
 * One command of the tree. An instance is made for one call, its options and arguments are filled in by picocli, then
 * {@link #run} is called once; so its fields need no care for threads.
 */
abstract class OsctlCommand {
    /**
     * Does it.
     *
     * @throws berth.engine.BerthException if it cannot be done; the caller of this tells the user
     */
    abstract void run(Call call);
}
