package berth.osctld.command;

/** A command whose words after the first argument belong to another program, options too. */
interface TakesCommandLine {}
